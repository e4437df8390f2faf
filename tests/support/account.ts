/** An account at an emulated DigitalOcean, for the program under mocks: it asks the account before it makes anything. */
import { randomUUID } from "node:crypto";
import type { ClusterBackend } from "../../local/digitalocean/contract";
import { Emulator } from "../../local/digitalocean/emulator";

/** Makes no cluster: nothing of the program under mocks comes so far. */
const NO_CLUSTERS: ClusterBackend = {
  capacity: 0,
  create: () => Promise.reject(new Error("there is nothing to make a cluster of")),
  issueToken: () => Promise.reject(new Error("there is no cluster to make a token for")),
  delete: () => Promise.resolve(),
};

let emulator: Emulator | undefined;

export const mochaHooks = {
  async beforeAll(): Promise<void> {
    const token = `dop_v1_${randomUUID()}`;
    emulator = await Emulator.start({
      address: "127.0.0.1",
      port: 0,
      tokens: [token],
      backend: NO_CLUSTERS,
      loadBalancerAddresses: [],
    });
    process.env["DIGITALOCEAN_API_URL"] = emulator.url;
    process.env["DIGITALOCEAN_TOKEN"] = token;
  },
  async afterAll(): Promise<void> {
    await emulator?.stop();
  },
};
