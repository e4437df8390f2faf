/** Which of a stack's objects are an app's own, and belong into its chart. */
import type { AppRole } from "../../../lib/labels";
import type { Manifest } from "../../../local/render/manifests";

/** The parts of an app that a chart brings. Backups, moves and changes of passwords are the program's to see to. */
const PARTS: readonly string[] = ["web", "migration", "database", "cache", "cache-replica"] satisfies AppRole[];

const labelOf = ({ metadata: { labels } }: Manifest, name: string): string | undefined =>
  labels?.[`app.kubernetes.io/${name}`];

/** The part of an app that an object belongs to. */
export const partOf = (object: Manifest): string | undefined => labelOf(object, "component");

/** The apps that a stack has, by name. */
export const appsOf = (objects: readonly Manifest[]): string[] =>
  objects
    .filter((object) => object.kind === "Deployment" && partOf(object) === "web")
    .map(({ metadata: { name = "" } }) => name)
    .sort();

/** The objects of an app's chart. Its namespace, its certificate and the login to the registry are its user's. */
export function objectsOf(app: string, objects: readonly Manifest[]): Manifest[] {
  const own = objects.filter(
    (object) =>
      labelOf(object, "part-of") === app &&
      PARTS.includes(partOf(object) ?? "") &&
      !object.apiVersion.startsWith("cert-manager.io/") &&
      object["type"] !== "kubernetes.io/dockerconfigjson",
  );
  // Of the others, those that only a left-out pod would read.
  const named = new Set(own.filter(({ kind }) => !isRead(kind)).flatMap(texts));
  return own.filter(({ kind, metadata: { name = "" } }) => !isRead(kind) || named.has(name));
}

const isRead = (kind: string): boolean => kind === "ConfigMap" || kind === "Secret";

/** All texts within a value. */
export function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}
