/** The emulated DigitalOcean on the suite's node, and stages for the stacks that are deployed to it. */
import { randomBytes } from "node:crypto";
import { startCloud, type Cloud, type CloudArgs } from "../../../local/digitalocean/cloud";
import type { Emulator } from "../../../local/digitalocean/emulator";
import type { Kind } from "../../../local/digitalocean/inventory";
import { Stage } from "../../support/lifecycle";
import { node } from "../stage";
import { NODE } from "../lanes";

/** The account's API token, the only secret that a user brings. */
export const TOKEN = `dop_v1_${randomBytes(32).toString("hex")}`;

/** Seconds that things take to be there: enough to be seen to be waited for. */
const PROVISIONING = { cluster: 3, node: 2, loadBalancer: 3, volume: 1, deletion: 2 };

/** What is at hand in the tests of one stack. */
export interface Account {
  readonly emulator: Emulator;
  readonly stage: Stage;
  /** Asks a managed database, as its administrator. */
  readonly askDatabase: Cloud["askDatabase"];
  /** The authority, in PEM, that vouches for the emulated names of DigitalOcean. */
  readonly authority: string;
}

/** An account of its own for the tests around the call: empty at first, gone after them. */
export function freshAccount(stack: "dev" | "prod", options: Partial<CloudArgs> = {}): Account {
  let cloud: Cloud | undefined;
  let stage: Stage | undefined;
  before(async function () {
    this.timeout(120_000);
    cloud = await startCloud({
      node: node(),
      name: NODE,
      token: TOKEN,
      provisioningSeconds: PROVISIONING,
      ...options,
    });
    stage = new Stage({ stack, ...cloud.ground });
    console.log(
      `      the API is emulated; ${cloud.emulator.checked ? "each call is held against DigitalOcean's OpenAPI file" : "no OpenAPI file is at hand to hold its calls against"}`,
    );
  });
  after(async function () {
    this.timeout(120_000);
    stage?.strike();
    await cloud?.stop();
  });
  const begun = <T>(value: T | undefined): T => {
    if (value === undefined) {
      throw new Error("the account has not been opened");
    }
    return value;
  };
  return {
    get emulator() {
      return begun(cloud).emulator;
    },
    get stage() {
      return begun(stage);
    },
    get askDatabase() {
      return begun(cloud).askDatabase;
    },
    get authority() {
      return begun(cloud).certificateAuthority;
    },
  };
}

/** How many there are of each kind, of those of which there is any. */
export function whatExists(emulator: Emulator): Partial<Record<Kind, number>> {
  return Object.fromEntries(
    Object.entries(emulator.inventory)
      .map(([kind, items]) => [kind, items.length] as const)
      .filter(([, count]) => count > 0),
  );
}

/** How many tokens for clusters were minted so far. */
export const clusterTokens = ({ minted }: Emulator): number => minted.credentials + minted.kubeconfig;

/** Whether a change, as an outcome lists it, replaces or deletes something that had no reason to go. */
export const takesAway = (change: string): boolean =>
  /^(replace|delete|create-replacement|delete-replaced)\b/.test(change);
