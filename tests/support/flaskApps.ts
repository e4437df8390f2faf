/** Apps for the specs of FlaskApp: the least that one needs, and all that one can have. */
import * as pulumi from "@pulumi/pulumi";
import { type AppDatabasePlan, FlaskApp, type FlaskAppArgs } from "../../components/app/flaskApp";
import type { Nginx, StartedServer } from "../../lib/serving";
import { deploy, type Deployed, type DeployOptions } from "./mocks";

const RESOURCES = { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "384Mi" } };
const IMAGE = "ghcr.io/team/blog:1";
export const DATABASE: AppDatabasePlan = {
  database: { kind: "mysql", storageGi: 1, resources: RESOURCES, clients: 12, passwordVersion: 1 },
  images: { mysql: "ghcr.io/team/mysql:8.4", restic: "ghcr.io/team/restic:0.18", tools: "ghcr.io/team/python:3.13" },
};

/** A server that the program starts, and NGINX before it. */
export const SERVER: StartedServer = { kind: "uwsgi", entryPoint: "blog:create_app()", timeoutSeconds: 30 };
export const NGINX: Nginx = {
  image: "ghcr.io/team/nginx:1",
  serverPort: 8080,
  static: {},
  bodyMb: 16,
  timeoutSeconds: 30,
};

/** The least that an app needs. */
export const ARGS: FlaskAppArgs = {
  image: IMAGE,
  port: 8000,
  serving: { server: undefined, nginx: undefined },
  health: { live: "/healthz", ready: "/readyz" },
  replicas: { min: 2, max: 2 },
  resources: RESOURCES,
  env: { POSTS: "20" },
  secrets: {},
  migrateSeconds: 600,
  rolloutSeconds: 120,
  exposure: { kind: "nodePort", address: "localhost" },
  egress: "none",
  dataPolicy: "delete",
};

/** All that an app can have. */
export const FULL: FlaskAppArgs = {
  ...ARGS,
  replicas: { min: 2, max: 5 },
  secrets: { API_KEY: pulumi.secret("s3cret") },
  migrate: ["flask", "db", "upgrade"],
  database: DATABASE,
  exposure: { kind: "loadBalancer", name: "env-blog", type: "REGIONAL_NETWORK", sizeUnit: 1, hosts: [] },
  pullConfig: "{}",
};

const deployedApps = new Map<string, Promise<Deployed>>();

/** Deploys an app on its own. The least and the most of an app are deployed once. */
export function create(args: FlaskAppArgs, options: DeployOptions = {}): Promise<Deployed> {
  const known = [ARGS, FULL].indexOf(args);
  const key = `${known} ${JSON.stringify(options)}`;
  const deployed = deployedApps.get(key) ?? deploy(() => outputsOf(new FlaskApp("blog", args)), options);
  if (known >= 0) {
    deployedApps.set(key, deployed);
  }
  return deployed;
}

const outputsOf = ({ app, namespace, url }: FlaskApp) => ({ app, namespace, url });
