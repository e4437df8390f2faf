/** What changed between two descriptions of an object, and which changes the API server would not take in place. */

import { type Difference, NO_DIFFERENCE } from "../provider";
import { contains, isObject, joinPath, reveal, UNKNOWN, type Value, type Values } from "../values";
import { isAutonamed } from "./object";

type Kind = "add" | "delete" | "update";

/** Immutable fields by API group and kind; `metadata.name` and `.namespace` are immutable everywhere. */
const IMMUTABLE: Record<string, string[]> = {
  "apps/StatefulSet": [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "apps/Deployment": ["spec.selector"],
  "apps/DaemonSet": ["spec.selector"],
  "batch/Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "rbac.authorization.k8s.io/RoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/ClusterRoleBinding": ["roleRef"],
  "storage.k8s.io/StorageClass": ["parameters", "provisioner"],
  "/Pod": ["spec"],
  "/PersistentVolume": ["spec.csi", "spec.hostPath", "spec.local", "spec.nfs"],
  "/PersistentVolumeClaim": ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
  "/ResourceQuota": ["spec.scopes"],
  "/Service": ["spec.clusterIP"],
};

/** The provider settings that say whether data may be changed in place; the real provider's default is no. */
export interface Mutability {
  configMaps: boolean;
  secrets: boolean;
}

/** The fields of an object whose change means another object. */
export function immutableFields(object: Values, mutable: Mutability): string[] {
  const apiVersion = typeof object["apiVersion"] === "string" ? object["apiVersion"] : "";
  const kind = typeof object["kind"] === "string" ? object["kind"] : "";
  const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
  const fixed = object["immutable"] === true;
  const fields = ["metadata.name", "metadata.namespace", ...(IMMUTABLE[`${group}/${kind}`] ?? [])];
  if (group === "" && kind === "ConfigMap" && (fixed || !mutable.configMaps)) fields.push("data", "binaryData");
  if (group === "" && kind === "Secret") {
    fields.push("type");
    if (fixed || !mutable.secrets) fields.push("data", "stringData");
  }
  return fields;
}

/** Every path at which two values differ; what is unknown differs from everything. */
export function changedPaths(before: Value, after: Value, path = ""): Record<string, Kind> {
  if (after !== UNKNOWN && isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return Object.assign({}, ...keys.map((key) => changedItem(before[key], after[key], joinPath(path, key)))) as Record<
      string,
      Kind
    >;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    const indices = Array.from({ length }, (_, i) => i);
    return Object.assign({}, ...indices.map((i) => changedItem(before[i], after[i], joinPath(path, i)))) as Record<
      string,
      Kind
    >;
  }
  return before === after && after !== UNKNOWN ? {} : { [path]: "update" };
}

function changedItem(before: Value | undefined, after: Value | undefined, path: string): Record<string, Kind> {
  const had = before !== undefined && before !== null;
  const has = after !== undefined && after !== null;
  if (had && has) return changedPaths(before, after, path);
  if (had) return { [path]: "delete" };
  return has ? { [path]: "add" } : {};
}

function metadataName(inputs: Values, key: "name" | "namespace"): Value | undefined {
  return isObject(inputs["metadata"]) ? inputs["metadata"][key] : undefined;
}

const canonical = (inputs: Values): Values => {
  const metadata = isObject(inputs["metadata"]) ? inputs["metadata"] : {};
  const namespace = metadata["namespace"] ?? "default";
  return { ...inputs, metadata: { ...metadata, namespace } };
};

/** The difference of an object's inputs: what changes, and whether in place, beside the old one, or after it is gone. */
export function objectDifference(
  oldInputs: Values,
  newInputs: Values,
  options: { ignoreChanges?: string[]; mutable: Mutability; patch?: boolean },
): Difference {
  const olds = canonical(reveal(oldInputs) as Values);
  const news = canonical(reveal(newInputs) as Values);
  const { ignoreChanges = [] } = options;
  const found = Object.entries(changedPaths(olds, news));
  const kept = found.filter(([path]) => !ignoreChanges.some((ignored) => contains(ignored, path)));
  if (kept.length === 0) return NO_DIFFERENCE;
  const immutable =
    options.patch === true ? ["metadata.name", "metadata.namespace"] : immutableFields(news, options.mutable);
  const replaces = kept
    .map(([path]) => path)
    .filter((path) => immutable.some((field) => contains(field, path) || contains(path, field)));
  const sameIdentity = (["name", "namespace"] as const).every(
    (key) => metadataName(olds, key) === metadataName(news, key) && metadataName(news, key) !== UNKNOWN,
  );
  const deleteBeforeReplace = replaces.length > 0 && !isAutonamed(newInputs) && sameIdentity;
  return { changes: Object.fromEntries(kept), replaces, deleteBeforeReplace };
}
