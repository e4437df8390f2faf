import type { ContainerRegistryArgs } from "../components/cluster/containerRegistry";
import type { RegistryConfig } from "../config";
import type { DataPolicy } from "./dataPolicy";
import { registryRegion } from "./registryRegion";
import type { Stack } from "./schema/stack";

/**
 * Which registry a stack's config means.
 *
 * @param registryName Name that the account check settled on, for DigitalOcean's registry.
 */
export function registryPlan(
  { registry, cluster, dataPolicy }: { registry: RegistryConfig; cluster: Stack["cluster"]; dataPolicy: DataPolicy },
  environment: string,
  registryName = environment,
): ContainerRegistryArgs {
  if (registry.kind === "external") {
    return registry;
  }
  return { ...registry, registryName, region: registryRegion(registry.region, cluster), dataPolicy };
}
