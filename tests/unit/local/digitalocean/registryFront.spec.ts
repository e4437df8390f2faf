import assert from "node:assert/strict";
import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { RegistryAuthority } from "../../../../local/digitalocean/contract";
import { RegistryFront } from "../../../../local/digitalocean/registryFront";
import { startServer, type HttpServer } from "../../../support/httpServer";

const DIGEST = "sha256:abc";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

describe("what stands for registry.digitalocean.com", () => {
  let store: HttpServer;
  let front: RegistryFront;
  let url: string;
  let stored: { method: string; path: string; authorization: string; host: string; body: string }[];
  let pushed: Parameters<RegistryAuthority["pushed"]>[0][];
  const good = new Set(["writer", "reader"]);

  beforeEach(async () => {
    stored = [];
    pushed = [];
    store = await startServer((incoming, outgoing) => {
      let body = "";
      incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
      incoming.on("end", () => {
        const { method = "", url: path = "", headers } = incoming;
        stored.push({ method, path, authorization: headers.authorization ?? "", host: headers.host ?? "", body });
        outgoing.writeHead(method === "GET" ? 200 : 201, { "Docker-Content-Digest": DIGEST }).end("stored");
      });
    });
    const listen = `127.0.0.1:${await freePort()}`;
    front = await RegistryFront.start({
      listen,
      authority: {
        grantOf: (username, password) =>
          password === "p" && good.has(username) ? { registry: "acme", write: username === "writer" } : undefined,
        refusalOfPush: (_, repository) => (repository === "sixth" ? "the tier allows five repositories" : undefined),
        pushed: (manifest) => pushed.push(manifest),
      },
      store: { server: store.url.replace("http://", ""), username: "own", password: "secret" },
      open: ["base/mysql"],
    });
    url = `http://${listen}`;
  });
  afterEach(async () => {
    await front.stop();
    await store.stop();
  });

  const ask = (method: string, path: string, who?: string, body?: string) =>
    fetch(`${url}${path}`, {
      method,
      headers: who === undefined ? {} : { Authorization: `Basic ${Buffer.from(who).toString("base64")}` },
      ...(body === undefined ? {} : { body }),
    });

  for (const [what, method, path, who, status] of [
    ["asks whoever has no credential for one", "GET", "/v2/", undefined, 401],
    ["refuses a wrong password (D10)", "GET", "/v2/acme/web/manifests/1", "reader:x", 401],
    ["refuses a credential that was revoked or has expired (D10)", "GET", "/v2/acme/web/manifests/1", "gone:p", 401],
    ["lets a reader read (D10)", "GET", "/v2/acme/web/manifests/1", "reader:p", 200],
    ["lets a reader not write (D10)", "POST", "/v2/acme/web/blobs/uploads/", "reader:p", 403],
    ["lets a writer write", "POST", "/v2/acme/web/blobs/uploads/", "writer:p", 201],
    ["keeps a credential to its own registry", "GET", "/v2/other/web/manifests/1", "writer:p", 403],
    ["keeps deletions to the API", "DELETE", "/v2/acme/web/manifests/sha256:1", "writer:p", 403],
    ["refuses a push beyond the tier's limits", "POST", "/v2/acme/sixth/blobs/uploads/", "writer:p", 403],
    ["gives public images to anyone", "GET", "/v2/base/mysql/manifests/sha256:1", undefined, 200],
    ["lets nobody write to public images", "PUT", "/v2/base/mysql/manifests/1", undefined, 401],
    ["does not look for a repository above the registry", "GET", "/v2/_catalog", "writer:p", 404],
  ] as const) {
    it(what, async () => {
      const answer = await ask(method, path, who);
      assert.equal(answer.status, status);
      assert.equal(stored.length, status < 300 ? 1 : 0);
      if (status === 401) assert.match(answer.headers.get("www-authenticate") ?? "", /^Basic /);
      if (status > 400) {
        const { errors } = (await answer.json()) as { errors: { code: string; message: string }[] };
        // In the words of the specification docker would try again for most of a minute.
        assert.ok(
          !["authentication required", "requested access to the resource is denied"].includes(errors[0]?.message ?? ""),
        );
      }
    });
  }

  it("says what the limit is", async () => {
    const answer = await ask("POST", "/v2/acme/sixth/blobs/uploads/", "writer:p");
    assert.deepEqual(await answer.json(), {
      errors: [{ code: "DENIED", message: "the tier allows five repositories" }],
    });
  });

  it("asks the store with the store's own password, and tells it how it was reached", async () => {
    await ask("GET", "/v2/acme/web/tags/list?n=5", "reader:p");
    const own = `Basic ${Buffer.from("own:secret").toString("base64")}`;
    assert.deepEqual(stored, [
      {
        method: "GET",
        path: "/v2/acme/web/tags/list?n=5",
        authorization: own,
        host: url.replace("http://", ""),
        body: "",
      },
    ]);
  });

  it("tells the API of each manifest that was pushed, with the size of all that it names", async () => {
    const manifest = JSON.stringify({ config: { size: 100 }, layers: [{ size: 1000 }, { size: 2000 }] });
    await ask("PUT", "/v2/acme/shop/web/manifests/1.0", "writer:p", manifest);
    await ask("PUT", `/v2/acme/shop/web/manifests/${DIGEST}`, "writer:p", manifest);
    const bytes = 3100 + manifest.length;
    assert.deepEqual(pushed, [
      { registry: "acme", repository: "shop/web", tag: "1.0", digest: DIGEST, bytes },
      { registry: "acme", repository: "shop/web", digest: DIGEST, bytes },
    ]);
    assert.equal(stored[0]?.body, manifest);
  });
});
