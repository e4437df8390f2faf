/** What exists in the account, by kind; nothing secret. A person reads it on the page, a test asserts on it. */
import { MONTHLY, SIZES } from "./catalog";
import type { Clusters } from "./clusters";
import { TIERS } from "./catalog";
import { timestamp } from "./clock";
import { isOnline } from "./databases";
import type { PoolRecord } from "./state";

export interface Item {
  id: string;
  name: string;
  state: string;
  region: string;
  /** One line on what it is. */
  details: string;
  tags: string[];
  /** US dollars. */
  monthly: number;
}

export const KINDS = {
  cluster: "Kubernetes clusters",
  nodePool: "Node pools",
  loadBalancer: "Load balancers",
  volume: "Volumes",
  snapshot: "Volume snapshots",
  vpc: "VPC networks",
  registry: "Container registries",
  repository: "Repositories",
  registryCredential: "Registry credentials",
  clusterToken: "Cluster tokens",
  domain: "Domains",
  record: "DNS records",
  database: "Databases",
  databaseReplica: "Database replicas",
  spacesKey: "Spaces keys",
  firewall: "Firewalls",
  project: "Projects",
} as const;

export type Kind = keyof typeof KINDS;
/** What DigitalOcean makes by itself, such as default networks, the default project and name servers' records, is not in it. */
export type Inventory = Record<Kind, Item[]>;

const item = (id: string, name: string, rest: Partial<Omit<Item, "id" | "name">> = {}): Item => ({
  id,
  name,
  state: "active",
  region: "",
  details: "",
  tags: [],
  monthly: 0,
  ...rest,
});

const poolPrice = ({ size, count }: PoolRecord): number =>
  count * (SIZES.find(({ slug }) => slug === size)?.monthly ?? 0);

const bytes = (count: number): string => `${(count / 1024 ** 2).toFixed(1)} MiB`;

export function inventory(clusters: Clusters): Inventory {
  const { state, clock } = clusters.world;
  const now = clock.now();
  const all = clusters.all();
  const ready = (readyMs: number, before: string, after: string): string => (now >= readyMs ? after : before);
  const until = (ms: number | undefined): string => (ms === undefined ? "does not expire" : `until ${timestamp(ms)}`);
  const nameOf = (clusterId: string): string => all.find(({ id }) => id === clusterId)?.name ?? "";
  return {
    cluster: all.map((cluster) =>
      item(cluster.id, cluster.name, {
        state: clusters.stateOf(cluster),
        region: cluster.region,
        details: [
          cluster.version,
          cluster.ha ? "highly available" : "one control plane",
          ...(cluster.autoUpgrade ? ["upgrades itself"] : []),
          ...(cluster.failure === undefined ? [] : [cluster.failure]),
        ].join(", "),
        tags: cluster.tags,
        monthly: cluster.ha ? MONTHLY.highlyAvailableControlPlane : 0,
      }),
    ),
    nodePool: all.flatMap((cluster) =>
      cluster.pools.map((pool) => {
        const states = pool.nodes.map((node) => clusters.nodeState(cluster, node));
        const running = states.filter((each) => each === "running").length;
        return item(pool.id, `${cluster.name}/${pool.name}`, {
          state: pool.goneMs !== undefined ? "deleting" : running === states.length ? "running" : "provisioning",
          region: cluster.region,
          details: `${running} of ${pool.count} × ${pool.size}${pool.autoScale ? `, ${pool.minNodes} to ${pool.maxNodes}` : ""}`,
          tags: pool.tags,
          monthly: poolPrice(pool),
        });
      }),
    ),
    loadBalancer: state.loadBalancers.map((each) =>
      item(each.id, each.name, {
        state: ready(each.readyMs, "new", "active"),
        region: each.region,
        details: `${ready(each.readyMs, "no address yet", each.ip)}, ${each.type}, ${each.forwardingRules
          .map((rule) => `${String(rule["entry_protocol"])} ${String(rule["entry_port"])}`)
          .join(", ")}`,
        tags: each.tags,
        monthly:
          each.sizeUnit * (each.type === "REGIONAL_NETWORK" ? MONTHLY.networkLoadBalancer : MONTHLY.loadBalancer),
      }),
    ),
    volume: state.volumes.map((each) =>
      item(each.id, each.name, {
        state: each.dropletIds.length > 0 ? "attached" : "available",
        region: each.region,
        details: `${each.sizeGigabytes} GB ${each.filesystemType}`.trim(),
        tags: each.tags,
        monthly: each.sizeGigabytes * MONTHLY.volumeGb,
      }),
    ),
    snapshot: state.snapshots.map((each) =>
      item(each.id, each.name, {
        region: each.region,
        details: `${each.sizeGigabytes} GB`,
        tags: each.tags,
        monthly: each.sizeGigabytes * MONTHLY.snapshotGb,
      }),
    ),
    vpc: state.vpcs
      .filter(({ isDefault }) => !isDefault)
      .map((each) => item(each.id, each.name, { region: each.region, details: each.ipRange })),
    registry: state.registries.map((each, index) => {
      const tier = TIERS.find(({ slug }) => slug === state.subscription?.tier) ?? TIERS[0];
      const limit = tier.repositories === 0 ? "" : ` of ${tier.repositories}`;
      return item(each.name, each.name, {
        region: each.region,
        details: `${tier.name}, repositories: ${each.repositories.length}${limit}`,
        // The subscription is the account's.
        monthly: index === 0 ? tier.cents / 100 : 0,
      });
    }),
    repository: state.registries.flatMap((registry) =>
      registry.repositories.map(({ name, manifests }) =>
        item(`${registry.name}/${name}`, `${registry.name}/${name}`, {
          region: registry.region,
          details: `${manifests.length} ${manifests.length === 1 ? "image" : "images"}, ${bytes(manifests.reduce((sum, each) => sum + each.bytes, 0))}`,
          tags: manifests.flatMap((manifest) => manifest.tags),
        }),
      ),
    ),
    registryCredential: state.registryCredentials.map((each) =>
      item(each.id, each.registry, {
        details: `${each.write ? "reads and writes" : "reads"}, ${until(each.expiresMs)}`,
      }),
    ),
    clusterToken: state.clusterTokens.map((each) =>
      item(each.id, nameOf(each.clusterId), { details: `by ${each.kind}, ${until(each.expiresMs)}` }),
    ),
    domain: state.domains.map(({ name, ttl }) => item(name, name, { details: `TTL ${ttl}` })),
    record: state.domains.flatMap((domain) =>
      domain.records
        .filter(({ own }) => !own)
        .map((each) =>
          item(String(each.id), each.name === "@" ? domain.name : `${each.name}.${domain.name}`, {
            details: `${each.type} ${each.data}, TTL ${each.ttl}`,
          }),
        ),
    ),
    database: state.databases.map((each) =>
      item(each.id, each.name, {
        state: isOnline(each, now) ? "online" : each.resizing === true ? "resizing" : "creating",
        region: each.region,
        details: `${each.engine} ${each.version}, ${each.nodes} × ${each.size}`,
        tags: each.tags,
        monthly: each.nodes * (MONTHLY.database[each.size] ?? 0),
      }),
    ),
    databaseReplica: state.databases.flatMap(({ name, replicas = [] }) =>
      replicas.map((each) =>
        item(each.id, each.name, {
          state: ready(each.readyMs, each.resizing === true ? "resizing" : "forking", "online"),
          region: each.region,
          details: `of ${name}, ${each.size}`,
          tags: each.tags,
          monthly: MONTHLY.database[each.size] ?? 0,
        }),
      ),
    ),
    spacesKey: state.spacesKeys.map(({ accessKey, name, grants }) =>
      item(accessKey, name, {
        details: grants.map(({ bucket, permission }) => `${permission} ${bucket}`.trim()).join(", "),
      }),
    ),
    firewall: state.firewalls.map(({ id, body }) => item(id, typeof body["name"] === "string" ? body["name"] : id)),
    project: state.projects
      .filter(({ isDefault }) => !isDefault)
      .map((each) => item(each.id, each.name, { details: `${each.environment}: ${each.purpose}` })),
  };
}
