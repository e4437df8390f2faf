/** The objects that a Helm release is made of: their names, what they are waiting for, and what their pods say. */

import { setTimeout as sleep } from "node:timers/promises";
import { parseAllDocuments } from "yaml";
import type { KubernetesClient, KubernetesObject } from "./client";
import { assess, podsSay } from "./waiting";

/** The objects of rendered manifests. What names no namespace is in the release's, or in none. */
export function objectsOf(manifests: readonly string[], namespace: string): KubernetesObject[] {
  const documents = manifests.flatMap((manifest) => parseAllDocuments(manifest));
  const objects = documents.map((document) => document.toJS() as KubernetesObject | null);
  return objects
    .filter((object): object is KubernetesObject => typeof object?.kind === "string")
    .map((object) => ({ ...object, metadata: { namespace, ...object.metadata } }));
}

/** Names by kind, such as `Deployment.apps/apps/v1`; with the namespace where the manifest gives one. */
export function resourceNames(manifest: string): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  for (const { apiVersion, kind, metadata } of objectsOf([manifest], "")) {
    const group = apiVersion.includes("/") ? `.${apiVersion.split("/")[0] ?? ""}` : "";
    const { namespace = "", name } = metadata;
    (names[`${kind}${group}/${apiVersion}`] ??= []).push(namespace === "" ? name : `${namespace}/${name}`);
  }
  return Object.fromEntries(Object.entries(names).map(([kind, each]) => [kind, [...new Set(each)].sort()]));
}

/** What the pods of a release say about themselves; nothing when the cluster cannot be asked. */
export async function podsOf(connect: () => KubernetesClient, objects: KubernetesObject[]): Promise<string[]> {
  try {
    const client = connect();
    const said = await Promise.all(objects.map((object) => podsSay(client, object)));
    return [...new Set(said.flat())].slice(0, 10);
  } catch {
    return [];
  }
}

const LOOK_EVERY_MS = 3_000;

/** Says what the objects of a release wait for until it is `over`: Helm itself keeps silent for minutes. */
export async function narrate(
  connect: () => KubernetesClient,
  look: () => Promise<KubernetesObject[]>,
  status: (text: string) => void,
  over: AbortSignal,
): Promise<void> {
  let objects: KubernetesObject[] = [];
  let said = "";
  for (;;) {
    await sleep(LOOK_EVERY_MS, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return;
    try {
      if (objects.length === 0) objects = await look();
      const awaited = await firstUnready(connect(), objects);
      if (awaited !== undefined && awaited !== said) status(awaited);
      said = awaited ?? said;
    } catch {
      // What cannot be looked at now may be there the next time; whether it all succeeds is for Helm to say.
    }
  }
}

async function firstUnready(client: KubernetesClient, objects: KubernetesObject[]): Promise<string | undefined> {
  for (const { apiVersion, kind, metadata } of objects) {
    const live = await client.read(apiVersion, kind, metadata.namespace ?? "", metadata.name);
    const verdict = live === undefined ? undefined : await assess(client, live);
    if (verdict !== undefined && verdict.state !== "ready") return `${kind} ${metadata.name}: ${verdict.reason}`;
  }
  return undefined;
}
