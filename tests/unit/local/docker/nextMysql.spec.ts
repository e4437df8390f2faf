import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { provideNextMysql } from "../../../../local/docker/nextMysql";
import type { RegistryAccess } from "../../../../local/node/registry";
import { startServer, type HttpServer } from "../../../support/httpServer";

const digestOf = (content: string): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;

const CONFIG = JSON.stringify({
  os: "linux",
  config: { User: "999", Labels: { kept: "yes" } },
  rootfs: { diff_ids: [] },
});
const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  config: { mediaType: "config", digest: digestOf(CONFIG), size: CONFIG.length },
  layers: [{ mediaType: "layer", digest: "sha256:1", size: 7 }],
});
const UPLOAD = "/v2/base/mysql/blobs/uploads/1?_state=open";

/** A registry that holds one image, and keeps what is put into it. */
class FakeRegistry {
  readonly put = new Map<string, string>();
  readonly access: RegistryAccess;

  private constructor(private readonly server: HttpServer) {
    this.access = { server: server.url.replace("http://", ""), username: "flask-doks", password: "hunter2" };
  }

  static async start(refused = ""): Promise<FakeRegistry> {
    const server = await startServer((request, response) => void registry.answer(request, response, refused));
    const registry = new FakeRegistry(server);
    return registry;
  }

  private async answer(request: IncomingMessage, response: ServerResponse, refused: string): Promise<void> {
    const { method = "", url = "" } = request;
    const body = await text(request);
    const held = new Map([
      [`/v2/base/mysql/manifests/${digestOf(MANIFEST)}`, MANIFEST],
      [`/v2/base/mysql/blobs/${digestOf(CONFIG)}`, CONFIG],
    ]);
    if (method === refused) response.writeHead(403).end("denied");
    else if (method === "POST") response.writeHead(202, { Location: `${this.server.url}${UPLOAD}` }).end();
    else if (method === "PUT") {
      this.put.set(url, body);
      response.writeHead(201).end();
    } else response.writeHead(held.has(url) ? 200 : 404).end(held.get(url));
  }

  get mysql(): string {
    return `${this.access.server}/base/mysql@${digestOf(MANIFEST)}`;
  }

  stop = (): Promise<void> => this.server.stop();
}

describe("MySQL's next patch release", () => {
  let registry: FakeRegistry;
  afterEach(() => registry.stop());

  it("is the same image but for a label, under a digest of its own", async () => {
    registry = await FakeRegistry.start();
    const next = await provideNextMysql(registry.access, registry.mysql);

    const [[upload, config] = ["", ""], [manifestPath, manifest] = ["", ""]] = [...registry.put];
    assert.deepStrictEqual(JSON.parse(config), {
      ...JSON.parse(CONFIG),
      config: { User: "999", Labels: { kept: "yes", "flask-doks.patch-release": "next" } },
    });
    assert.deepStrictEqual(upload, `${UPLOAD}&digest=${encodeURIComponent(digestOf(config))}`);
    assert.deepStrictEqual(JSON.parse(manifest), {
      ...JSON.parse(MANIFEST),
      config: { mediaType: "config", digest: digestOf(config), size: config.length },
    });
    assert.deepStrictEqual(manifestPath, `/v2/base/mysql/manifests/${digestOf(manifest)}`);
    assert.deepStrictEqual(next, `${registry.access.server}/base/mysql@${digestOf(manifest)}`);
    assert.notStrictEqual(next, registry.mysql);
  });

  it("is the same each time", async () => {
    registry = await FakeRegistry.start();
    const first = await provideNextMysql(registry.access, registry.mysql);
    assert.deepStrictEqual(await provideNextMysql(registry.access, registry.mysql), first);
  });

  it("fails with what the registry says", async () => {
    registry = await FakeRegistry.start("POST");
    await assert.rejects(
      provideNextMysql(registry.access, registry.mysql),
      /^Error: POST \/v2\/base\/mysql\/blobs\/uploads\/: 403 denied$/,
    );
  });
});
