/** What DigitalOcean offers: regions, sizes with their prices, versions, subscription tiers. As its price list said in November 2026. */
import { DATABASE_NODE } from "../../lib/prices";

export interface Region {
  slug: string;
  name: string;
  /** Whether Kubernetes, load balancers and volumes are to be had there. */
  kubernetes: boolean;
  available: boolean;
}

const region = (slug: string, name: string, kubernetes = true, available = true): Region => ({
  slug,
  name,
  kubernetes,
  available,
});

export const REGIONS: readonly Region[] = [
  region("nyc1", "New York 1"),
  region("sfo1", "San Francisco 1", false, false),
  region("nyc2", "New York 2", false),
  region("ams2", "Amsterdam 2", false, false),
  region("sgp1", "Singapore 1"),
  region("lon1", "London 1"),
  region("nyc3", "New York 3"),
  region("ams3", "Amsterdam 3"),
  region("fra1", "Frankfurt 1"),
  region("tor1", "Toronto 1"),
  region("sfo2", "San Francisco 2"),
  region("blr1", "Bangalore 1"),
  region("sfo3", "San Francisco 3"),
  region("syd1", "Sydney 1"),
  region("atl1", "Atlanta 1"),
];

export interface Size {
  slug: string;
  vcpus: number;
  memoryMb: number;
  diskGb: number;
  transferTb: number;
  /** US dollars. */
  monthly: number;
  description: string;
}

const GB = 1024;
const size = (slug: string, vcpus: number, memoryGb: number, diskGb: number, transferTb: number, monthly: number) => ({
  slug,
  vcpus,
  memoryMb: memoryGb * GB,
  diskGb,
  transferTb,
  monthly,
});
const described = (description: string, sizes: readonly Omit<Size, "description">[]): Size[] =>
  sizes.map((each) => ({ ...each, description }));

export const SIZES: readonly Size[] = [
  ...described("Basic", [
    size("s-1vcpu-512mb-10gb", 1, 0.5, 10, 0.5, 4),
    size("s-1vcpu-1gb", 1, 1, 25, 1, 6),
    size("s-1vcpu-2gb", 1, 2, 50, 2, 12),
    size("s-2vcpu-2gb", 2, 2, 60, 3, 18),
    size("s-2vcpu-4gb", 2, 4, 80, 4, 24),
    size("s-4vcpu-8gb", 4, 8, 160, 5, 48),
    size("s-8vcpu-16gb", 8, 16, 320, 6, 96),
  ]),
  ...described("Premium Intel", [
    size("s-1vcpu-2gb-intel", 1, 2, 50, 2, 14),
    size("s-2vcpu-2gb-intel", 2, 2, 60, 3, 21),
    size("s-2vcpu-4gb-intel", 2, 4, 80, 4, 28),
    size("s-4vcpu-8gb-intel", 4, 8, 160, 5, 56),
    size("s-8vcpu-16gb-intel", 8, 16, 320, 6, 112),
  ]),
  ...described("Premium AMD", [
    size("s-1vcpu-2gb-amd", 1, 2, 50, 2, 14),
    size("s-2vcpu-2gb-amd", 2, 2, 60, 3, 21),
    size("s-2vcpu-4gb-amd", 2, 4, 80, 4, 28),
    size("s-4vcpu-8gb-amd", 4, 8, 160, 5, 56),
    size("s-8vcpu-16gb-amd", 8, 16, 320, 6, 112),
  ]),
  ...described("CPU-Optimized", [
    size("c-2", 2, 4, 25, 4, 42),
    size("c-4", 4, 8, 50, 5, 84),
    size("c-8", 8, 16, 100, 6, 168),
    size("c-16", 16, 32, 200, 7, 336),
  ]),
  ...described("General Purpose", [
    size("g-2vcpu-8gb", 2, 8, 25, 4, 63),
    size("g-4vcpu-16gb", 4, 16, 50, 5, 126),
    size("g-8vcpu-32gb", 8, 32, 100, 6, 252),
  ]),
  ...described("Memory-Optimized", [
    size("m-2vcpu-16gb", 2, 16, 50, 4, 84),
    size("m-4vcpu-32gb", 4, 32, 100, 6, 168),
    size("m-8vcpu-64gb", 8, 64, 200, 7, 336),
  ]),
];

/** Nodes need 2 GB of memory. */
export const NODE_SIZES: readonly Size[] = SIZES.filter(({ memoryMb }) => memoryMb >= 2 * GB);

/** Kubernetes versions on offer, the newest first. */
export const VERSIONS: readonly string[] = ["1.36.0-do.0", "1.35.2-do.0", "1.35.1-do.0", "1.34.4-do.0", "1.33.8-do.0"];

export interface Tier {
  slug: "starter" | "basic" | "professional";
  name: string;
  repositories: number;
  /** How many registries an account may have. */
  registries: number;
  storageBytes: number;
  allowsOverage: boolean;
  bandwidthBytes: number;
  cents: number;
}

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
export const TIERS: readonly [Tier, Tier, Tier] = [
  {
    slug: "starter",
    name: "Starter",
    repositories: 1,
    registries: 1,
    storageBytes: 500 * MIB,
    allowsOverage: false,
    bandwidthBytes: 500 * MIB,
    cents: 0,
  },
  {
    slug: "basic",
    name: "Basic",
    repositories: 5,
    registries: 1,
    storageBytes: 5 * GIB,
    allowsOverage: true,
    bandwidthBytes: 5 * GIB,
    cents: 500,
  },
  {
    slug: "professional",
    name: "Professional",
    // The API writes "no limit" as 0.
    repositories: 0,
    registries: 10,
    storageBytes: 100 * GIB,
    allowsOverage: true,
    bandwidthBytes: 100 * GIB,
    cents: 2000,
  },
];

export const REGISTRY_REGIONS: readonly string[] = ["nyc3", "sfo3", "sfo2", "ams3", "sgp1", "fra1", "blr1", "syd1"];

/** US dollars a month of what the API itself gives no price for; only shown on the page. */
export const MONTHLY = {
  highlyAvailableControlPlane: 40,
  /** Of each unit of size. */
  loadBalancer: 12,
  networkLoadBalancer: 15,
  volumeGb: 0.1,
  snapshotGb: 0.06,
  database: DATABASE_NODE,
} as const;

/** Managed databases: the versions of each engine, the newest first. */
export const DATABASE_ENGINES: Record<string, { versions: string[]; port: number; database: string }> = {
  mysql: { versions: ["8.4", "8"], port: 25060, database: "defaultdb" },
  pg: { versions: ["18", "17", "16", "15", "14"], port: 25060, database: "defaultdb" },
  valkey: { versions: ["8"], port: 25061, database: "" },
  redis: { versions: ["7"], port: 25061, database: "" },
  mongodb: { versions: ["8.0", "7.0"], port: 27017, database: "admin" },
};

const numbers = (slug: string): number[] => (slug.match(/\d+/g) ?? []).map(Number);

/** Orders version slugs such as `1.35.1-do.0`: below 0 if `a` is the older. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  return [0, 1, 2, 3].map((index) => (left[index] ?? 0) - (right[index] ?? 0)).find((step) => step !== 0) ?? 0;
}

/** The minor version of a slug, such as 35. */
export const minorOf = (slug: string): number => numbers(slug)[1] ?? 0;
