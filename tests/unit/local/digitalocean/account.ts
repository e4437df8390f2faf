/** An emulated account on a cluster backend that is only remembered, and a client of it. */
import assert from "node:assert/strict";
import type { ClusterBackend } from "../../../../local/digitalocean/contract";
import { Emulator } from "../../../../local/digitalocean/emulator";
import type { EmulatorOptions } from "../../../../local/digitalocean/settings";
import type { Body } from "./answers";

export interface Reply {
  status: number;
  headers: Headers;
  /** None of what is no JSON. */
  body: Body;
  text: string;
}

export const TOKEN = "dop_v1_all";

/** Does at once what a real one takes minutes for. */
export class RememberedBackend implements ClusterBackend {
  capacity = 2;
  readonly created: string[] = [];
  readonly deleted: string[] = [];
  /** The tokens that are good. */
  readonly tokens = new Set<string>();
  /** What creating and deleting wait for. */
  hold: Promise<void> = Promise.resolve();
  #count = 0;

  async create({ id }: { id: string }) {
    this.created.push(id);
    await this.hold;
    return { endpoint: "https://10.99.4.2:6443", certificateAuthority: Buffer.from("a CA").toString("base64") };
  }

  issueToken(clusterId: string) {
    const token = `token-${++this.#count}-of-${clusterId}`;
    this.tokens.add(token);
    return Promise.resolve({
      token,
      revoke: () => {
        this.tokens.delete(token);
        return Promise.resolve();
      },
    });
  }

  async delete(clusterId: string) {
    await this.hold;
    this.deleted.push(clusterId);
  }
}

export class Account {
  private constructor(
    readonly emulator: Emulator,
    readonly backend: RememberedBackend,
  ) {}

  static async open(options: Partial<EmulatorOptions> = {}): Promise<Account> {
    const backend = new RememberedBackend();
    const emulator = await Emulator.start({
      address: "127.0.0.1",
      port: 0,
      tokens: [TOKEN],
      backend,
      loadBalancerAddresses: ["10.99.5.10", "10.99.5.11", "10.99.5.12"],
      ...options,
    });
    return new Account(emulator, backend);
  }

  /** Ends it; every answer must have been as DigitalOcean's OpenAPI file says, and every request but those that were meant to be wrong. */
  async close(): Promise<void> {
    await this.emulator.stop();
    assert.deepEqual(this.emulator.violations, []);
    assert.deepEqual(
      this.emulator.requestViolations.filter(({ userAgent }) => userAgent !== WRONG),
      [],
    );
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const response = await fetch(path.startsWith("http") ? path : `${this.emulator.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "user-agent": "test",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get("content-type")?.includes("application/json") === true;
    const parsed = json ? (JSON.parse(text) as Body) : ({} as Body);
    return { status: response.status, headers: response.headers, body: parsed, text };
  }

  /** A call that must succeed; its answer's body. */
  async do(method: string, path: string, body?: unknown): Promise<Body> {
    const reply = await this.call(method, path, body);
    assert.ok(reply.status < 300, `${method} ${path}: ${reply.status} ${reply.text}`);
    return reply.body;
  }

  /** A call that must be refused; its status and message. */
  async refusal(method: string, path: string, body?: unknown): Promise<[number, string]> {
    const reply = await this.call(method, path, body, { "user-agent": WRONG });
    assert.ok(reply.status >= 400, `${method} ${path}: ${reply.status} ${reply.text}`);
    return [reply.status, reply.body.message];
  }

  /** A cluster that runs, with its id. */
  async cluster(request: Record<string, unknown> = {}): Promise<string> {
    const { kubernetes_cluster: cluster } = await this.do("POST", CLUSTERS, { ...clusterRequest(), ...request });
    await this.emulator.settled();
    return cluster.id;
  }
}

/** Who sends what is meant to be refused. */
const WRONG = "wrong on purpose";
export const CLUSTERS = "/v2/kubernetes/clusters";

export const poolRequest = () => ({ name: "default", size: "s-2vcpu-4gb", count: 1 });
export const clusterRequest = () => ({
  name: "shop",
  region: "fra1",
  version: "1.35.1-do.0",
  node_pools: [poolRequest()],
});
export const loadBalancerRequest = () => ({
  name: "edge",
  region: "fra1",
  type: "REGIONAL_NETWORK",
  droplet_ids: [] as number[],
  forwarding_rules: [{ entry_protocol: "tcp", entry_port: 80, target_protocol: "tcp", target_port: 80 }],
});

/** An account for the tests of a suite; a new one for each. */
export function eachWithAccount(options: Partial<EmulatorOptions> = {}): { get: () => Account } {
  let account: Account | undefined;
  beforeEach(async () => {
    account = await Account.open(options);
  });
  afterEach(async () => {
    await account?.close();
  });
  return {
    get: () => {
      assert.ok(account !== undefined);
      return account;
    },
  };
}
