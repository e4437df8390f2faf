/** The Kubernetes objects that a stack creates, as they would be applied, from the program under mocks. */
import { stringify } from "yaml";
import { autoName } from "./cloud";
import type { Deployed } from "./mocks";

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

/** The objects among the registered resources, in the order in which they were registered. What a chart makes is not. */
export function manifests({ resources }: Deployed): Manifest[] {
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh/"))
    .map(({ name, inputs }) => {
      const manifest = inputs as unknown as Manifest;
      return { ...manifest, metadata: { name: autoName(name), ...manifest.metadata } };
    });
}

/** One YAML file of many objects. */
export const toYaml = (objects: Manifest[]): string => objects.map((object) => stringify(object)).join("---\n");
