/** Objects as a program describes them: their kind, name, annotations, and the small repairs before they are sent. */

import { isObject, markSecrets, revealed, Secret, type Value, type Values } from "../values";
import { madeUpName } from "../madeUpName";
import type { KubernetesObject } from "./client";

export const AUTONAMED = "pulumi.com/autonamed";
export const SKIP_AWAIT = "pulumi.com/skipAwait";
export const PATCH_FORCE = "pulumi.com/patchForce";
export const WAIT_FOR = "pulumi.com/waitFor";
export const TIMEOUT_SECONDS = "pulumi.com/timeoutSeconds";
export const REPLACE_UNREADY = "pulumi.com/replaceUnready";
export const REPLACE_UNREADY_PATH = `metadata.annotations["${REPLACE_UNREADY}"]`;
export const PROPAGATION = "pulumi.com/deletionPropagationPolicy";
export const FIELD_MANAGER = "pulumi.com/patchFieldManager";

/** The keys under which a state holds what is not part of the object. The real provider uses the same. */
const OWN_KEYS = ["__inputs", "__initialApiVersion", "__fieldManager"];

/** `apps/v1` and `Deployment` of a token such as `kubernetes:apps/v1:Deployment`. */
export function kindOfToken(token: string): { apiVersion: string; kind: string } {
  const [, module = "", kind = ""] = token.split(":");
  return { apiVersion: module.replace(/^core\//, ""), kind };
}

/** Patch resources, such as `kubernetes:core/v1:ServicePatch`, change an object that belongs to somebody else. */
export const isPatch = (token: string): boolean => token.endsWith("Patch");

/** Without nulls, and with the dashes that TypeScript names cannot have (`x_kubernetes_…` in CRD schemas). */
function cleaned(value: Value): Value {
  if (Array.isArray(value)) return value.map(cleaned);
  if (value instanceof Secret) return new Secret(cleaned(value.value));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(
    entries.map(([key, item]) => [key.startsWith("x_kubernetes_") ? key.replaceAll("_", "-") : key, cleaned(item)]),
  );
}

/** The object that inputs describe, secrets revealed. */
export function toObject(inputs: Values, token: string): KubernetesObject {
  const plain = revealed(cleaned(inputs) as Values);
  const { apiVersion, kind } = kindOfToken(token);
  const metadata = isObject(plain["metadata"]) ? plain["metadata"] : {};
  const object = { ...plain, metadata, apiVersion: plain["apiVersion"] ?? apiVersion, kind: plain["kind"] ?? kind };
  for (const key of OWN_KEYS) Reflect.deleteProperty(object, key);
  const result = object as unknown as KubernetesObject;
  if (isPatch(token)) result.kind = result.kind.replace(/Patch$/, "");
  return result;
}

export function annotation(
  object: { metadata: { annotations?: Record<string, string> } },
  name: string,
): string | undefined {
  return object.metadata.annotations?.[name];
}

const metadataOf = (inputs: Values): Values => (isObject(inputs["metadata"]) ? inputs["metadata"] : {});

const withMetadata = (inputs: Values, more: Values): Values => ({
  ...inputs,
  metadata: { ...metadataOf(inputs), ...more },
});

export function isAutonamed(inputs: Values): boolean {
  const annotations = metadataOf(inputs)["annotations"];
  return isObject(annotations) && annotations[AUTONAMED] === "true";
}

/** Gives a nameless object a name: the one it has already, or its logical name and eight hexadecimal digits. */
export function named(news: Values, olds: Values, logicalName: string, seed?: Uint8Array): Values {
  const metadata = metadataOf(news);
  if (metadata["name"] !== undefined && metadata["name"] !== null) return news;
  const name = isAutonamed(olds) ? metadataOf(olds)["name"] : madeUpName(logicalName, 8, seed);
  const annotations = isObject(metadata["annotations"]) ? metadata["annotations"] : {};
  return withMetadata(news, { name: name ?? "", annotations: { ...annotations, [AUTONAMED]: "true" } });
}

/** Puts an object that names no namespace into the provider's. */
export function placed(news: Values, namespace: string): Values {
  const given = metadataOf(news)["namespace"];
  return given === undefined || given === null ? withMetadata(news, { namespace }) : news;
}

/** A Secret's `data`, as the server stores it: what stands in `stringData` is encoded into it. */
export function storedData(object: Record<string, unknown>): Record<string, string> {
  const data = { ...(object["data"] as Record<string, string> | undefined) };
  for (const [key, text] of Object.entries((object["stringData"] ?? {}) as Record<string, string>)) {
    data[key] = Buffer.from(text).toString("base64");
  }
  return data;
}

/** Marks what must not be shown: all data of a Secret, and whatever was secret in the inputs. */
export function guarded(values: Values, inputs: Values): Values {
  const marked = markSecrets(values, inputs);
  if (marked["kind"] !== "Secret") return marked;
  const hidden = { ...marked };
  for (const key of ["data", "stringData"]) {
    const value = hidden[key];
    if (value !== undefined && !(value instanceof Secret)) hidden[key] = new Secret(value);
  }
  return hidden;
}

const underscored = (value: Value): Value => {
  if (Array.isArray(value)) return value.map(underscored);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key.startsWith("x-kubernetes-") ? key.replaceAll("-", "_") : key,
      underscored(item),
    ]),
  );
};

/** What is recorded of an object: the live one, with its inputs beside it. */
export function stateOf(live: KubernetesObject, inputs: Values, manager: string): Values {
  const metadata = Object.fromEntries(Object.entries(live.metadata).filter(([key]) => key !== "managedFields"));
  const outputs = underscored({ ...live, metadata } as unknown as Value) as Values;
  return {
    ...guarded(outputs, inputs),
    __inputs: guarded(inputs, inputs),
    __initialApiVersion: live.apiVersion,
    __fieldManager: manager,
  };
}

/** The resource id: `namespace/name`, or the name of what belongs to no namespace. */
export function idOf(object: KubernetesObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

export function splitId(id: string): { namespace: string; name: string } {
  const [first = "", second] = id.split("/");
  return second === undefined ? { namespace: "", name: first } : { namespace: first, name: second };
}
