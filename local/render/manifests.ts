/** The Kubernetes objects that a stack creates, as they would be applied, from the program under mocks. */
import { stringify } from "yaml";
import type { Registered } from "./registered";
import type { Deployed } from "./underMocks";

/** A Kubernetes object. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name?: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  [key: string]: unknown;
}

/**
 * The objects among the registered resources, in the order in which they were registered. What a chart makes is not.
 *
 * @param autoName Name of an object that has none.
 */
export function manifests({ resources }: Pick<Deployed, "resources">, autoName: (name: string) => string): Manifest[] {
  return resources.filter(isObject).map((resource) => objectOf(resource, autoName));
}

/** A Kubernetes object with its name, be it one that the engine makes up. */
export function objectOf({ name, inputs }: Registered, autoName: (name: string) => string): Manifest {
  const manifest = inputs as unknown as Manifest;
  return { ...manifest, metadata: { name: autoName(name), ...manifest.metadata } };
}

/** Whether a resource is a Kubernetes object. A Helm release is not one, but many. */
export const isObject = ({ type }: Registered): boolean =>
  type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh/");

/** Fields that say what something is, in the order in which people write them. The others follow by their names. */
const FIRST_FIELDS = ["apiVersion", "kind", "metadata", "name", "namespace"];

const place = (field: string): number => (FIRST_FIELDS.indexOf(field) + 1 || FIRST_FIELDS.length + 1) - 1;

/** One object, its long lines left whole. */
export const objectYaml = (object: object): string =>
  stringify(object, {
    lineWidth: 0,
    aliasDuplicateObjects: false,
    sortMapEntries: ({ key: a }: { key: unknown }, { key: b }: { key: unknown }) =>
      place(String(a)) - place(String(b)) || (String(a) < String(b) ? -1 : 1),
  });

/** One YAML file of many objects. */
export const toYaml = (objects: Manifest[]): string => objects.map(objectYaml).join("---\n");
