/** The emulated DigitalOcean as a process of its node's: it outlives the command that starts it, and ends with the node. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import type { Ground } from "../committedStack";
import { contentKey } from "../contentKey";
import { useProxy } from "../docker/engine";
import { startDaemon, untilReady } from "../node/daemon";
import type { RunningNode } from "../node/node";
import { nodeSettings, type NodeName, type NodeSettings } from "../node/settings";
import { cloudProxy, groundOf, startCloud } from "./cloud";
import type { EmulatorOptions } from "./settings";

const DAEMON = "cloud";

/** What the process is started with. It holds a password and a token: only root reads it. */
interface Order {
  node: RunningNode;
  name: NodeName;
  token: string;
  provisioningSeconds?: EmulatorOptions["provisioningSeconds"];
}

const orderFile = ({ cloud }: NodeSettings): string => join(cloud.state, "order.json");

/** The account's API token, which stays the same for as long as the account exists. */
async function accountToken({ cloud }: NodeSettings): Promise<string> {
  const file = join(cloud.state, "token");
  if (!existsSync(file)) await writeFile(file, `dop_v1_${randomBytes(32).toString("hex")}`, { mode: 0o600 });
  return readFile(file, "utf8");
}

/**
 * Starts it on a node that runs, unless it runs already. What exists in it is kept in the node's folder.
 *
 * @param provisioningSeconds How long things take to be made. Default: no time.
 */
export async function startCloudDaemon(
  running: RunningNode,
  name: NodeName = "sandbox",
  provisioningSeconds?: EmulatorOptions["provisioningSeconds"],
): Promise<{ url: string; ground: Ground }> {
  const node = nodeSettings(name);
  await mkdir(node.cloud.state, { recursive: true, mode: 0o700 });
  const token = await accountToken(node);
  const order: Order = {
    node: running,
    name,
    token,
    ...(provisioningSeconds === undefined ? {} : { provisioningSeconds }),
  };
  const config = JSON.stringify(order);
  await writeFile(orderFile(node), config, { mode: 0o600 });
  const proxy = await cloudProxy(node);
  await useProxy(node, proxy.access);
  await startDaemon(node, {
    name: DAEMON,
    command: process.execPath,
    inNode: false,
    args: ["--require", require.resolve("tsx/cjs"), __filename, orderFile(node)],
    // With the program itself, so that a newer one takes the place of one that runs.
    config: `${config} ${contentKey([__dirname], "")}`,
  });
  const url = `http://${node.cloud.api}`;
  await untilReady(node, DAEMON, async () => {
    const headers = { Authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}/v2/account`, { headers, signal: AbortSignal.timeout(2_000) });
    // The proxy is what starts last.
    return answer.ok && (await listens(node.cloud.proxy));
  });
  return { url, ground: groundOf(running, name, token, proxy.access) };
}

async function listens(address: string): Promise<boolean> {
  const [host = "", port] = address.split(":");
  const socket = connect(Number(port), host);
  await once(socket, "connect");
  socket.destroy();
  return true;
}

async function main(file: string): Promise<void> {
  const { name, ...order } = JSON.parse(await readFile(file, "utf8")) as Order;
  const stateFile = join(nodeSettings(name).cloud.state, "account.json");
  const cloud = await startCloud({ ...order, name, stateFile, engineStops: true, log: console.error });
  const end = (): void => {
    void cloud.stop().finally(() => process.exit(0));
  };
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
}

if (require.main === module) {
  main(process.argv[2] ?? "").catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
