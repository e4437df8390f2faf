import { z } from "zod";
import { kinds } from "./kinds";

const path = z.string().regex(/^\/[^\s?#]*$/, "is not a path that starts with /");

const processes = z
  .int()
  .min(1)
  .max(64)
  .optional()
  .meta({ description: "Worker processes of each pod, given as WEB_CONCURRENCY. Default: 2, or the image's own." });

const threads = z
  .int()
  .min(1)
  .max(256)
  .optional()
  .meta({ description: "Threads of each process, given as WEB_THREADS. Default: 4, or the image's own." });

const timeoutSeconds = z
  .int()
  .min(1)
  .max(3600)
  .default(30)
  .meta({ description: "How long a request may take before its process is ended and made anew." });

/** The WSGI server of an app. */
export const serverSchema = kinds([
  z
    .strictObject({ kind: z.literal("gunicorn"), processes, threads, timeoutSeconds })
    .meta({ description: "gunicorn. An image with a Dockerfile of its own and no entryPoint runs its own command." }),
  z
    .strictObject({ kind: z.literal("uwsgi"), processes, threads, timeoutSeconds })
    .meta({ description: "uWSGI. A Dockerfile of one's own has to install it, and entryPoint has to be given." }),
]);

/** What stands in front of the server, in the same pod. */
export const proxySchema = kinds([
  z.strictObject({ kind: z.literal("none") }).meta({ description: "The server itself answers." }),
  z
    .strictObject({
      kind: z.literal("nginx"),
      static: z.record(path, path).default({}).meta({
        description:
          "Files that NGINX serves itself: where they appear, such as /static, and their folder in the app's image. Default for an app without a Dockerfile: its static folder.",
      }),
      bodyMb: z
        .int()
        .min(1)
        .max(1024)
        .default(16)
        .meta({ description: "Largest body of a request, such as an upload, in MB." }),
      serverPort: z
        .int()
        .min(1024)
        .max(65535)
        .default(8080)
        .meta({ description: "Port on 127.0.0.1 at which the server behind it listens, given as PORT." }),
    })
    .meta({ description: "NGINX: takes slow clients and large bodies off the server, and serves static files." }),
]);

/** The WSGI server of an app, defaults filled in. */
export type Server = z.output<typeof serverSchema>;

/** What stands in front of it, defaults filled in. */
export type Proxy = z.output<typeof proxySchema>;
