/** A proxy for those who insist on DigitalOcean's own names: these lead to what stands for them, all others on to the outside. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { connect, type Socket } from "node:net";
import { connect as connectTls, TLSSocket } from "node:tls";

const TIMEOUT_MS = 10_000;

export interface ProxyArgs {
  /** host:port to listen on. */
  listen: string;
  /** By name, what takes over its decrypted connections. */
  names: Readonly<Record<string, (socket: Socket) => void>>;
  certificate: Buffer;
  key: Buffer;
  /** Whose connections are taken, by address. */
  clients: readonly string[];
  /** Where the machine itself finds its proxy settings. */
  env: Readonly<Record<string, string | undefined>>;
}

export class Proxy {
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();

  private constructor(private readonly args: ProxyArgs) {
    this.#server = createServer((_, outgoing) => {
      outgoing.writeHead(501).end("This proxy only tunnels: CONNECT.\n");
    });
    this.#server.on("connect", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#connect(incoming, socket as Socket, head);
    });
  }

  static async start(args: ProxyArgs): Promise<Proxy> {
    const proxy = new Proxy(args);
    const [host, port] = args.listen.split(":");
    proxy.#server.listen(Number(port), host);
    await once(proxy.#server, "listening");
    return proxy;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server.close(), "close");
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #connect(incoming: IncomingMessage, socket: Socket, head: Buffer): void {
    this.#keep(socket);
    const [, host = "", port = "443"] = /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(incoming.url ?? "") ?? [];
    // A pod must not get out of its node, nor to what listens on this machine alone, by way of this process.
    if (!this.args.clients.includes(socket.remoteAddress ?? "")) {
      refuse(socket, "403 Forbidden");
      return;
    }
    const local = this.args.names[host.toLowerCase()];
    if (local === undefined) {
      this.#passOn(socket, head, host, Number(port));
      return;
    }
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (head.length > 0) socket.unshift(head);
    const { certificate: cert, key } = this.args;
    local(this.#keep(new TLSSocket(socket, { isServer: true, cert, key, ALPNProtocols: ["http/1.1"] })));
  }

  /** Connects to the outside as the machine does: straight, or through the proxy that it has to use. */
  #passOn(socket: Socket, head: Buffer, host: string, port: number): void {
    const way = upstream(this.args.env, host, port);
    const target = this.#keep(way === undefined ? connect(port, host) : connectTo(way));
    const fail = (): void => {
      refuse(socket, "502 Bad Gateway");
      target.destroy();
    };
    const timer = setTimeout(fail, TIMEOUT_MS);
    target.once("error", fail);
    target.once(way?.protocol === "https:" ? "secureConnect" : "connect", () => {
      clearTimeout(timer);
      target.off("error", fail);
      // A further proxy answers for itself.
      if (way === undefined) socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      else target.write(connectRequest(way, host, port));
      target.write(head);
      socket.pipe(target).pipe(socket);
    });
    target.once("close", () => {
      clearTimeout(timer);
    });
  }

  /** A connection that ends takes nothing down with it. */
  #keep<T extends Duplex>(socket: T): T {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#sockets.delete(socket));
    return socket;
  }
}

function refuse(socket: Socket, status: string): void {
  if (!socket.destroyed) socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}

function connectTo({ protocol, hostname, port }: URL): Socket {
  return protocol === "https:"
    ? connectTls({ host: hostname, port: Number(port || "443"), servername: hostname })
    : connect(Number(port || "80"), hostname);
}

function connectRequest({ username, password }: URL, host: string, port: number): string {
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
  const authorization = username === "" ? "" : `Proxy-Authorization: Basic ${credentials}\r\n`;
  return `CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n${authorization}\r\n`;
}

/** The proxy that these settings name for a host; none where they except it. */
export function upstream(env: ProxyArgs["env"], host: string, port: number): URL | undefined {
  const setting = (name: string): string => env[name.toLowerCase()] ?? env[name] ?? "";
  const proxy = setting("HTTPS_PROXY");
  if (proxy === "") return undefined;
  const excepted = setting("NO_PROXY")
    .split(",")
    .map((part) =>
      part
        .trim()
        .toLowerCase()
        .replace(/^\*?\./, ""),
    )
    .filter(Boolean)
    .some((part) => part === "*" || part === `${host}:${port}` || host === part || host.endsWith(`.${part}`));
  return excepted ? undefined : new URL(proxy.includes("://") ? proxy : `http://${proxy}`);
}
