/** How the emulator's servers begin to listen at an address that a node's settings name. */
import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { UserError } from "../steps";

/**
 * Listens at host:port, and says so in a sentence when something else does already: a server of the machine's own that
 * listens at all its addresses is in the way of one that needs a port at a single one.
 *
 * @returns The port, which is a free one where 0 was asked for.
 */
export async function listenAt(server: Server, address: string, what: string): Promise<number> {
  const [host, port] = address.split(":");
  await unlessInUse(address, what, () => once(server.listen(Number(port), host), "listening"));
  return (server.address() as AddressInfo).port;
}

export async function unlessInUse(address: string, what: string, listen: () => Promise<unknown>): Promise<void> {
  try {
    await listen();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new UserError(`${address} is in use: ${what} cannot listen there.`);
  }
}
