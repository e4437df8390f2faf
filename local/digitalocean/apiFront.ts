/** Stands for api.digitalocean.com where its own port is insisted on: pods that know no proxy. Encrypted; the API itself is not. */
import { connect, type AddressInfo, type Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { listenAt } from "./listening";

/**
 * Where the API sees a pod's connections come from. Through this process they would come from the machine itself, which
 * may move the emulator; this address of the machine may not.
 */
const STRANGER = "127.0.0.2";

export interface ApiFrontArgs {
  /** host:port to listen on; port 0 for one that is free. */
  listen: string;
  certificate: Buffer;
  key: Buffer;
  /** host:port of the API. */
  api: string;
}

export class ApiFront {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor({ certificate: cert, key, api }: ApiFrontArgs) {
    const serve = toApi(api, STRANGER);
    this.#server = createServer({ cert, key, ALPNProtocols: ["http/1.1"] }, (socket: TLSSocket) => {
      socket.on("error", () => socket.destroy());
      serve(socket);
    });
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  static async start(args: ApiFrontArgs): Promise<ApiFront> {
    const front = new ApiFront(args);
    await listenAt(front.#server, args.listen, "the emulated api.digitalocean.com");
    return front;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/**
 * What passes a decrypted connection on to the API.
 *
 * @param from Address of the machine to connect from. Default: the one that the API has.
 */
export const toApi =
  (address: string, from?: string) =>
  (socket: Socket): void => {
    const [host, port] = address.split(":");
    const api = connect({ host, port: Number(port), ...(from === undefined ? {} : { localAddress: from }) });
    api.on("error", () => socket.destroy());
    socket.on("close", () => api.destroy());
    socket.pipe(api).pipe(socket);
  };
