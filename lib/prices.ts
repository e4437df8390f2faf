/**
 * DigitalOcean's prices in US dollars a month, before taxes. What the API tells (nodes, registry tiers) is asked there;
 * the tables here hold what it does not tell, and stand in for it where no token is at hand.
 */

/** When the tables were last compared with DigitalOcean's price pages. */
export const PRICES_DATE = "2026-11-23";

/** The price pages that the tables were taken from. */
export const PRICE_PAGES = [
  "docs.digitalocean.com/products/kubernetes/details/pricing",
  "docs.digitalocean.com/products/droplets/details/pricing",
  "docs.digitalocean.com/products/networking/load-balancers/details/pricing",
  "docs.digitalocean.com/products/volumes/details/pricing",
  "docs.digitalocean.com/products/container-registry/details/pricing",
  "docs.digitalocean.com/products/databases/mysql/details/pricing",
];

/** Highly available control plane; the other one is free (D5). */
export const HIGH_AVAILABILITY = 40;

/** One node of a load balancer, by its type (D9). */
export const LOAD_BALANCER_NODE = { REGIONAL: 12, REGIONAL_NETWORK: 15 } as const;

/** One GiB of a volume. */
export const VOLUME_GI = 0.1;

/** One node of a managed database of MySQL, and one read replica of it, by the slug of its size. */
export const DATABASE_NODE: Readonly<Record<string, number>> = {
  "db-s-1vcpu-1gb": 15.15,
  "db-s-1vcpu-2gb": 30.45,
  "db-s-2vcpu-4gb": 60.9,
  "db-s-4vcpu-8gb": 122.4,
  "db-s-6vcpu-16gb": 244.8,
};

/** The prices that the API tells. */
export interface Prices {
  /** One node, by the slug of its size. */
  nodes: Readonly<Record<string, number>>;
  /** The registry, by its tier. */
  registryTiers: Readonly<Record<string, number>>;
  /** Where these come from. */
  source: "api" | "table";
}

/** Prices without the API: the common sizes, for nodes that share their CPUs and such with CPUs of their own. */
export const TABLE: Prices = {
  nodes: {
    "s-1vcpu-2gb": 12,
    "s-2vcpu-2gb": 18,
    "s-2vcpu-4gb": 24,
    "s-4vcpu-8gb": 48,
    "s-8vcpu-16gb": 96,
    "s-2vcpu-4gb-amd": 28,
    "s-4vcpu-8gb-amd": 56,
    "s-8vcpu-16gb-amd": 112,
    "c-2": 42,
    "c-4": 84,
    "c-8": 168,
    "g-2vcpu-8gb": 63,
    "g-4vcpu-16gb": 126,
    "g-8vcpu-32gb": 252,
    "m-2vcpu-16gb": 84,
    "m-4vcpu-32gb": 168,
  },
  registryTiers: { starter: 0, basic: 5, professional: 20 },
  source: "table",
};
