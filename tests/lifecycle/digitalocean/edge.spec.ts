import { CustomObjectsApi, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { connect } from "node:tls";
import { nodeSettings } from "../../../local/node/settings";
import { eventually } from "../../support/cluster";
import { askByName } from "../../support/plainClient";
import { askSecurely, type SecureAnswer } from "../../support/secureClient";
import { readSteadily } from "../../support/traffic";
import { cluster, kubeconfig } from "../stage";
import { nothingToDo } from "../../support/order";
import { freshAccount, takesAway, whatExists } from "./cloud";
import { DNS_SCOPES, DNS_TOKEN, DOMAIN, REFUSED, setEdgeScene, type EdgeScene, type SceneChanges } from "./edgeScene";
import { statusOf } from "./status";
import { NODE } from "../lanes";

const HOSTS = [DOMAIN, `www.${DOMAIN}`];
const URL_OF_BLOG = `https://${DOMAIN}/`;

describe("the way in of a stack on DigitalOcean", () => {
  const account = freshAccount("dev", { tokens: [{ token: DNS_TOKEN, scopes: DNS_SCOPES }] });
  let scene: EdgeScene;
  let root = "";

  before(async function () {
    this.timeout(25 * 60_000);
    scene = await setEdgeScene(account);
    console.log("      ingress-nginx cannot be had here: Traefik's binary stands in for it, under its chart's values;");
    console.log("      Traefik 3.6, cert-manager 1.11 (with the definitions of 1.21) and the ACME server are real");
  });
  after(async function () {
    this.timeout(60_000);
    await scene.strike();
  });

  const run = async (operation: "up" | "preview" | "refresh" | "destroy", changes: SceneChanges = {}) => {
    const before = account.stage.printed.length;
    const outcome = await account.stage.run(operation, scene.changes(changes));
    return { ...outcome, printed: account.stage.printed.slice(before) };
  };
  const address = () => account.emulator.inventory.loadBalancer[0]?.details.match(/\d+\.\d+\.\d+\.\d+/)?.[0] ?? "";
  const ask = (host: string, path = "/"): Promise<SecureAnswer> =>
    askSecurely(`https://${host}${path}`, { address: address(), authorities: root });
  const told = (host: string): Promise<string> => ask(host).then(({ status }) => String(status), String);
  const serials = async () => (await ask(DOMAIN)).serial;
  const reader = () => readSteadily(URL_OF_BLOG, () => ask(DOMAIN).then(({ status }) => status));
  const certificates = () => kubeconfig().makeApiClient(CustomObjectsApi);
  const certificate = {
    group: "cert-manager.io",
    version: "v1",
    namespace: "blog",
    plural: "certificates",
    name: "blog-tls",
  };

  it("comes up from nothing: a certificate for each host, the chain verified (D9, D11)", async () => {
    const { error, urls, seconds, printed } = await run("up");
    assert.equal(error, undefined);
    assert.deepEqual(urls, { blog: `https://${DOMAIN}` });
    root = await scene.pebble.root();
    const startMs = Date.now();
    const verified = () => Promise.all(HOSTS.map((host) => told(host)));
    await eventually("a verified certificate", 90, verified, (all) => all.every((answer) => answer === "200"));
    console.log(
      `      up took ${seconds.toFixed(1)} s; verified ${((Date.now() - startMs) / 1000).toFixed(1)} s after it`,
    );
    assert.deepEqual((await ask(DOMAIN)).names.sort(), [...HOSTS].sort());
    assert.deepEqual(
      account.emulator.inventory.record.map(({ name, details }) => `${name} ${details}`).sort(),
      HOSTS.map((host) => `${host} A ${address()}, TTL 300`).sort(),
    );
    assert.match(printed, /ingress\.controller: nginx is ingress-nginx, retired/);
    // From here on it is renewed 90 s after it was issued.
    await certificates().patchNamespacedCustomObject(
      { ...certificate, body: { spec: { renewBefore: "5m" } } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
  });

  it("lets the app see the address that a request came from (D9)", async () => {
    const path = `/no-such-page-${Date.now()}`;
    assert.equal((await ask(DOMAIN, path)).status, 404);
    const lines = async () => {
      const pods = await cluster().podNames("web");
      const logs = pods.map((name) => cluster().core.readNamespacedPodLog({ name, namespace: "blog", tailLines: 50 }));
      return (await Promise.all(logs))
        .join("\n")
        .split("\n")
        .filter((line) => line.includes(path));
    };
    const [line = "{}"] = await eventually("the log line", 20, lines, (found) => found.length > 0);
    const { remote_addr: seen } = JSON.parse(line) as { remote_addr?: string };
    assert.equal(seen, nodeSettings(NODE).machineAddress);
  });

  it("answers a host that nobody has with 404, and no app", async () => {
    const { status, text } = await askSecurely(`https://nobody.${DOMAIN}/`, { address: address() });
    assert.equal(status, 404);
    assert.doesNotMatch(text, /<html lang/);
  });

  it("previews as empty, before and after a refresh (D8)", async () => {
    // But for the time of renewal, which was set by hand above.
    const look = async () => {
      const outcome = await run("preview");
      const changes = outcome.changes.filter((change) => !/Certificate blog-certificate/.test(change));
      nothingToDo({ ...outcome, changes });
    };
    await look();
    assert.equal((await run("refresh")).error, undefined);
    await look();
  });

  it("is healthy, as npm run status says", async () => {
    const { code, out } = await statusOf(account, { root, hosts: HOSTS, address: address() });
    console.log(out.replace(/^/gm, "      | "));
    assert.equal(code, 0);
    assert.match(out, new RegExp(`✓ https://${DOMAIN} +200`));
    assert.match(out, /✓ certificate/);
  });

  it("moves from nginx to Traefik on the running stack, with the failed requests counted", async () => {
    const before = address();
    const traffic = reader();
    const { error, changes, seconds } = await run("up", { controller: "traefik" });
    const { sent, failed } = await traffic.stop();
    console.log(`      the move took ${seconds.toFixed(1)} s; ${sent} requests sent, ${failed.length} failed`);
    assert.equal(error, undefined);
    assert.deepEqual(failed, []);
    assert.equal(address(), before);
    assert.deepEqual(changes.filter(takesAway), ["delete Release flask-doks-dev-nginx"]);
    assert.ok(changes.includes("create Release flask-doks-dev-traefik"));
  });

  it("redirects HTTP to HTTPS, insists on it, and speaks no old TLS", async () => {
    const { status, location } = await askByName(DOMAIN, { address: address() });
    assert.match(String(status), /^30[18]$/);
    assert.equal(location, URL_OF_BLOG);
    assert.match(String((await ask(DOMAIN)).headers["strict-transport-security"]), /max-age=15724800/);
    const old = new Promise<string>((resolve) => {
      const socket = connect({
        host: address(),
        port: 443,
        servername: DOMAIN,
        maxVersion: "TLSv1.1",
        minVersion: "TLSv1",
      });
      socket.on("secureConnect", () => {
        resolve("it spoke TLS 1.1");
        socket.destroy();
      });
      socket.on("error", (error: Error) => {
        resolve(error.message);
      });
    });
    assert.match(await old, /alert|version|protocol|unsupported/i);
  });

  it("leads the further host on to the first one, with the path", async () => {
    const { status, headers } = await ask(`www.${DOMAIN}`, "/auth/login?next=%2F");
    assert.match(String(status), /^30[18]$/);
    assert.equal(headers["location"], `${URL_OF_BLOG}auth/login?next=%2F`);
  });

  it("compresses what is large, and refuses what is too large", async () => {
    const options = { address: address(), authorities: root };
    const packed = await askSecurely(`${URL_OF_BLOG}static/style.css`, {
      ...options,
      headers: { "accept-encoding": "gzip" },
    });
    assert.equal(packed.headers["content-encoding"], "gzip");
    const announced = 9 * 1024 * 1024;
    const refused = await askSecurely(`${URL_OF_BLOG}auth/login`, { ...options, method: "POST", announced });
    assert.equal(refused.status, 413);
  });

  it("renews the certificate before it ends, with no request lost", async () => {
    const traffic = reader();
    const before = await serials();
    await eventually("the new certificate", 150, serials, (serial) => serial !== before);
    const { sent, failed } = await traffic.stop();
    console.log(`      renewed; ${sent} requests sent meanwhile, ${failed.length} failed`);
    assert.deepEqual(failed, []);
  });

  // Their records are written elsewhere, says the config, and they are not.
  const elsewhere = (host: string): SceneChanges => ({
    controller: "traefik",
    hosts: [...HOSTS, host],
    dns: { managed: false },
  });

  for (const [what, host, reason] of [
    ["that the issuer refuses a name", `shop.${REFUSED}`, /✗ certificate [^✓]*forbidden by\s+policy/],
    ["that a name does not resolve", `nowhere.${DOMAIN}`, /✗ certificate [^✓]*does not resolve yet/],
  ] as const) {
    it(`tells in npm run status ${what}, while the old certificate serves on`, async () => {
      const before = address();
      assert.equal((await run("up", elsewhere(host))).error, undefined);
      const look = () => statusOf(account, { root, hosts: HOSTS, address: before });
      const { code, out } = await eventually("the reason", 60, look, (told) => reason.test(told.out));
      console.log(out.replace(/^/gm, "      | "));
      assert.equal(code, 1);
      assert.match(out, new RegExp(`✗ https://${host} +does not resolve`));
      assert.equal((await ask(DOMAIN)).status, 200);
    });
  }

  it("proves a wildcard by a record, which comes and goes (K3)", async () => {
    const hosts = [DOMAIN, `*.${DOMAIN}`];
    const startMs = Date.now();
    assert.equal((await run("up", { controller: "traefik", hosts, challenge: "dns01" })).error, undefined);
    const anything = `anything.${DOMAIN}`;
    await eventually(
      "the wildcard's certificate",
      280,
      () => told(anything),
      (answer) => answer === "200",
    );
    console.log(
      `      proved by records in ${((Date.now() - startMs) / 1000).toFixed(0)} s, 60 s of it a fixed wait for each name`,
    );
    const log = account.emulator.log.all().filter(({ path }) => path.includes("/records"));
    const written = log.filter(({ method, status }) => method === "POST" && status === 201);
    assert.ok(written.length > HOSTS.length, "no further record was written");
    const proofs = () =>
      Promise.resolve(account.emulator.inventory.record.filter(({ name }) => name.startsWith("_acme-challenge")));
    await eventually("the records to go", 30, proofs, (left) => left.length === 0);
  });

  it("is destroyed to nothing, its own part in less than 30 s (K2b, K12)", async () => {
    const { error, seconds, printed } = await run("destroy", { controller: "traefik" });
    assert.equal(error, undefined);
    const parts = printed
      .split("\n")
      .filter((line) =>
        /^ +- (Release|ClusterIssuer|Namespace flask|Service flask|IngressClass|Certificate) /.test(line),
      );
    console.log(`      destroy took ${seconds.toFixed(1)} s`);
    const longest = parts.map((line) => Number(/(\d+\.\d) s$/.exec(line)?.[1] ?? Number.NaN));
    assert.ok(parts.length >= 5, printed);
    assert.deepEqual(
      parts.filter((_, index) => !((longest[index] ?? Infinity) < 30)),
      [],
    );
    await account.emulator.settled();
    await account.emulator.clock.advance({ days: 8 });
    assert.deepEqual(whatExists(account.emulator), {});
    const left = (
      await cluster()
        .namespaces()
        .catch(() => [])
    ).filter((name) => /^(ingress|cert-manager|blog)$/.test(name));
    assert.deepEqual(left, []);
  });

  it("got no answer that is not as DigitalOcean's OpenAPI file says", () => {
    assert.deepEqual(account.emulator.violations, []);
    assert.deepEqual(account.emulator.failures, []);
  });
});
