/** A proxy before an HTTP API that lets requests through and, on demand, never gives back an answer. */
import { buffer } from "node:stream/consumers";
import { startServer, type HttpServer } from "./httpServer";

export class SilentProxy {
  /** The next request of this method and path is carried out, and nobody hears of it. Then it is undefined again. */
  silenced: { method: string; path: RegExp } | undefined;
  #server: HttpServer | undefined;

  private constructor(private readonly target: string) {}

  static async start(target: string): Promise<SilentProxy> {
    const proxy = new SilentProxy(target);
    proxy.#server = await startServer((request, response) => {
      const { method = "GET", url = "/", headers } = request;
      void (async () => {
        const answer = await proxy.#forward(method, url, headers, await buffer(request));
        if (proxy.silenced?.method === method && proxy.silenced.path.test(url.replace(/\?.*/, ""))) {
          proxy.silenced = undefined;
          return;
        }
        response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
        response.end(await answer.text());
      })().catch((error: unknown) => {
        response.writeHead(502).end(String(error));
      });
    });
    return proxy;
  }

  get url(): string {
    return this.#server?.url ?? "";
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  #forward(method: string, url: string, headers: NodeJS.Dict<string | string[]>, body: Buffer): Promise<Response> {
    const { authorization = "", "user-agent": agent = "" } = headers;
    return fetch(`${this.target}${url}`, {
      method,
      headers: {
        authorization: String(authorization),
        "user-agent": String(agent),
        "content-type": "application/json",
      },
      ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
    });
  }
}
