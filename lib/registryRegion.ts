import type { Stack } from "./schema/stack";

/** Regions in which DigitalOcean keeps images: those of `POST /v2/registry` in its OpenAPI description, November 2026. */
const REGIONS: readonly string[] = ["ams3", "fra1", "nyc3", "sfo3", "sgp1"];

/** The region for a registry that is made: the one asked for, otherwise the cluster's; none when that has no registries. */
export function registryRegion(
  wanted: string | undefined,
  cluster: { kind: "doks"; region: string } | { kind: Exclude<Stack["cluster"]["kind"], "doks"> },
): string | undefined {
  return wanted ?? (cluster.kind === "doks" && REGIONS.includes(cluster.region) ? cluster.region : undefined);
}
