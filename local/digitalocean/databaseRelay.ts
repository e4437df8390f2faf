/** The place of a replica: what connects to its address is led on to the server of its database. */
import { connect, createServer, type Socket } from "node:net";
import { listenAt } from "./listening";

export interface DatabaseRelayArgs {
  /** Address of the machine to listen on, and where the server listens; both at the same port. */
  address: string;
  server: string;
  port: number;
}

export class DatabaseRelay {
  readonly #listener = createServer((client) => {
    this.#relay(client);
  });
  readonly #sockets = new Set<Socket>();

  constructor(private readonly args: DatabaseRelayArgs) {}

  get address(): string {
    return this.args.address;
  }

  async open(): Promise<void> {
    await listenAt(this.#listener, `${this.args.address}:${this.args.port}`, "the replica of a database");
  }

  /** Listens no more, and ends the connections. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#listener.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #relay(client: Socket): void {
    const target = connect(this.args.port, this.args.server);
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(target).pipe(client);
  }
}
