import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FlaskSource } from "./flaskSource";
import { nginxConfig } from "./nginxConfig";
import type { App } from "./schema/app";
import { uwsgiSettings } from "./uwsgiSettings";

/** The server that the program starts for an app, in place of what its image would. */
export interface StartedServer {
  kind: "gunicorn" | "uwsgi";
  /** The app as Flask names it, such as `shop:create_app()`. */
  entryPoint: string;
  /** How long a request may take, in seconds. */
  timeoutSeconds: number;
}

/** NGINX in front of an app's server, in the same pod. */
export interface Nginx {
  /** By digest. */
  image: string;
  /** Port on 127.0.0.1 at which the server listens. */
  serverPort: number;
  /** Files that it serves itself: where they appear, and their folder in the app's image. */
  static: Record<string, string>;
  /** Largest body of a request, in MB. */
  bodyMb: number;
  /** How long a request may take, in seconds. */
  timeoutSeconds: number;
}

/** How an app's pods serve it. */
export interface Serving {
  /** None where the image's own command serves the app. */
  server: StartedServer | undefined;
  /** None where the server answers itself. */
  nginx: Nginx | undefined;
}

/** How an app is served, from its config and what was found in its source. */
export function servingOf(
  app: Pick<App, "server" | "proxy">,
  source: Pick<FlaskSource, "entryPoint" | "static">,
  nginxImage: string,
): Serving {
  const { server, proxy } = app;
  const { entryPoint } = source;
  return {
    server:
      entryPoint === undefined ? undefined : { kind: server.kind, entryPoint, timeoutSeconds: server.timeoutSeconds },
    nginx:
      proxy.kind === "none"
        ? undefined
        : {
            image: nginxImage,
            serverPort: proxy.serverPort,
            static: { ...source.static, ...proxy.static },
            bodyMb: proxy.bodyMb,
            timeoutSeconds: server.timeoutSeconds,
          },
  };
}

/** Processes and threads of a server that the program starts, where nothing says otherwise. */
const PROCESSES = 2;
const THREADS = 4;

/**
 * An app's variables in clear, with those by which servers know how many processes and threads they are to have, and the
 * command `flask` which app is meant.
 */
export function servedVariables(
  { env, server }: Pick<App, "env" | "server">,
  { server: started }: Serving,
): Record<string, string> {
  const { processes, threads } = server;
  return {
    ...(started === undefined
      ? {}
      : {
          FLASK_APP: started.entryPoint,
          WEB_CONCURRENCY: String(PROCESSES),
          WEB_THREADS: String(THREADS),
        }),
    ...env,
    ...(processes === undefined ? {} : { WEB_CONCURRENCY: String(processes) }),
    ...(threads === undefined ? {} : { WEB_THREADS: String(threads) }),
  };
}

const read = (name: string): string => readFileSync(join(__dirname, "..", "pods", "web", name), "utf8");

/** Folder of {@link servingFiles} in the pods. */
export const SERVING_FOLDER = "/etc/flask-doks";

/**
 * The files with which an app's pods serve it, by name; none where its image does it all.
 *
 * @param port Port that requests come to.
 * @param behindIngress Whether they come by way of an Ingress controller, and from nowhere else.
 */
export function servingFiles(
  { server, nginx }: Serving,
  { port, behindIngress }: { port: number; behindIngress: boolean },
): Record<string, string> {
  const settings = server && {
    "flask_doks_app.py": read("flask_doks_app.py"),
    ...(server.kind === "gunicorn"
      ? { "gunicorn.conf.py": read("gunicorn.conf.py") }
      : {
          "uwsgi.ini": uwsgiSettings({
            port: nginx?.serverPort ?? port,
            behindNginx: nginx !== undefined,
            timeoutSeconds: server.timeoutSeconds,
          }),
        }),
  };
  const proxy = nginx && {
    "nginx.conf": nginxConfig({
      ...nginx,
      port,
      protocol: server?.kind === "uwsgi" ? "uwsgi" : "http",
      behindIngress,
      files: Object.keys(nginx.static).length > 0,
    }),
  };
  return { ...settings, ...proxy };
}
