/**
 * The addresses of managed databases. They are the machine's, so that a server beside the node can listen there, and the
 * node's pods reach them; each database has one of its own, for all of DigitalOcean's are at the same port.
 */
import { attempt, run } from "../command";
import { inNode } from "../node/network";
import type { NodeSettings } from "../node/settings";

/** The last of the four networks that belong to a node, as its first three numbers. */
function networkOf({ machineAddress }: NodeSettings): string {
  const [first, second, third] = machineAddress.split(".").map(Number);
  return `${first}.${second}.${(third ?? 0) + 3}`;
}

const LAST = 254;

/** The first that is not taken. */
export function freeAddress(node: NodeSettings, taken: ReadonlySet<string>): string {
  for (let number = 1; number <= LAST; number++) {
    const address = `${networkOf(node)}.${number}`;
    if (!taken.has(address)) return address;
  }
  throw new Error("there are no more addresses for databases");
}

export const databaseAddresses = {
  /** Closes what an earlier process that was killed has left open. */
  prepare: async (node: NodeSettings): Promise<void> => {
    await databaseAddresses.remove(node);
    await inNode(node, "ip", "route", "flush", "root", `${networkOf(node)}.0/24`);
    await inNode(node, "ip", "route", "replace", `${networkOf(node)}.0/24`, "via", node.machineAddress);
  },
  open: (node: NodeSettings, address: string): Promise<string> =>
    run("ip", ["address", "replace", `${address}/32`, "dev", node.link]),
  /** Whether the node's pods come through. This machine always does. */
  admit: async (node: NodeSettings, address: string, admitted: boolean): Promise<void> => {
    const route = ["prohibit", `${address}/32`];
    if (admitted) await inNode(node, "ip", "route", "delete", ...route).catch(() => undefined);
    else await inNode(node, "ip", "route", "replace", ...route);
  },
  close: async (node: NodeSettings, address: string): Promise<void> => {
    await attempt("ip", ["address", "delete", `${address}/32`, "dev", node.link]);
  },
  remove: async (node: NodeSettings): Promise<void> => {
    await attempt("ip", ["address", "flush", "dev", node.link, "to", `${networkOf(node)}.0/24`]);
  },
};
