/** The stand-in with an emulated account behind it, and requests to it as the engine makes them. */
import { Emulator } from "../../../../../local/digitalocean/emulator";
import { digitaloceanProvider } from "../../../../../local/providers/digitalocean";
import type { Checked, Difference, Existing, Provider } from "../../../../../local/providers/provider";
import { revealed, type Values } from "../../../../../local/providers/values";

export const TOKEN = "dop_v1_0123456789abcdef";

export const typeOf = (kind: string): string =>
  `digitalocean:index/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`;

/** The stand-in at an API, with hardly any pause between tries. */
export class StandIn {
  readonly provider: Provider;
  /** What was shown beside resources. */
  readonly lines: string[] = [];
  readonly warnings: string[] = [];
  stopping = new AbortController();

  constructor(url: string, env: Record<string, string> = {}) {
    this.provider = digitaloceanProvider("4.80.1", {
      DIGITALOCEAN_API_URL: url,
      DIGITALOCEAN_TOKEN: TOKEN,
      DIGITALOCEAN_HTTP_RETRY_WAIT_MIN: "0.01",
      DIGITALOCEAN_HTTP_RETRY_MAX: "4",
      ...env,
    });
  }

  #operation(kind: string, timeoutSeconds?: number) {
    return {
      urn: `urn:pulumi:dev::shop::${typeOf(kind)}::one`,
      type: typeOf(kind),
      name: "one",
      settings: {},
      preview: false,
      timeoutSeconds,
      signal: this.stopping.signal,
      status: (text: string) => this.lines.push(text),
      warn: (text: string) => this.warnings.push(text),
    };
  }

  check(kind: string, news: Values, olds: Values = {}): Promise<Checked> {
    return this.provider.check({ ...this.#operation(kind), olds, news });
  }

  /** Checks the inputs and creates; the inputs are told as well. */
  async create(kind: string, news: Values, timeoutSeconds?: number): Promise<Existing & { inputs: Values }> {
    const { inputs, failures = [] } = await this.check(kind, news);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    return { ...(await this.provider.create({ ...this.#operation(kind, timeoutSeconds), inputs })), inputs };
  }

  async diff(kind: string, one: Existing, news: Values, ignoreChanges: string[] = []): Promise<Difference> {
    const { inputs } = await this.check(kind, news);
    const { id, state } = one;
    return this.provider.diff({ ...this.#operation(kind), id, state, oldInputs: {}, news: inputs, ignoreChanges });
  }

  async update(kind: string, one: Existing, news: Values): Promise<Values> {
    const { inputs } = await this.check(kind, news);
    const { id, state } = one;
    const request = { ...this.#operation(kind), id, state, oldInputs: {}, news: inputs, ignoreChanges: [] };
    return this.provider.update(request);
  }

  read(kind: string, id: string, state: Values = {}, inputs: Values = {}) {
    return this.provider.read({ ...this.#operation(kind), id, state, inputs });
  }

  delete(kind: string, one: Existing, timeoutSeconds?: number): Promise<void> {
    const { id, state } = one;
    return this.provider.delete({ ...this.#operation(kind, timeoutSeconds), id, state, oldInputs: {} });
  }

  async invoke(name: string, args: Values): Promise<Values> {
    const answer = await this.provider.invoke?.(`digitalocean:index/${name}:${name}`, args, {});
    return revealed(answer ?? {});
  }
}

/** An account where everything is ready at once. Clusters are no more than their names. */
export const startAccount = (): Promise<Emulator> =>
  Emulator.start({
    address: "127.0.0.1",
    port: 0,
    tokens: [TOKEN],
    loadBalancerAddresses: ["192.0.2.50"],
    backend: {
      capacity: 2,
      create: () => Promise.resolve({ endpoint: "https://192.0.2.10", certificateAuthority: "Q0E=" }),
      issueToken: (id) => Promise.resolve({ token: `token-of-${id}`, revoke: () => Promise.resolve() }),
      delete: () => Promise.resolve(),
    },
  });

export const clusterInputs = (version: string, more: Values = {}, pool: Values = {}): Values => ({
  name: "flask-doks-dev",
  region: "fra1",
  version,
  ha: false,
  clusterSubnet: "10.100.0.0/16",
  serviceSubnet: "10.101.0.0/19",
  maintenancePolicy: { day: "sunday", startTime: "04:00" },
  kubeconfigExpireSeconds: 3600,
  nodePool: { name: "default", size: "s-2vcpu-4gb", nodeCount: 1, ...pool },
  ...more,
});
