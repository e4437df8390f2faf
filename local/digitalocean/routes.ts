/** Every route of the emulated API. */
import { accountRoutes } from "./api/account";
import { clusterAccessRoutes } from "./api/clusterAccess";
import { clusterRoutes } from "./api/clusters";
import { databaseRoutes } from "./api/databases";
import { domainRoutes } from "./api/domains";
import { dropletRoutes } from "./api/droplets";
import { firewallRoutes } from "./api/firewalls";
import { loadBalancerRoutes } from "./api/loadBalancers";
import { nodePoolRoutes } from "./api/nodePools";
import { oauthRoutes } from "./api/oauth";
import { projectRoutes } from "./api/projects";
import { registryRoutes } from "./api/registries";
import { spacesKeyRoutes } from "./api/spacesKeys";
import { tagRoutes } from "./api/tags";
import { volumeRoutes } from "./api/volumes";
import { vpcRoutes } from "./api/vpcs";
import type { Clusters } from "./clusters";
import type { Registries } from "./registries";
import type { Route } from "./router";

export const allRoutes = (clusters: Clusters, registries: Registries): Route[] => [
  ...accountRoutes(clusters.world),
  ...vpcRoutes(clusters.world),
  ...clusterRoutes(clusters),
  ...clusterAccessRoutes(clusters),
  ...nodePoolRoutes(clusters),
  ...registryRoutes(registries),
  ...oauthRoutes(registries.credentials),
  ...loadBalancerRoutes(clusters.world),
  ...volumeRoutes(clusters.world),
  ...domainRoutes(clusters.world),
  ...projectRoutes(clusters.world),
  ...tagRoutes(clusters.world),
  ...databaseRoutes(clusters.world),
  ...spacesKeyRoutes(clusters.world),
  ...dropletRoutes(clusters),
  ...firewallRoutes(clusters.world),
];
