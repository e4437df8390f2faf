import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { Proxy, upstream } from "../../../../local/digitalocean/proxy";
import { startServer } from "../../../support/httpServer";

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** What a proxy answers to CONNECT: its status, and what comes through the tunnel for a request. */
async function tunnel(proxyPort: number, target: string): Promise<{ status: number; text: string }> {
  const asked = request({ host: "127.0.0.1", port: proxyPort, method: "CONNECT", path: target });
  asked.end();
  const answered = await Promise.race([once(asked, "connect"), once(asked, "response")]);
  const [answer, socket, head] = answered as [IncomingMessage, Socket | undefined, Buffer | undefined];
  const status = answer.statusCode ?? 0;
  if (status !== 200 || socket === undefined) {
    socket?.destroy();
    return { status, text: "" };
  }
  socket.end("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  // What comes in one packet with the answer is handed over with it.
  let text = head?.toString() ?? "";
  for await (const chunk of socket) text += String(chunk);
  return { status, text };
}

describe("the proxy for DigitalOcean's names", () => {
  let proxy: Proxy | undefined;
  let outer: Server;
  beforeEach(() => {
    outer = createServer();
  });
  afterEach(async () => {
    outer.close();
    await proxy?.stop();
  });

  const start = async (env: Record<string, string> = {}, clients = ["127.0.0.1"]): Promise<number> => {
    const port = await freePort();
    const none = Buffer.from("");
    proxy = await Proxy.start({ listen: `127.0.0.1:${port}`, names: {}, certificate: none, key: none, clients, env });
    return port;
  };

  it("passes everything else on untouched", async () => {
    const { url, stop } = await startServer((_, outgoing) => outgoing.end("from the outside"));
    const { status, text } = await tunnel(await start(), url.replace("http://", ""));
    assert.equal(status, 200);
    assert.match(text, /from the outside$/);
    await stop();
  });

  it("refuses at once what cannot be reached", async () => {
    assert.equal((await tunnel(await start(), `127.0.0.1:${await freePort()}`)).status, 502);
  });

  it("takes no connections but the machine's own: no pod gets out through it", async () => {
    const { url, stop } = await startServer((_, outgoing) => outgoing.end());
    assert.equal((await tunnel(await start({}, ["192.0.2.1"]), url.replace("http://", ""))).status, 403);
    await stop();
  });

  it("goes through the proxy that the machine itself has to use, with its password", async () => {
    const seen: string[] = [];
    outer.listen(0, "127.0.0.1");
    await once(outer, "listening");
    outer.on("connect", (incoming: IncomingMessage, socket: Socket) => {
      seen.push(`${incoming.url ?? ""} ${incoming.headers["proxy-authorization"] ?? ""}`);
      socket.end("HTTP/1.1 200 OK\r\n\r\nfrom the outer proxy");
    });
    const { port } = outer.address() as AddressInfo;
    const { status, text } = await tunnel(
      await start({ https_proxy: `http://me:s3cret@127.0.0.1:${port}` }),
      "far.example:443",
    );
    assert.deepEqual([status, text], [200, "from the outer proxy"]);
    assert.deepEqual(seen, [`far.example:443 Basic ${Buffer.from("me:s3cret").toString("base64")}`]);
  });

  it("speaks nothing but CONNECT", async () => {
    const socket = connect(await start(), "127.0.0.1");
    socket.write("GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\n\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 501/);
    socket.destroy();
  });

  it("excepts what the machine's settings except", () => {
    const env = { HTTPS_PROXY: "proxy.example:3128", NO_PROXY: "localhost, .inner.example,10.0.0.1:8443" };
    assert.equal(upstream(env, "far.example", 443)?.href, "http://proxy.example:3128/");
    for (const [host, port] of [
      ["localhost", 443],
      ["a.inner.example", 443],
      ["10.0.0.1", 8443],
    ] as const) {
      assert.equal(upstream(env, host, port), undefined);
    }
    assert.equal(upstream({}, "far.example", 443), undefined);
  });
});
