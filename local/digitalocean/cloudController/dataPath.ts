/** The way that packets take from the machine to what is behind a load balancer's address. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { attempt, run } from "../../command";
import { inNode, loadBalancerRoutes } from "../../node/network";
import type { NodeSettings } from "../../node/settings";

/** A port of a load balancer, and the node port behind it. */
export interface RelayedPort {
  port: number;
  nodePort: number;
}

/**
 * `pass-through`: packets go to the node as they are, and kube-proxy finds their Service by the address in its status.
 * So they keep the client's address. A network load balancer's way.
 *
 * `relay`: connections end at the load balancer, and it opens its own to the node ports. A regional one's way, and the
 * only one where the status holds no address.
 */
export type Way =
  | { kind: "pass-through" }
  | {
      kind: "relay";
      ports: RelayedPort[];
      /** Whether each connection begins with a line that tells the client's address. */
      proxyProtocol: boolean;
      /** Whether pods come this way too. Those of a network load balancer do not get out to it and back. */
      fromPods: boolean;
    };

export class DataPath {
  readonly #open = new Map<string, { way: string; servers: Server[]; sockets: Set<Socket> }>();

  constructor(private readonly node: NodeSettings) {}

  /** Makes an address answer, the way that is asked for. */
  async open(address: string, way: Way): Promise<void> {
    const wanted = JSON.stringify(way);
    if (this.#open.get(address)?.way === wanted) return;
    await this.close(address);
    const entry = { way: wanted, servers: [] as Server[], sockets: new Set<Socket>() };
    this.#open.set(address, entry);
    if (way.kind === "pass-through") {
      await loadBalancerRoutes.open(this.node, address);
      return;
    }
    await run("ip", ["address", "replace", `${address}/32`, "dev", this.node.link]);
    if (way.fromPods) await inNode(this.node, "ip", "route", "replace", address, "via", this.node.machineAddress);
    for (const { port, nodePort } of way.ports) {
      const relay = createServer((client) => {
        this.#relay(client, nodePort, way.proxyProtocol, entry.sockets);
      });
      entry.servers.push(relay.listen(port, address));
      await once(relay, "listening");
    }
  }

  /** Makes an address answer no more, and ends the connections to it. */
  async close(address: string): Promise<void> {
    const entry = this.#open.get(address);
    if (entry === undefined) return;
    this.#open.delete(address);
    for (const server of entry.servers) server.close();
    for (const socket of entry.sockets) socket.destroy();
    await loadBalancerRoutes.close(this.node, address);
    await attempt("ip", ["address", "delete", `${address}/32`, "dev", this.node.link]);
    await inNode(this.node, "ip", "route", "delete", address).catch(() => undefined);
  }

  async closeAll(): Promise<void> {
    for (const address of [...this.#open.keys()]) await this.close(address);
  }

  #relay(client: Socket, nodePort: number, proxyProtocol: boolean, sockets: Set<Socket>): void {
    const target = connect(nodePort, this.node.address);
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    if (proxyProtocol) {
      const { remoteAddress = "", localAddress = "", remotePort = 0, localPort = 0 } = client;
      target.write(`PROXY TCP4 ${remoteAddress} ${localAddress} ${remotePort} ${localPort}\r\n`);
    }
    client.pipe(target).pipe(client);
  }
}
