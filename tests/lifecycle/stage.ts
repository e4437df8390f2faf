/** The one node that all the specs of a lane of the suite share, and the stack `local` on it. */
import type { KubeConfig } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadContext } from "../../local/kubeconfig";
import { startNode, stopNode, type RunningNode } from "../../local/node/node";
import { onNode, type ReadyCluster } from "../../local/place";
import { stepPrinter } from "../../local/steps";
import { Cluster } from "../support/cluster";
import { Stage } from "../support/lifecycle";
import { NODE } from "./lanes";
import { ROOT, STACKS } from "../support/stackFiles";

/** The committed stack files, from which all stacks of the suite are made: by name, what is in them. */
const stackFiles = (): Record<string, string> =>
  Object.fromEntries(STACKS.map((name) => [name, readFileSync(join(ROOT, `Pulumi.${name}.yaml`), "utf8")]));

interface Scene {
  node: RunningNode;
  ready: ReadyCluster;
  local: Stage;
}

let scene: Scene | undefined;
let committed: Record<string, string> = {};

function begun(): Scene {
  if (scene === undefined) {
    throw new Error("the suite has not begun");
  }
  return scene;
}

/** The node under everything. */
export const node = (): RunningNode => begun().node;

/** The stack `local`. */
export const stage = (): Stage => begun().local;

/** Access to the node's Kubernetes as its administrator. */
export const kubeconfig = (): KubeConfig => {
  const { context, kubeconfig: path } = begun().ready.place;
  return loadContext(context, path);
};

export const cluster = (): Cluster => new Cluster(kubeconfig());

/** Where the blog of the local stack answers: the same in every test, for its node port is in the committed stack file. */
export const blogUrl = (): string => {
  const { nodePort } = stage().blog() as { nodePort: number };
  return `http://${node().address}:${nodePort}/`;
};

/** A kubeconfig with the right context and a server that nobody listens at. */
export const kubeconfigOfNowhere = (): string =>
  stage().write(
    "kubeconfig-of-nowhere",
    readFileSync(node().kubeconfig, "utf8").replace(/server: .*/, "server: https://127.0.0.1:6553"),
  );

export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(40 * 60_000);
    committed = stackFiles();
    const { step } = stepPrinter();
    // What an earlier run left there is thrown away.
    await stopNode(NODE, { purge: true }, step);
    const started = await startNode(NODE, step);
    const ready = onNode(started);
    const { overrides, secrets, env } = ready;
    scene = { node: started, ready, local: new Stage({ stack: "local", overrides, secrets, env }) };
  },
  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(5 * 60_000);
    scene?.local.strike();
    await stopNode(NODE, { purge: true }, stepPrinter().step);
    // What one spec wrote into them would be another one's failure.
    assert.deepEqual(stackFiles(), committed);
  },
};
