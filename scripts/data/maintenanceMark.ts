/** How a Deployment is marked while its app is in maintenance. */
import type { V1Deployment, V1ManagedFieldsEntry } from "@kubernetes/client-node";

/** How many pods there were before. */
export const REPLICAS_BEFORE = "flask-doks/replicas-before-maintenance";
/** Since when, as ISO 8601. */
export const MAINTENANCE_SINCE = "flask-doks/maintenance-since";

export interface Maintenance {
  /** Pods that there were before. */
  replicas: number;
  since?: Date;
}

/**
 * Nothing for one that is not in maintenance. A mark on one that has pods is stale: `pulumi up` has started it since.
 */
export function maintenanceOf({ metadata, spec }: V1Deployment): Maintenance | undefined {
  const { [REPLICAS_BEFORE]: before, [MAINTENANCE_SINCE]: since } = metadata?.annotations ?? {};
  if (spec?.replicas !== 0 || before === undefined || !/^\d+$/.test(before)) return undefined;
  const time = new Date(since ?? "");
  return { replicas: Number(before), ...(Number.isNaN(time.getTime()) ? {} : { since: time }) };
}

/**
 * Who manages which field, once the number of pods is given back to whoever applies the Deployment. Without that the
 * next `pulumi up` that changes the number would be refused: another manager had set it last.
 *
 * @param us Name of the manager that gives it back.
 * @returns Nothing when there is nothing to give back.
 */
export function handedBack(entries: readonly V1ManagedFieldsEntry[], us: string): V1ManagedFieldsEntry[] | undefined {
  const others = entries.filter(({ manager }) => manager !== us);
  if (others.length === entries.length) return undefined;
  const specOf = ({ fieldsV1 }: V1ManagedFieldsEntry) =>
    (fieldsV1 as Record<string, Record<string, unknown> | undefined> | undefined)?.["f:spec"];
  const isOwned = others.some((entry) => specOf(entry)?.["f:replicas"] !== undefined);
  const applier = others.find((entry) => entry.operation === "Apply" && specOf(entry) !== undefined);
  if (isOwned || applier === undefined) return others;
  const fields = applier.fieldsV1 as Record<string, unknown>;
  const fieldsV1 = { ...fields, "f:spec": { ...specOf(applier), "f:replicas": {} } };
  return others.map((entry) => (entry === applier ? Object.assign({}, entry, { fieldsV1 }) : entry));
}
