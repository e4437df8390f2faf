/** Stands for registry.digitalocean.com: checks the credentials that the API minted, and keeps the images in the node's registry. */
import { once } from "node:events";
import {
  createServer,
  request,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import type { RegistryAccess } from "../node/registry";
import type { RegistryAuthority } from "./contract";
import { refusalOf, sizeOf, targetOf, type Refusal } from "./registryAccess";

/** A manifest larger than this is refused by registries too. */
const MANIFEST_BYTES = 4 * 1024 * 1024;
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade"];

export interface RegistryFrontArgs {
  /** host:port to listen on. Plain http. */
  listen: string;
  authority: RegistryAuthority;
  /** The registry that holds the images. */
  store: RegistryAccess;
  /** Repositories that anyone may read. */
  open: readonly string[];
}

export class RegistryFront {
  readonly #server: Server;

  private constructor(private readonly args: RegistryFrontArgs) {
    this.#server = createServer((incoming, outgoing) => {
      this.#answer(incoming, outgoing).catch(() => {
        // Either side went away in the middle of a layer, or the store is down.
        if (!outgoing.headersSent) outgoing.writeHead(502);
        outgoing.end();
      });
    });
  }

  static async start(args: RegistryFrontArgs): Promise<RegistryFront> {
    const front = new RegistryFront(args);
    const [host, port] = args.listen.split(":");
    front.#server.listen(Number(port), host);
    await once(front.#server, "listening");
    return front;
  }

  /** Takes over a connection that was made elsewhere; an encrypted one has been decrypted. */
  serve(socket: Socket): void {
    this.#server.emit("connection", socket);
  }

  async stop(): Promise<void> {
    const closed = once(this.#server.close(), "close");
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "GET", url = "/", headers } = incoming;
    const [path = "/"] = url.split("?");
    const refusal = refusalOf(
      { method, path, authorization: headers.authorization },
      this.args.authority,
      this.args.open,
    );
    if (refusal !== undefined) {
      refuse(outgoing, refusal);
      return;
    }
    const target = targetOf(path);
    if (method === "PUT" && target?.kind === "manifests") {
      await this.#putManifest(incoming, outgoing, target);
      return;
    }
    const forwarded = this.#forward(incoming);
    const answered = once(forwarded, "response") as Promise<[IncomingMessage]>;
    const [, [answer]] = await Promise.all([pipeline(incoming, forwarded), answered]);
    outgoing.writeHead(answer.statusCode ?? 502, withoutHops(answer.headers));
    await pipeline(answer, outgoing);
  }

  /** The manifest comes last in a push: with it there is something that the API can show. */
  async #putManifest(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    target: { repository: string; reference: string },
  ) {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MANIFEST_BYTES) throw new Error("the manifest is too large");
    }
    const manifest = Buffer.concat(chunks);
    const forwarded = this.#forward(incoming);
    forwarded.end(manifest);
    const [answer] = (await once(forwarded, "response")) as [IncomingMessage];
    const digest = answer.headers["docker-content-digest"];
    if (answer.statusCode === 201 && typeof digest === "string") {
      const [registry = "", ...repository] = target.repository.split("/");
      const tag = target.reference.includes(":") ? {} : { tag: target.reference };
      this.args.authority.pushed({
        registry,
        repository: repository.join("/"),
        ...tag,
        digest,
        bytes: sizeOf(manifest),
      });
    }
    outgoing.writeHead(answer.statusCode ?? 502, withoutHops(answer.headers));
    await pipeline(answer, outgoing);
  }

  /** The same request to the store, with its own password. The store is told how it was reached, so that what it says of
   * further addresses leads back here. */
  #forward(incoming: IncomingMessage) {
    const { username, password, server } = this.args.store;
    const [host, port] = server.split(":");
    return request({
      host,
      port,
      method: incoming.method,
      path: incoming.url,
      headers: {
        ...withoutHops(incoming.headers),
        authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`,
        "x-forwarded-proto": "encrypted" in incoming.socket ? "https" : "http",
      },
    });
  }
}

const withoutHops = (headers: OutgoingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));

function refuse(outgoing: ServerResponse, { status, code, message }: Refusal): void {
  outgoing.writeHead(status, {
    "Content-Type": "application/json",
    "Docker-Distribution-Api-Version": "registry/2.0",
    // What was sent of a layer is not read to its end.
    Connection: "close",
    ...(status === 401 ? { "WWW-Authenticate": 'Basic realm="registry.digitalocean.com"' } : {}),
  });
  outgoing.end(JSON.stringify({ errors: [{ code, message }] }));
}
