/** DigitalOcean's API with fixed answers, for tests of what the program makes of them. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { startServer } from "./httpServer";

/** An answer: a body, or with its status and headers; `cut` ends the connection without one. */
export interface FixedAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  cut?: true;
}

export interface AccountServer {
  url: string;
  /** The environment in which the program finds it. */
  env: NodeJS.ProcessEnv;
  /** The questions that came, with their queries, such as `GET /v2/account`. */
  asked: string[];
  stop: () => Promise<void>;
}

export const TOKEN = "dop_v1_0123456789abcdef";

const ok = (body: unknown): FixedAnswer => ({ body });

/** An error in the vendor's form. */
export const vendorError = (status: number, id: string, message: string): FixedAnswer => ({
  status,
  // No pause: a test does not wait.
  headers: { "retry-after": "0" },
  body: { id, message, request_id: "4d9d8375" },
});

const region = (slug: string, available = true) => ({ slug, name: slug, available, sizes: [], features: [] });

export const size = (slug: string, dollars: number, regions = ["ams3", "fra1", "nyc3"], available = true) => ({
  slug,
  regions,
  available,
  price_monthly: dollars,
});

const GIB = 1024 ** 3;

const tier = (slug: string, repositories: number, storageGi: number, dollars: number) => ({
  slug,
  name: slug,
  included_repositories: repositories,
  included_storage_bytes: storageGi * GIB,
  allow_storage_overage: dollars > 0,
  monthly_price_in_cents: dollars * 100,
  eligible: true,
});

export const TIERS = [tier("starter", 1, 0.5, 0), tier("basic", 5, 5, 5), tier("professional", 0, 100, 20)];

export const VERSIONS = ["1.34.8-do.0", "1.36.0-do.0", "1.35.1-do.0", "1.35.10-do.0"];

export const account = (changes: Record<string, unknown> = {}): FixedAnswer =>
  ok({
    account: {
      uuid: "f81d4fae",
      status: "active",
      status_message: "",
      email_verified: true,
      droplet_limit: 25,
      ...changes,
    },
  });

export const options = (changes: Record<string, unknown> = {}): FixedAnswer =>
  ok({
    options: {
      regions: ["ams3", "fra1", "nyc3"].map((slug) => ({ slug, name: slug })),
      versions: VERSIONS.map((slug) => ({ slug, kubernetes_version: slug, supported_features: [] })),
      sizes: ["s-1vcpu-2gb", "s-2vcpu-4gb", "s-4vcpu-8gb"].map((slug) => ({ slug, name: slug })),
      ...changes,
    },
  });

/** A cluster in the account. */
export const cluster = (name: string, changes: Record<string, unknown> = {}) => ({
  id: `id-of-${name}`,
  name,
  region: "fra1",
  version: "1.35.1-do.0",
  cluster_subnet: "10.244.0.0/16",
  service_subnet: "10.245.0.0/16",
  node_pools: [{ name: "default", size: "s-2vcpu-4gb", count: 1 }],
  ...changes,
});

/** An account in which nothing is, and everything is on offer. */
const EMPTY: Readonly<Record<string, FixedAnswer>> = {
  "GET /v2/account": account(),
  "GET /v2/regions": ok({
    regions: [region("ams3"), region("fra1"), region("nyc3"), region("nyc2"), region("sfo3"), region("sfo1", false)],
  }),
  "GET /v2/sizes": ok({
    sizes: [
      size("s-1vcpu-1gb", 6),
      size("s-4vcpu-8gb", 48),
      size("s-2vcpu-4gb", 24),
      size("s-1vcpu-2gb", 12, ["nyc3"]),
      size("g-2vcpu-8gb", 63),
    ],
  }),
  "GET /v2/kubernetes/options": options(),
  "GET /v2/kubernetes/clusters": ok({ kubernetes_clusters: [], links: {}, meta: { total: 0 } }),
  "GET /v2/vpcs": ok({
    vpcs: [{ id: "id-of-default", name: "default-fra1", ip_range: "10.114.0.0/20" }],
    links: {},
    meta: { total: 1 },
  }),
  "GET /v2/registries": ok({ registries: [] }),
  "GET /v2/registries/options": ok({
    options: { available_regions: ["fra1", "nyc3"], subscription_tiers: TIERS },
  }),
  "POST /v2/registries/validate-name": { status: 204 },
};

/** Serves an empty account, with `changes` by question; an answer that is a list is given one after the other. */
export async function startAccount(changes: Record<string, FixedAnswer | FixedAnswer[]> = {}): Promise<AccountServer> {
  const asked: string[] = [];
  const answers = new Map(
    Object.entries({ ...EMPTY, ...changes }).map(([question, answer]) => [
      question,
      Array.isArray(answer) ? [...answer] : answer,
    ]),
  );
  const { url, stop } = await startServer((request: IncomingMessage, response: ServerResponse) => {
    const question = `${request.method ?? ""} ${request.url ?? ""}`;
    asked.push(question);
    const found = answers.get(question.replace(/\?.*/, ""));
    const answer =
      request.headers.authorization === `Bearer ${TOKEN}`
        ? ((Array.isArray(found) ? found.shift() : found) ?? vendorError(404, "not_found", "It is not there."))
        : vendorError(401, "Unauthorized", "Unable to authenticate you");
    if (answer.cut === true) {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
    response.end(
      answer.body === undefined
        ? undefined
        : typeof answer.body === "string"
          ? answer.body
          : JSON.stringify(answer.body),
    );
  });
  return { url, env: { DIGITALOCEAN_API_URL: url, DIGITALOCEAN_TOKEN: TOKEN }, asked, stop };
}
