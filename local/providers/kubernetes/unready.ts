/** Jobs that have failed, or are not done, and that the program wants anew then. */
import type { DiffRequest } from "../provider";
import { clientFor } from "./client";
import { annotation, REPLACE_UNREADY, toObject } from "./object";
import { judge } from "./readiness";

/** Asks the cluster, where the annotation `pulumi.com/replaceUnready` says so. A Job that cannot be asked is left alone. */
export async function isUnready({ type, oldInputs, news, settings }: DiffRequest): Promise<boolean> {
  const wanted = toObject(news, type);
  if (wanted.kind !== "Job" || annotation(wanted, REPLACE_UNREADY) !== "true") return false;
  const { apiVersion, kind, metadata } = toObject(oldInputs, type);
  const live = await clientFor(settings)
    .read(apiVersion, kind, metadata.namespace ?? "", metadata.name)
    .catch(() => undefined);
  return live !== undefined && judge(live).state !== "ready";
}
