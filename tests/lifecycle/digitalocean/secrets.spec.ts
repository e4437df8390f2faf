import assert from "node:assert/strict";
import { cluster } from "../stage";
import { freshAccount, TOKEN } from "./cloud";

/** A secret, and in which forms it could be read. */
const formsOf = (value: string): string[] => [
  value,
  Buffer.from(value).toString("base64").replace(/=+$/, ""),
  encodeURIComponent(value),
];

describe("the secrets of a stack on DigitalOcean", () => {
  const account = freshAccount("dev");
  const secrets: { what: string; value: string }[] = [];
  let outputs = "";

  before(async function () {
    this.timeout(600_000);
    const { error } = await account.stage.run("preview");
    assert.equal(error, undefined);
    const up = await account.stage.run("up");
    assert.equal(up.error, undefined);
    outputs = JSON.stringify(up.outputs);
    const { state } = account.emulator;
    secrets.push({ what: "the API token", value: TOKEN });
    secrets.push(...state.clusterTokens.map(({ token }) => ({ what: "a token of the cluster", value: token })));
    secrets.push(...state.registryCredentials.map(({ token }) => ({ what: "a registry credential", value: token })));
    const { items } = await cluster().core.listNamespacedSecret({ namespace: "blog" });
    for (const { metadata, data = {}, type } of items) {
      for (const [key, encoded] of Object.entries(data)) {
        const value = Buffer.from(encoded, "base64").toString();
        // Not what the objects hold besides: the names of a user and of a database.
        if (type === "Opaque" && /PASSWORD|SECRET|password/.test(key)) {
          secrets.push({ what: `${key} of ${metadata?.name ?? ""}`, value });
        }
      }
    }
  });

  it("are known to this test by value: token, cluster tokens, registry credentials, passwords", () => {
    const kinds = secrets.map(({ what }) => what).join("\n");
    console.log(`      ${secrets.length} secrets are looked for`);
    for (const expected of [
      /API token/,
      /token of the cluster/,
      /registry credential/,
      /PASSWORD|password/,
      /SECRET_KEY/,
    ]) {
      assert.match(kinds, expected);
    }
    assert.deepEqual(
      secrets.filter(({ value }) => value.length < 16),
      [],
    );
  });

  it("stand in clear in no file of the state or beside it", () => {
    const found = secrets.flatMap(({ what, value }) =>
      formsOf(value).flatMap((form) => account.stage.filesWith(form).map((file) => `${what} in ${file}`)),
    );
    assert.deepEqual(found, []);
  });

  it("are not printed by a preview or an up", () => {
    assert.ok(account.stage.printed.includes("KubernetesCluster flask-doks-dev-cluster"));
    const found = secrets.filter(({ value }) => formsOf(value).some((form) => account.stage.printed.includes(form)));
    assert.deepEqual(
      found.map(({ what }) => what),
      [],
    );
  });

  it("are not in the outputs, and neither is a kubeconfig", () => {
    assert.ok(outputs.includes("urls"));
    assert.deepEqual(
      secrets.filter(({ value }) => formsOf(value).some((form) => outputs.includes(form))),
      [],
    );
    assert.ok(!/client-key|certificate-authority|apiVersion/.test(outputs));
  });

  it("are not on the emulator's page, nor in its log", async () => {
    const page = await fetch(account.emulator.url).then((response) => response.text());
    const overview = await fetch(`${account.emulator.url}/overview.json`).then((response) => response.text());
    assert.ok(overview.includes("flask-doks-dev"));
    const shown = page + overview + JSON.stringify(account.emulator.log.all());
    assert.deepEqual(
      secrets.filter(({ value }) => formsOf(value).some((form) => shown.includes(form))).map(({ what }) => what),
      [],
    );
  });
});
