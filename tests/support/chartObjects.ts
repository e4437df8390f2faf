/** The objects of an app as its chart makes them, compared with those that the program makes. */
import type { Manifest } from "../../local/render/manifests";
import { MIGRATION_WAIT_SECONDS } from "../../scripts/render/chart/templates";

type Json = Record<string, unknown>;

/** Every value of an object and all within it, changed from within. */
function rewritten(value: unknown, change: (key: string, inner: unknown) => unknown, key = ""): unknown {
  const inner = Array.isArray(value)
    ? value.map((each: unknown) => rewritten(each, change)).filter((each) => each !== undefined)
    : typeof value === "object" && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .map(([name, each]) => [name, rewritten(each, change, name)] as const)
            .filter(([, each]) => each !== undefined),
        )
      : value;
  return change(key, inner);
}

/** Not in a chart: by part of the app, by kind, by type. */
const LEFT_OUT = /^(accounts|backup|restore-test|move|backup-monitor)$/;

/** What a chart of an app is to make of the objects that the program makes: the differences are all here. */
export function expected(app: string, objects: readonly Manifest[]): Manifest[] {
  return objects
    .filter(
      ({ kind, apiVersion, metadata, ...object }) =>
        metadata.labels?.["app.kubernetes.io/part-of"] === app &&
        kind !== "Namespace" &&
        !apiVersion.startsWith("cert-manager.io/") &&
        object["type"] !== "kubernetes.io/dockerconfigjson" &&
        metadata.name !== "managed-mysql" &&
        !LEFT_OUT.test(metadata.labels["app.kubernetes.io/component"] ?? ""),
    )
    .map((object) => rewritten(object, (key, inner) => ofChart(key, inner)) as Manifest);
}

function ofChart(key: string, inner: unknown): unknown {
  if (key === "app.kubernetes.io/managed-by") return "Helm";
  // A database that starts beside the migration makes it wait.
  if (key === "activeDeadlineSeconds") return Number(inner) + MIGRATION_WAIT_SECONDS;
  if (key.endsWith("/do-loadbalancer-name")) return undefined;
  if (key === "immutable" || key === "imagePullSecrets" || key.startsWith("pulumi.com/")) return undefined;
  return typeof inner === "string" ? inner.replace(/-0{8}$/, "") : inner;
}

/** A Job of a chart has a name for each revision. */
const named = ({ kind, metadata: { name = "" } }: Manifest): string =>
  kind === "Job" ? name.replace(/-1-[0-9a-f]{8}$/, "") : name;

/** What both are compared as: what a chart adds, and what only one of them can know, is taken away. */
export const comparable = (objects: readonly Manifest[]): Record<string, unknown> =>
  Object.fromEntries(
    objects
      .map((object): [string, unknown] => [
        `${object.kind} ${named(object)}`,
        rewritten({ ...object, metadata: { ...object.metadata, name: named(object) } }, (key, inner) => {
          if (/^(helm\.sh\/|checksum\/|app\.kubernetes\.io\/instance$)/.test(key)) return undefined;
          if (key === "annotations" && Object.keys(inner as object).length === 0) return undefined;
          if (key === "stringData") return Object.keys(inner as object).filter((name) => name !== "generation");
          if (key === "backoffLimit" || (key === "replicas" && object.metadata.name === "blog")) return undefined;
          if (key === "image") return String(inner).replace(/(:[\w.-]+)?(@sha256:\w+)?$/, "");
          if (typeof inner === "object" && (inner as Json | null)?.["name"] === "GENERATION") return "GENERATION";
          return key.startsWith("DB_") && key !== "DB_NAME" && key !== "DB_USERNAME" ? "" : inner;
        }),
      ])
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
