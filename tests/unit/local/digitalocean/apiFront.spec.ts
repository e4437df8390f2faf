import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:https";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiFront } from "../../../../local/digitalocean/apiFront";
import { proxyAuthority, type ProxyAuthority } from "../../../../local/digitalocean/proxyAuthority";
import { nodeSettings } from "../../../../local/node/settings";
import { eachWithAccount, TOKEN } from "./account";

const NAME = "api.digitalocean.com";

describe("what stands for api.digitalocean.com at its own port", () => {
  const account = eachWithAccount();
  let folder: string;
  let proof: ProxyAuthority;
  let front: ApiFront;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "front-"));
    const node = nodeSettings("local");
    proof = await proxyAuthority({ ...node, cloud: { ...node.cloud, state: folder } }, [NAME]);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    const api = account.get().emulator.url.replace("http://", "");
    front = await ApiFront.start({ listen: "127.0.0.1:0", api, ...proof });
  });
  afterEach(() => front.stop());

  /** The status of an answer, and its text, to one who trusts these authorities. */
  async function ask(path: string, ca: Buffer | undefined): Promise<[number | undefined, string]> {
    const headers = { host: NAME, authorization: `Bearer ${TOKEN}` };
    const options = { host: "127.0.0.1", port: front.port, servername: NAME, path, headers, agent: false };
    const asked = request({ ...options, ...(ca === undefined ? {} : { ca }) }).end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    let text = "";
    for await (const chunk of answer) text += String(chunk);
    return [answer.statusCode, text];
  }

  it("gives the API's answers to those who trust its authority, under DigitalOcean's name", async () => {
    const [status, text] = await ask("/v2/account", proof.authority);
    assert.equal(status, 200);
    assert.equal((JSON.parse(text) as { account: { status: string } }).account.status, "active");
  });

  it("is not trusted by others", async () => {
    await assert.rejects(ask("/v2/account", undefined), {
      code: /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT_LOCALLY/,
    });
  });

  it("does not let anybody move the emulator by way of it", async () => {
    assert.equal((await ask("/_emulator/clock", proof.authority))[0], 403);
    assert.equal((await account.get().call("GET", "/_emulator/clock")).status, 200);
  });

  it("survives who speaks no TLS, and who goes away", async () => {
    const socket = connect(front.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write("GET / HTTP/1.1\r\n\r\n");
    await once(socket.resume(), "close");
    const gone = connect(front.port, "127.0.0.1");
    await once(gone, "connect");
    gone.resetAndDestroy();
    assert.equal((await ask("/v2/account", proof.authority))[0], 200);
  });

  it("ends what is still open when it is stopped", async () => {
    const idle = connect(front.port, "127.0.0.1");
    await once(idle, "connect");
    const closed = once(idle.resume(), "close");
    await front.stop();
    await closed;
    front = await ApiFront.start({ listen: "127.0.0.1:0", api: "127.0.0.1:1", ...proof });
    await assert.rejects(ask("/v2/account", proof.authority), { code: "ECONNRESET" });
  });
});
