import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import { createServer as createRawServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mock } from "node:test";
import { probe, type ProbeOptions } from "../../../../scripts/status/probe";
import { deadUrl, startServer } from "../../../support/httpServer";

const addresses = new Map(["shop.test", "other.test"].map((host) => [host, "127.0.0.1"]));
const asked = async (url: string, options: Partial<ProbeOptions> = {}) =>
  probe(url, { addresses, timeoutMs: 5_000, ...options });

describe("A URL that is asked", () => {
  let folder: string;
  const servers: Server[] = [];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "probe-"));
  });
  after(() => {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  });

  /** Makes a self-signed certificate for `shop.test`, serves with it, and gives the port and the certificate. */
  async function serve(name: string): Promise<{ port: number; certificate: string }> {
    const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
    const subject = ["-subj", "/O=Test/CN=shop.test", "-addext", "subjectAltName=DNS:shop.test"];
    const form = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert];
    execFileSync("openssl", ["req", "-x509", ...form, ...subject], { stdio: "ignore" });
    const certificate = readFileSync(cert, "utf8");
    const server = createServer({ key: readFileSync(key), cert: certificate }, (_request, response) => {
      response.end("page");
    }).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    return { port: (server.address() as AddressInfo).port, certificate };
  }

  it("answers with its status and time, asked once, with its name in the request", async () => {
    const seen: unknown[] = [];
    const server = await startServer(({ method, headers }, response) => {
      seen.push([method, headers.host]);
      response.writeHead(302, { location: "/login" }).end();
    });
    const { port } = new URL(server.url);
    const { status, milliseconds, failure, trust } = await asked(`http://shop.test:${port}`);
    await server.stop();
    assert.deepStrictEqual([status, failure, trust, seen], [302, undefined, undefined, [["GET", `shop.test:${port}`]]]);
    assert.ok(milliseconds !== undefined && milliseconds >= 0 && milliseconds < 5_000);
  });

  it("answers by a self-signed certificate, which is told", async () => {
    const { port } = await serve("self");
    const { status, trust, certificate } = await asked(`https://shop.test:${port}`);
    assert.deepStrictEqual(
      [status, trust, certificate?.issuer, certificate?.names],
      [200, "self-signed", "Test shop.test", ["shop.test"]],
    );
    assert.ok((certificate?.expires.getTime() ?? 0) > Date.now());
  });
  it("is verified by an authority that is given", async () => {
    const { port, certificate } = await serve("trusted");
    const { status, trust } = await asked(`https://shop.test:${port}`, { authorities: certificate });
    assert.deepStrictEqual([status, trust], [200, "verified"]);
  });
  it("has a certificate for another name", async () => {
    const { port, certificate } = await serve("named");
    assert.deepStrictEqual(
      (await asked(`https://other.test:${port}`, { authorities: certificate })).trust,
      "wrong name",
    );
  });
  it("has a certificate that expired", async () => {
    const { port, certificate } = await serve("expired");
    // Openssl makes none that has expired already, in all its versions: so the clock is put on.
    mock.timers.enable({ apis: ["Date"], now: Date.now() + 90 * 86_400_000 });
    const { trust } = await asked(`https://shop.test:${port}`, { authorities: certificate });
    mock.timers.reset();
    assert.deepStrictEqual(trust, "expired");
  });

  it("does not resolve", async () => {
    assert.deepStrictEqual((await asked("http://nothing.invalid")).failure?.startsWith("does not resolve"), true);
  });
  it("refuses connections", async () => {
    assert.deepStrictEqual((await asked(await deadUrl())).failure, "refuses connections");
  });
  it("does not answer in time", async () => {
    const server = createRawServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { failure } = await asked(`http://127.0.0.1:${port}`, { timeoutMs: 100 });
    server.close();
    assert.deepStrictEqual(failure, "no answer within 0.1 s");
  });
  it("does not speak TLS", async () => {
    const server = await startServer((_request, response) => response.end());
    const { failure } = await asked(server.url.replace("http:", "https:"));
    await server.stop();
    assert.deepStrictEqual(failure, "does not speak TLS");
  });
  it("closes the connection", async () => {
    const server = await startServer((request) => request.socket.destroy());
    const { failure } = await asked(server.url);
    await server.stop();
    assert.deepStrictEqual(failure, "closed the connection without an answer");
  });
});
