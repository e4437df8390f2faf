import { nodePools } from "./nodePools";
import { DATABASE_NODE, HIGH_AVAILABILITY, LOAD_BALANCER_NODE, type Prices, VOLUME_GI } from "./prices";
import type { App } from "./schema/app";
import type { Database } from "./schema/database";
import type { Stack } from "./schema/stack";

/** What of a stack's config decides its cost. */
export interface CostConfig {
  cluster: Stack["cluster"];
  registry: Extract<Stack["registry"], { kind: "digitalocean" }> | { kind: "external" };
  ingress: Pick<Stack["ingress"], "controller" | "loadBalancer">;
  apps: readonly Pick<App, "name" | "expose" | "database" | "spareDatabase" | "cache">[];
  /** A Space is there before the stack, and is paid for by whoever made it. */
  backup: { kind: "none" | "spaces" | "s3" } | { kind: "volume"; storageGi: number };
}

/** One line of the bill, in US dollars a month. */
export interface CostItem {
  /** What is paid for. */
  item: string;
  /** How much of it, at which price. */
  detail: string;
  /** At rest, and with every pool at its maximum. */
  min: number;
  max: number;
  /** Where the price comes from: DigitalOcean's API, or the dated table of `lib/prices.ts`; or from nowhere. */
  source: "api" | "table" | "unknown";
}

/** What a stack costs in a month, before traffic, snapshots and taxes. */
export interface MonthlyCost {
  currency: "USD";
  min: number;
  max: number;
  items: CostItem[];
}

/**
 * What a stack costs in a month at DigitalOcean.
 * Counted is what the stack itself creates there; on a cluster that exists already that is not known, and not counted.
 * A price that nobody knows counts as nothing, and its item says so.
 */
export function monthlyCost(config: CostConfig, prices: Prices): MonthlyCost {
  const items = [
    ...clusterItems(config, prices),
    ...edgeItems(config),
    ...databaseItems(config),
    ...cacheItems(config),
    ...backupItems(config),
    ...registryItems(config, prices),
  ];
  return {
    currency: "USD",
    min: total(items.map(({ min }) => min)),
    max: total(items.map(({ max }) => max)),
    items,
  };
}

function clusterItems({ cluster }: CostConfig, prices: Prices): CostItem[] {
  if (cluster.kind !== "doks") {
    return [];
  }
  return [
    cluster.ha
      ? fixed("control plane", "highly available", HIGH_AVAILABILITY)
      : fixed("control plane", "not highly available", 0),
    ...nodePools(cluster).map(({ name, size, min, max }): CostItem => {
      const item = `nodes "${name}"`;
      const count = `${range(min, max)} × ${size}`;
      const price = prices.nodes[size];
      return price === undefined
        ? unknown(item, count)
        : {
            item,
            detail: `${count} at ${dollars(price)}`,
            min: cents(min * price),
            max: cents(max * price),
            source: prices.source,
          };
    }),
  ];
}

/** Load balancers: one for each app that has its own, and one for the Ingress controller when an app is behind it. */
function edgeItems({ cluster, ingress, apps }: CostConfig): CostItem[] {
  if (cluster.kind === "existing") {
    return [];
  }
  const { type, size } = ingress.loadBalancer;
  const price = LOAD_BALANCER_NODE[type];
  const owners = apps.filter(({ expose }) => expose === "loadBalancer").map(({ name }) => `"${name}"`);
  // A shared cluster brings its edge along.
  if (cluster.kind === "doks" && ingress.controller !== "none" && apps.some(({ expose }) => expose === "ingress")) {
    owners.push("Ingress");
  }
  return owners.map((owner) =>
    fixed(`load balancer ${owner}`, `${size} × ${type} at ${dollars(price)}`, cents(size * price)),
  );
}

/** The databases of each app, and those beside them. */
function databaseItems({ cluster, apps }: CostConfig): CostItem[] {
  if (cluster.kind === "existing") {
    return [];
  }
  return apps.flatMap(({ name, database, spareDatabase }) => [
    ...databaseCost(`"${name}"`, database),
    ...databaseCost(`"${name}" (spare)`, spareDatabase),
  ]);
}

function databaseCost(owner: string, database: Database): CostItem[] {
  switch (database.kind) {
    case "none":
      return [];
    case "mysql":
      return [volume(`volume ${owner}`, database.storageGi)];
    case "managed-mysql": {
      const { size, nodes, readReplicas, storageGi } = database;
      return [
        databaseNodes(`database ${owner}`, nodes, size),
        ...(readReplicas === 0 ? [] : [databaseNodes(`read replicas ${owner}`, readReplicas, size)]),
        // What a size brings along, and what more of it costs, is told nowhere that a program could ask.
        ...(storageGi === undefined ? [] : [unknown(`disk of database ${owner}`, `up to ${storageGi} GiB`)]),
      ];
    }
  }
}

function databaseNodes(item: string, count: number, size: string): CostItem {
  const price = DATABASE_NODE[size];
  return price === undefined
    ? unknown(item, `${count} × ${size}`)
    : fixed(item, `${count} × ${size} at ${dollars(price)}`, count * price);
}

/** The caches that are kept on a volume: the primary's alone, for replicas have none. */
function cacheItems({ cluster, apps }: CostConfig): CostItem[] {
  if (cluster.kind === "existing") {
    return [];
  }
  return apps.flatMap(({ name, cache }) =>
    cache.kind === "redis" && cache.persistence.kind === "volume"
      ? [volume(`volume "${name}" (cache)`, cache.persistence.storageGi)]
      : [],
  );
}

/** Backups to volumes: one for each database that an app uses. */
function backupItems({ cluster, apps, backup }: CostConfig): CostItem[] {
  if (cluster.kind === "existing" || backup.kind !== "volume") {
    return [];
  }
  return apps
    .filter(({ database }) => database.kind !== "none")
    .map(({ name }) => volume(`backups "${name}"`, backup.storageGi));
}

const volume = (item: string, gibibytes: number): CostItem =>
  fixed(item, `${gibibytes} GiB at ${dollars(VOLUME_GI)}`, gibibytes * VOLUME_GI);

/** A registry that is there already is paid for by whoever made it. */
function registryItems({ registry }: CostConfig, prices: Prices): CostItem[] {
  if (registry.kind !== "digitalocean" || !registry.create) {
    return [];
  }
  const detail = `tier ${registry.tier}`;
  const price = prices.registryTiers[registry.tier];
  return [
    price === undefined ? unknown("registry", detail) : { ...fixed("registry", detail, price), source: prices.source },
  ];
}

const fixed = (item: string, detail: string, price: number): CostItem => ({
  item,
  detail,
  min: cents(price),
  max: cents(price),
  source: "table",
});

const unknown = (item: string, detail: string): CostItem => ({
  item,
  detail: `${detail}, price unknown`,
  min: 0,
  max: 0,
  source: "unknown",
});

const range = (min: number, max: number): string => (min === max ? String(min) : `${min}–${max}`);

/** A unit price: `24`, `0.10`. */
const dollars = (price: number): string => (Number.isInteger(price) ? String(price) : price.toFixed(2));

const cents = (amount: number): number => Math.round(amount * 100) / 100;

const total = (amounts: number[]): number => cents(amounts.reduce((sum, amount) => sum + amount, 0));
