/** What of a stack's config goes one way only, so that an earlier release cannot be gone back to. */
import type { App } from "../../lib/schema/app";
import type { Database } from "../../lib/schema/database";
import type { Stack } from "../../lib/schema/stack";

/** What may only rise of an app, by its key. */
function numbersOf({ secretKeyVersion, database, spareDatabase, cache }: App): Record<string, number> {
  return {
    secretKeyVersion,
    ...databaseNumbers("database", database),
    ...databaseNumbers("spareDatabase", spareDatabase),
    ...(cache.kind === "redis" ? { "cache.passwordVersion": cache.passwordVersion } : {}),
    ...(cache.kind === "redis" && cache.persistence.kind === "volume"
      ? { "cache.persistence.storageGi": cache.persistence.storageGi }
      : {}),
  };
}

function databaseNumbers(key: string, database: Database): Record<string, number> {
  if (database.kind === "none") return {};
  const { passwordVersion, storageGi } = database;
  return {
    [`${key}.passwordVersion`]: passwordVersion,
    ...(storageGi === undefined ? {} : { [`${key}.storageGi`]: storageGi }),
  };
}

const keepsData = ({ database, cache }: App): boolean =>
  database.kind !== "none" || (cache.kind === "redis" && cache.persistence.kind === "volume");

/**
 * Why a stack cannot go back from one config to another, in short sentences: passwords that only the newer one knows, volumes
 * that do not shrink, data that has moved.
 */
export function oneWay(failed: Stack, good: Stack): string[] {
  return failed.apps.flatMap((after) => {
    const before = good.apps.find(({ name }) => name === after.name);
    // It may have come up where another one failed, and been written to.
    if (before === undefined) return keepsData(after) ? [`${after.name} is new and keeps data`] : [];
    const [were, are] = [numbersOf(before), numbersOf(after)];
    const risen = Object.entries(are).filter(([key, value]) => value > (were[key] ?? value));
    const moved = (["database", "cache"] as const).filter((key) => before[key].kind !== after[key].kind);
    return [
      ...risen.map(([key, value]) => `${key} of ${before.name} went from ${were[key] ?? ""} to ${value}`),
      ...moved.map((key) => `${key} of ${before.name} was ${before[key].kind} and is ${after[key].kind}`),
    ];
  });
}
