import assert from "node:assert/strict";
import { once } from "node:events";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "../../local/engine/stack";
import { eventually } from "../support/cluster";
import { edgeSoftware, type EdgeSoftware } from "../support/edgeSoftware";
import { nothingToDo } from "../support/order";
import { askByName } from "../support/plainClient";
import { askSecurely, type SecureAnswer } from "../support/secureClient";
import { readSteadily } from "../support/traffic";
import { NODE } from "./lanes";
import { cluster, node, stage } from "./stage";

const SINGLE_FILE = join(__dirname, "..", "support", "apps", "single-file");

/** Every way to serve an app, by the name that the app gets here. */
const WAYS: Record<string, { server: string; proxy: string }> = {
  gunicorn: { server: "gunicorn", proxy: "none" },
  "gunicorn-nginx": { server: "gunicorn", proxy: "nginx" },
  uwsgi: { server: "uwsgi", proxy: "none" },
  "uwsgi-nginx": { server: "uwsgi", proxy: "nginx" },
};
const NAMES = Object.keys(WAYS);

/** Longer than a pod waits until its servers are told to end, the one behind NGINX included. */
const SLOW_SECONDS = 14;

const hostOf = (name: string) => `${name}.ada.test`;

/** From what address this machine is seen at the node. */
async function ownAddress(): Promise<string> {
  const socket = connect(30443, node().address);
  await once(socket, "connect");
  const { localAddress = "" } = socket;
  socket.destroy();
  return localAddress;
}

describe("every way to serve an app, behind an Ingress on a cluster that exists", () => {
  let software: EdgeSoftware;
  let source = "";

  before(async function () {
    this.timeout(25 * 60_000);
    software = await edgeSoftware(NODE);
    source = join(stage().home, "single-file");
    cpSync(SINGLE_FILE, source, { recursive: true });
    mkdirSync(join(source, "static"));
    writeFileSync(join(source, "static", "hello.txt"), "from a file\n");
  });
  after(() => {
    software.strike();
  });

  const run = (operation: "up" | "preview" | "destroy", tls: JsonObject = {}) =>
    stage().run(operation, {
      home: "behind-an-ingress",
      config: {
        apps: NAMES.map((name) => ({
          name,
          source,
          ...WAYS[name],
          expose: "ingress",
          hosts: [hostOf(name)],
          health: { live: "/", ready: "/" },
          resources: { requests: { cpu: "20m", memory: "96Mi" } },
        })),
        ingress: { controller: "traefik" },
        tls,
        charts: { ...software.charts },
        images: { ...(stage().options.overrides["images"] as JsonObject), ...software.images },
      },
    });

  const ask = (name: string, path = "/", headers: Record<string, string> = {}): Promise<SecureAnswer> =>
    askSecurely(`https://${hostOf(name)}:30443${path}`, { address: node().address, headers, seconds: 30 });

  /** The same question to each of them. */
  const askEach = async <T>(question: (name: string) => Promise<T>): Promise<Record<string, T>> =>
    Object.fromEntries(await Promise.all(NAMES.map(async (name) => [name, await question(name)] as const)));

  const each = <T>(value: (name: string) => T): Record<string, T> =>
    Object.fromEntries(NAMES.map((name) => [name, value(name)]));

  it("serves apps that name their host and nothing else by HTTPS, self-signed", async () => {
    const { error, urls, seconds } = await run("up");
    console.log(`      up took ${seconds.toFixed(1)} s`);
    assert.equal(error, undefined);
    assert.deepEqual(
      urls,
      each((name) => `https://${hostOf(name)}:30443`),
    );
    for (const name of NAMES) {
      const issued = async () => {
        const { items } = await cluster().core.listNamespacedSecret({ namespace: name });
        const encoded = items.find(({ metadata }) => metadata?.name === `${name}-tls`)?.data?.["tls.crt"];
        return encoded === undefined ? "" : Buffer.from(encoded, "base64").toString();
      };
      const authorities = await eventually("the certificate", 30, issued, (pem) => pem !== "");
      // Verified: the certificate signs itself, so that it is the authority as well.
      const front = () =>
        askSecurely(`https://${hostOf(name)}:30443/`, { address: node().address, authorities }).then(
          ({ text }) => text,
          String,
        );
      await eventually(`the front page of ${name}`, 30, front, (text) => text === "hello from a single file\n");
    }
  });

  it("tells no browser to insist on a certificate that it does not trust", async () => {
    const { headers } = await ask("gunicorn");
    assert.equal(headers["strict-transport-security"], undefined);
  });

  it("previews as empty", async () => {
    nothingToDo(await run("preview"));
  });

  it("tells the app the client's own address and scheme, whatever the client claims", async () => {
    const address = await ownAddress();
    const claims = { "x-forwarded-for": "192.0.2.66", "x-forwarded-proto": "http", "x-real-ip": "192.0.2.66" };
    const told = await askEach(async (name) => JSON.parse((await ask(name, "/client", claims)).text) as unknown);
    assert.deepEqual(
      told,
      each((name) => ({ address, scheme: "https", host: `${hostOf(name)}:30443` })),
    );
  });

  it("has NGINX serve the app's static files where it is there, and the app where not", async () => {
    const files = await askEach((name) => ask(name, "/static/hello.txt"));
    assert.deepEqual(
      each((name) => [files[name]?.status, files[name]?.text]),
      each(() => [200, "from a file\n"]),
    );
    // Flask names the file in the answer, and NGINX does not.
    assert.deepEqual(
      each((name) => files[name]?.headers["content-disposition"] === undefined),
      each((name) => WAYS[name]?.proxy === "nginx"),
    );
    assert.deepEqual(
      each((name) => /^nginx/.test(String(files[name]?.headers["server"]))),
      each((name) => WAYS[name]?.proxy === "nginx"),
    );
  });

  it("completes what is in flight when a pod is told to end, and loses no other request (K9)", async () => {
    const readers = NAMES.map((name) => readSteadily(name, async () => (await ask(name)).status));
    const slow = NAMES.map((name) =>
      Promise.all(
        [1, 2, 3, 4].map(() =>
          ask(name, `/slow?seconds=${SLOW_SECONDS}`).then(
            ({ status, text }) => `${status} ${text}`,
            (error: unknown) => `failed: ${String(error)}`,
          ),
        ),
      ),
    );
    await sleep(1_000);
    const ended = await askEach(async (name) => {
      const [pod] = await cluster().podNames("web", name);
      await cluster().core.deleteNamespacedPod({ name: pod ?? "", namespace: name });
      return pod !== undefined;
    });
    assert.deepEqual(
      ended,
      each(() => true),
    );
    const answers = await Promise.all(slow);
    assert.deepEqual(
      answers,
      NAMES.map(() => Array<string>(4).fill("200 done\n")),
    );
    const traffic = await Promise.all(readers.map(({ stop }) => stop()));
    console.log(
      `      requests meanwhile: ${traffic.map(({ sent, failed }) => `${sent} (${failed.length} failed)`).join(", ")}`,
    );
    assert.deepEqual(
      traffic.map(({ failed }) => failed),
      NAMES.map(() => []),
    );
  });

  it("serves them in the clear with tls.issuer: none, and takes what issues certificates away", async () => {
    const { error, urls, changes } = await run("up", { issuer: "none" });
    assert.equal(error, undefined);
    assert.deepEqual(
      urls,
      each((name) => `http://${hostOf(name)}:30080`),
    );
    assert.ok(changes.some((change) => /^delete Release .*cert-manager$/.test(change)));
    for (const name of NAMES) {
      const front = () =>
        askByName(hostOf(name), { address: node().address, port: 30080 }).then(({ status }) => String(status), String);
      await eventually(`the front page of ${name}`, 30, front, (answer) => answer === "200");
    }
  });

  it("is destroyed to nothing", async () => {
    const { error } = await run("destroy");
    assert.equal(error, undefined);
    const left = (await cluster().namespaces()).filter((name) => [...NAMES, "cert-manager", "ingress"].includes(name));
    assert.deepEqual(left, []);
  });
});
