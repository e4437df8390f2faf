/** Maintenance: an app without pods, so that nobody writes to its database. */
import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { selector } from "../../lib/labels";
import { podProblem } from "../../local/diagnose";
import { Interrupted } from "../../local/engine/operation";
import { UserError } from "../../local/steps";
import { limitsOf, type AppAccess, type Following } from "./appAccess";
import { MANAGER, type AppNamespace } from "./appNamespace";
import { handedBack, MAINTENANCE_SINCE, maintenanceOf, REPLICAS_BEFORE, type Maintenance } from "./maintenanceMark";

/** Its status changes often while pods come and go: a change of it is tried as many times. */
const TRIES = 20;

const webPods = ({ app }: AppAccess): string =>
  Object.entries(selector(app, "web"))
    .map(([key, value]) => `${key}=${value}`)
    .join(",");

/**
 * Stops the app, and remembers how many pods it had. For one that is stopped already, by a run that was cut short,
 * what is remembered stays.
 */
export async function beginMaintenance(space: AppNamespace, access: AppAccess, following: Following): Promise<Date> {
  const { signal } = following;
  const since = await following.step(`Stopping ${access.app}`, async () => {
    const { replicas, since: began = new Date() } = await stop(space, access);
    await handBack(space, access, following);
    await untilGone(space, access, following);
    if (replicas === 0) following.note(`${access.app} had no pods before: it will have none afterwards.`);
    return began;
  });
  if (signal?.aborted === true) throw new Interrupted("Interrupted.");
  return since;
}

/**
 * Starts the app again, with as many pods as before, and waits until it is ready.
 *
 * @returns What keeps it from being ready within the time, as a sentence; nothing when it is.
 */
export async function endMaintenance(
  space: AppNamespace,
  access: AppAccess,
  following: Following,
): Promise<string | undefined> {
  const LATE = new Error("it is late");
  let late: string | undefined;
  const work = async () => {
    await start(space, access);
    await handBack(space, access, following);
    late = await untilReady(space, access, following);
    if (late !== undefined) throw LATE;
  };
  await following.step(`Starting ${access.app}`, work).catch((error: unknown) => {
    if (error !== LATE) throw error;
  });
  return late;
}

async function stop(space: AppNamespace, access: AppAccess): Promise<Maintenance> {
  return change(space, access, (deployment) => {
    const before = maintenanceOf(deployment);
    if (before !== undefined) return { result: before };
    const replicas = deployment.spec?.replicas ?? 1;
    const since = new Date();
    const annotations = { [REPLICAS_BEFORE]: String(replicas), [MAINTENANCE_SINCE]: since.toISOString() };
    return { result: { replicas, since }, patch: { metadata: { annotations }, spec: { replicas: 0 } } };
  });
}

async function start(space: AppNamespace, access: AppAccess): Promise<void> {
  await change(space, access, (deployment) => {
    const maintenance = maintenanceOf(deployment);
    const annotations = { [REPLICAS_BEFORE]: null, [MAINTENANCE_SINCE]: null };
    // Somebody else has started it meanwhile: how many pods it has is theirs to say.
    const spec = maintenance === undefined ? {} : { spec: { replicas: maintenance.replicas } };
    return { result: undefined, patch: { metadata: { annotations }, ...spec } };
  });
}

async function change<T>(
  space: AppNamespace,
  access: AppAccess,
  decide: (deployment: V1Deployment) => { result: T; patch?: { metadata: object } },
): Promise<T> {
  for (let tries = TRIES; tries > 0; tries--) {
    const deployment = await theDeployment(space, access);
    const { result, patch } = decide(deployment);
    if (patch === undefined) return result;
    const { resourceVersion } = deployment.metadata ?? {};
    const body = { ...patch, metadata: { ...patch.metadata, resourceVersion } };
    if (await space.patchDeployment(access.app, body)) return result;
  }
  throw new UserError(`The Deployment ${space.name}/${access.app} is being changed by somebody else all the time.`);
}

async function theDeployment(space: AppNamespace, { app }: AppAccess): Promise<V1Deployment> {
  const deployment = await space.deployment(app);
  if (deployment === undefined) throw new UserError(`There is no Deployment ${app} in the namespace ${space.name}.`);
  return deployment;
}

async function handBack(space: AppNamespace, access: AppAccess, { note }: Following): Promise<void> {
  for (let tries = TRIES; tries > 0; tries--) {
    const { resourceVersion = "", managedFields = [] } = (await theDeployment(space, access)).metadata ?? {};
    const entries = handedBack(managedFields, MANAGER);
    if (entries === undefined || (await space.noteManagers(access.app, resourceVersion, entries))) return;
  }
  note(`The number of pods of ${access.app} could not be given back to Pulumi: it may tell of a conflict.`);
}

/** Pods that have ended by themselves may lie around for long. */
const runs = ({ status }: V1Pod): boolean => !["Succeeded", "Failed"].includes(status?.phase ?? "");

async function untilGone(space: AppNamespace, access: AppAccess, following: Following): Promise<void> {
  const { gone, pollMs } = limitsOf(following);
  const endMs = Date.now() + gone * 1000;
  for (;;) {
    const left = (await space.pods(webPods(access))).filter(runs);
    if (left.length === 0 || following.signal?.aborted === true) return;
    if (Date.now() > endMs) {
      const names = left.map(({ metadata }) => metadata?.name ?? "").join(", ");
      throw new UserError(`${access.app} does not stop: ${names} still runs after ${gone} s.`);
    }
    await sleep(pollMs, undefined, { signal: following.signal }).catch(() => undefined);
  }
}

async function untilReady(space: AppNamespace, access: AppAccess, following: Following): Promise<string | undefined> {
  const { ready, pollMs } = limitsOf(following);
  const endMs = Date.now() + ready * 1000;
  for (;;) {
    const { metadata, spec, status } = await theDeployment(space, access);
    const wanted = spec?.replicas ?? 1;
    const { observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0 } = status ?? {};
    const isSeen = observedGeneration >= (metadata?.generation ?? 0);
    if (isSeen && readyReplicas >= wanted && updatedReplicas >= wanted) return undefined;
    if (Date.now() > endMs) {
      const problems = (await space.pods(webPods(access))).flatMap((pod) => podProblem(pod)?.text ?? []);
      return `${access.app} is started again, but not ready after ${ready} s: ${problems[0] ?? "its pods are missing"}.`;
    }
    await sleep(pollMs);
  }
}
