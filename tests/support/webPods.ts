/** Web pods for the specs: that of an app which serves itself, and those that the program has serve it. */
import assert from "node:assert/strict";
import type { Nginx, Serving, StartedServer } from "../../lib/serving";
import { type AppPod, webPod } from "../../lib/webPod";
import type { Container, PodSpec } from "./pods";

/** Seconds that gunicorn gives requests in flight after SIGTERM (app/blog), and so do servers that the program starts. */
export const GRACEFUL_SECONDS = 20;

export const POD: AppPod = {
  app: "blog",
  image: "ghcr.io/team/blog:1",
  configMapName: "blog-config-1",
  secretName: "blog-secrets-1",
  serviceAccountName: "blog",
  resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "384Mi" } },
};

const OWN: Serving = { server: undefined, nginx: undefined };
export const web = (serving = OWN) => {
  const servingName = serving === OWN ? undefined : "blog-serving-1";
  return webPod({ ...POD, port: 8080, health: { live: "/livez", ready: "/ready" }, serving, servingName });
};

export const specOf = (template: { spec?: unknown }) => template.spec as PodSpec;
export const containerOf = (template: { spec?: unknown }): Container => {
  const [container] = specOf(template).containers;
  assert.ok(container !== undefined);
  return container;
};

export const started = (kind: StartedServer["kind"]): StartedServer => ({
  kind,
  entryPoint: "blog:create_app()",
  timeoutSeconds: 30,
});
export const NGINX: Nginx = {
  image: "ghcr.io/team/nginx:1",
  serverPort: 8081,
  static: { "/static": "/opt/app/blog/static" },
  bodyMb: 16,
  timeoutSeconds: 30,
};
export const behindNginx = () => web({ server: started("uwsgi"), nginx: NGINX });
