import { nodePools, type PlacedPool } from "../nodePools";
import type { Finding } from "../schema/finding";
import { nearest } from "../nearest";
import type { AccountConfig, Facts } from "./facts";
import { networkFindings } from "./networkCheck";
import { replacementFindings } from "./replacementCheck";
import { compareVersions, minorOf, newestFirst } from "./versionSlug";

type Doks = Extract<AccountConfig["cluster"], { kind: "doks" }>;

/**
 * Regions without VPC-native networking, which the cluster is made with (D6). The API does not tell.
 * As of 2026-11-23 these first datacentres, which have no Kubernetes at all (docs.digitalocean.com/platform/regional-availability);
 * where there is Kubernetes, new clusters are VPC-native (docs.digitalocean.com/products/kubernetes/how-to/create-clusters).
 */
const WITHOUT_VPC_NATIVE: readonly string[] = ["ams2", "nyc2", "sfo1"];

/** Where the limit of Droplets is raised. */
const LIMITS_PAGE = "https://cloud.digitalocean.com/account/team/droplet_limit_increase";

/** What keeps DigitalOcean from making or changing the cluster as the config says. */
export function clusterFindings(cluster: Doks, facts: Facts): Finding[] {
  const region = regionFinding(cluster, facts);
  return [
    ...(region === undefined ? [] : [region]),
    // A region that is not there has no sizes: one problem is told once.
    ...nodePools(cluster).flatMap((pool) =>
      sizeFinding(pool, region === undefined ? cluster.region : undefined, facts),
    ),
    ...versionFinding(cluster, facts),
    ...limitFinding(cluster, facts),
    ...networkFindings(cluster, facts),
    ...replacementFindings(cluster, facts),
  ];
}

/** A cluster that is there already is not asked about: a region that closes keeps what it holds. */
function regionFinding({ region: slug }: Doks, { regions, kubernetes, cluster }: Facts): Finding | undefined {
  if (regions === undefined || cluster?.region === slug) {
    return undefined;
  }
  const forKubernetes = kubernetes?.regions.map((region) => region.slug);
  const hasKubernetes = (candidate: string) => forKubernetes?.includes(candidate) ?? true;
  const onOffer = regions
    .filter(({ available }) => available)
    .map((region) => region.slug)
    .filter((candidate) => hasKubernetes(candidate) && !WITHOUT_VPC_NATIVE.includes(candidate))
    .sort();
  if (onOffer.includes(slug)) {
    return undefined;
  }
  const found = regions.find((region) => region.slug === slug);
  const because =
    found === undefined
      ? "is no region of DigitalOcean"
      : !found.available
        ? "takes nothing new at present"
        : WITHOUT_VPC_NATIVE.includes(slug)
          ? "has no VPC-native networking, which the cluster needs"
          : "has no Kubernetes";
  return { key: "cluster.region", message: `"${slug}" ${because}${meant(slug, onOffer)} On offer: ${list(onOffer)}` };
}

/** A size that the cluster runs on already is not asked about: it may be withdrawn, and its nodes stay. */
function sizeFinding({ key, size: slug }: PlacedPool, region: string | undefined, facts: Facts): Finding[] {
  const { sizes, kubernetes, cluster } = facts;
  if (sizes === undefined || cluster?.node_pools.some((pool) => pool.size === slug) === true) {
    return [];
  }
  const finding = (message: string): Finding[] => [{ key: `${key}.size`, message }];
  const forNodes = kubernetes?.sizes.map((size) => size.slug);
  const nodeSizes = sizes.filter((size) => size.available && (forNodes?.includes(size.slug) ?? true));
  const here = region === undefined ? nodeSizes : nodeSizes.filter(({ regions }) => regions.includes(region));
  if (here.some((size) => size.slug === slug)) {
    return [];
  }
  const cheapest = [...here]
    .sort((a, b) => a.price_monthly - b.price_monthly)
    .slice(0, 8)
    .map((size) => size.slug);
  const instead = `The least expensive ${region === undefined ? "on offer" : `in ${region}`}: ${list(cheapest)}`;
  const found = sizes.find((size) => size.slug === slug);
  if (found === undefined) {
    const hint = meant(
      slug,
      here.map((size) => size.slug),
    );
    return finding(`"${slug}" is no size of DigitalOcean${hint} ${instead}`);
  }
  if (!found.available || !nodeSizes.includes(found)) {
    return finding(`"${slug}" is not on offer for nodes${found.available ? "" : " at present"}. ${instead}`);
  }
  return finding(`"${slug}" is not on offer in ${region ?? ""}, but in ${list(found.regions)}. ${instead}`);
}

/** The slug is needed when the cluster is yet to be made, and when it is to be brought up to that version (D3). */
function versionFinding({ version }: Doks, { kubernetes, cluster }: Facts): Finding[] {
  const needed = cluster === undefined || compareVersions(version, cluster.version) > 0;
  if (kubernetes === undefined || !needed) {
    return [];
  }
  const onOffer = newestFirst(kubernetes.versions.map(({ slug }) => slug));
  if (onOffer.includes(version)) {
    return [];
  }
  const patch = onOffer.find((slug) => minorOf(slug) === minorOf(version));
  const take = patch === undefined ? "." : `; take ${patch}.`;
  return [{ key: "cluster.version", message: `"${version}" is not on offer${take} On offer: ${list(onOffer)}` }];
}

function limitFinding(cluster: Doks, { account }: Facts): Finding[] {
  const limit = account?.droplet_limit;
  const pools = nodePools(cluster);
  const most = pools.reduce((sum, { max }) => sum + max, 0);
  if (limit === undefined || most <= limit) {
    return [];
  }
  const key =
    pools.length === 1 ? (cluster.pool.max === undefined ? "cluster.pool.min" : "cluster.pool.max") : "cluster.pools";
  return [
    {
      key,
      message: `the pools may grow to ${nodes(most)}, the account to ${limit} Droplets; lower it, or ask for more at ${LIMITS_PAGE}`,
    },
  ];
}

const nodes = (count: number): string => (count === 1 ? "1 node" : `${count} nodes`);

const list = (slugs: readonly string[]): string => (slugs.length === 0 ? "none" : slugs.join(", "));

/** The end of a sentence about a slug that is not known. */
function meant(slug: string, known: readonly string[]): string {
  const near = nearest(slug, known);
  return near === undefined ? "." : `; did you mean ${near}?`;
}
