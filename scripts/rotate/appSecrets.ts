import { isHttps } from "../../lib/edge";
import { sharedNamespace } from "../../lib/namespaceName";
import type { App } from "../../lib/schema/app";
import type { Database } from "../../lib/schema/database";
import type { Stack } from "../../lib/schema/stack";
import type { StackSecret } from "./stackSecret";

const AGAIN = "Run the up again.";

/** The secrets of one app. */
export function appSecrets(stackName: string, stack: Stack, index: number, app: App): StackSecret[] {
  const { name } = app;
  return [
    {
      name: `${name}.secret-key`,
      what: `signs ${name}'s sessions: SECRET_KEY of its pods, and in the state`,
      change: { kind: "number", path: ["apps", index, "secretKeyVersion"], now: app.secretKeyVersion },
      users:
        "Nobody is logged out where the app reads SECRET_KEY_FALLBACKS: what the key before has signed stays valid. " +
        "With another app everybody has to log in again. While the pods roll, an old one does not know whoever has logged in at a new one. " +
        "Of a key that somebody else has, let nothing stay valid: run this command once more before the up, and everybody has to log in again.",
      failure: `Pods that run keep the key that they have. ${AGAIN}`,
    },
    ...databaseSecrets(`${name}.database`, `of ${name}'s database`, index, "database", app.database),
    ...databaseSecrets(
      `${name}.spare-database`,
      `of the database beside ${name}'s`,
      index,
      "spareDatabase",
      app.spareDatabase,
    ),
    ...cacheSecrets(index, app),
    ...Object.keys(app.secrets).map((variable): StackSecret => ({
      name: `${name}.secrets.${variable}`,
      what: `${variable} of ${name}'s pods: in the stack file and in the state`,
      change: { kind: "value", path: ["apps", index, "secrets", variable] },
      users: "Nothing, if the app does well with the new one: its pods roll.",
      failure: `Pods that run keep the value that they have. Set a better one. ${AGAIN}`,
    })),
    ...certificates(stackName, stack, app),
  ];
}

function databaseSecrets(
  name: string,
  whose: string,
  index: number,
  key: "database" | "spareDatabase",
  database: Database,
): StackSecret[] {
  if (database.kind === "none") return [];
  const change = {
    kind: "number",
    path: ["apps", index, key, "passwordVersion"],
    now: database.passwordVersion,
  } as const;
  return database.kind === "mysql"
    ? [
        {
          name,
          what: `passwords ${whose}, root's and the app's: in MySQL, in its Secret and in the state`,
          change: { ...change, oneStep: true },
          users:
            "Nothing: the server takes both passwords until the pods have rolled. " +
            "Run this command once for each up, no more: the server knows no password but the one before.",
          failure: `The old passwords hold until the end. ${AGAIN}`,
        },
      ]
    : [
        {
          name,
          what: `user and password ${whose}: at DigitalOcean, in a Secret and in the state`,
          change,
          users:
            "Nothing: a new user takes over, and the old one goes when no pod uses it. Views and routines name the user that made them: make those anew, in a migration.",
          failure: `The old user is there until the end. ${AGAIN}`,
        },
      ];
}

function cacheSecrets(index: number, { name, cache }: App): StackSecret[] {
  if (cache.kind === "none") return [];
  const away = `The primary restarts, and is away for seconds: ${cache.replicas > 0 ? "writes fail, and reads go on from the replicas" : "reads and writes fail"}.`;
  const data =
    cache.persistence.kind === "volume"
      ? "Nothing that was acknowledged is lost."
      : "It is in memory only: it is empty then.";
  return [
    {
      name: `${name}.cache`,
      what: `passwords of ${name}'s Redis, the app's and the replicas': in a Secret and in the state`,
      change: { kind: "number", path: ["apps", index, "cache", "passwordVersion"], now: cache.passwordVersion },
      users:
        `${away} ${data} The passwords before hold too, until the next change. ` +
        "Of one that somebody else has, let it hold no longer: run this command once more before the up, and pods that have yet to roll answer 503.",
      failure: `Pods that run are let in with the password before. ${AGAIN}`,
    },
  ];
}

function certificates(stackName: string, stack: Stack, { name, expose }: App): StackSecret[] {
  if (expose !== "ingress" || !isHttps(stack)) return [];
  const namespace = stack.cluster.kind === "shared" ? sharedNamespace(stackName, name) : name;
  const issuing = JSON.stringify([
    {
      op: "add",
      path: "/status/conditions/-",
      value: { type: "Issuing", status: "True", reason: "ManuallyTriggered", message: "Asked for by hand" },
    },
  ]);
  return [
    {
      name: `${name}.certificate`,
      what: `certificate of ${name}'s hosts, and its key: in a Secret. cert-manager renews both in time`,
      change: {
        kind: "command",
        command: `kubectl --namespace ${namespace} patch certificate ${name}-tls --subresource status --type json --patch '${issuing}'`,
      },
      users: "Nothing: the old one is served until the new one is there.",
      failure: `npm run status -- ${stackName} tells why there is none. The old one is served meanwhile.`,
    },
  ];
}
