import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../../support/cluster";
import { readSteadily } from "../../support/traffic";
import type { PreviewReport } from "../../../scripts/preview/previewReport";
import { attempt } from "../../../local/command";
import { Team } from "../../support/team";
import { cluster } from "../stage";
import { freshAccount, takesAway, TOKEN, whatExists } from "./cloud";
import { nothingToDo } from "../../support/order";

describe("the prod stack on DigitalOcean", () => {
  const account = freshAccount("prod");
  const team = new Team();
  after(() => {
    team.strike();
  });
  let url = "";

  /** Runs a command of the project in a clean clone. Nothing of this process's environment is in it but PATH and HOME. */
  const inClone = async (args: string[], secrets: Record<string, string>) => {
    const clone = team.clone(team.git("rev-parse", "main"));
    const { PATH, HOME, PULUMI_HOME, FLASK_DOKS_PROVIDERS = "stand-in" } = process.env;
    const env = {
      ...account.stage.options.env,
      DIGITALOCEAN_TOKEN: undefined,
      PATH,
      HOME,
      PULUMI_HOME,
      FLASK_DOKS_PROVIDERS,
      ...secrets,
    };
    const removed = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]));
    const { code, stdout, stderr } = await attempt("npm", ["run", ...args], {
      cwd: clone,
      env: { ...removed, ...env },
    });
    console.log(`${stdout}${stderr}`.trimEnd().replace(/^/gm, "      | "));
    return { code, clone };
  };

  it("previews from a clean clone, with a token and a passphrase alone", async () => {
    const { code, clone } = await inClone(["preview", "--", "prod", "--report", "report.json"], {
      DIGITALOCEAN_TOKEN: TOKEN,
      PULUMI_CONFIG_PASSPHRASE: "of nobody else",
    });
    assert.equal(code, 0);
    const report = JSON.parse(readFileSync(join(clone, "report.json"), "utf8")) as Required<PreviewReport>;
    assert.deepEqual([...new Set(report.changes.map(({ op }) => op))], ["create"]);
    assert.deepEqual(report.policy.violations, []);
    assert.ok(report.policy.rules > 30);
    assert.ok(
      report.changes.some(({ type, name }) => `${type} ${name}` === "KubernetesCluster flask-doks-prod-cluster"),
    );
    assert.ok(report.cost.after.min > 100);
    assert.equal(report.fromNothing, true);
    assert.deepEqual(whatExists(account.emulator), {});
  });

  it("comes up, highly available and protected", async () => {
    const { error, urls, seconds } = await account.stage.run("up");
    console.log(`      up took ${seconds.toFixed(1)} s`);
    assert.equal(error, undefined);
    url = urls["blog"] ?? "";
    const { cluster: clusters, nodePool } = account.emulator.inventory;
    assert.match(clusters[0]?.details ?? "", /highly available/);
    assert.match(nodePool[0]?.details ?? "", /^3 of 3 × s-2vcpu-4gb, 3 to 6$/);
    const front = () => fetch(url).then(({ status }) => status, String);
    await eventually("the front page", 30, front, (status) => status === 200);
    nothingToDo(await account.stage.run("preview"));
  });

  it("refuses to be destroyed, names what is protected and the way on, and deletes nothing", async () => {
    const before = whatExists(account.emulator);
    const { error, errors, changes } = await account.stage.run("destroy");
    const said = [error ?? "", ...errors].join("\n");
    for (const name of [
      "flask-doks-prod-cluster",
      "flask-doks-prod-registry",
      "blog-database-mysql-volume",
      "blog-database-mysql-server",
    ]) {
      assert.ok(said.includes(name), `${name} is not named in: ${said}`);
    }
    assert.match(said, /dataPolicy delete/);
    assert.deepEqual(changes, []);
    assert.deepEqual(whatExists(account.emulator), before);
    assert.equal((await fetch(url)).status, 200);
  });

  it("leaves the number of nodes to the autoscaler, before and after a refresh (D4)", async () => {
    const [{ id } = { id: "" }] = account.emulator.inventory.cluster;
    account.emulator.autoscale(id, "default", 5);
    nothingToDo(await account.stage.run("preview"));
    assert.equal((await account.stage.run("refresh")).error, undefined);
    nothingToDo(await account.stage.run("preview"));
    assert.match(account.emulator.inventory.nodePool[0]?.details ?? "", /of 5 /);
    account.emulator.autoscale(id, "default", 4);
    const state = join(account.stage.home, "stack");
    const { code } = await inClone(["drift", "--", "prod"], {
      DIGITALOCEAN_TOKEN: TOKEN,
      PULUMI_BACKEND_URL: `file://${join(state, "state")}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(state, "passphrase"),
    });
    assert.equal(code, 0, "npm run drift takes the autoscaler for somebody else");
  });

  it("has no diff for a version that DigitalOcean upgraded by itself, and replaces nothing (D3)", async () => {
    const [{ id, details } = { id: "", details: "" }] = account.emulator.inventory.cluster;
    const [, minor, patch] = /^1\.(\d+)\.(\d+)-do\.\d+/.exec(details) ?? [];
    const newer = `1.${minor ?? ""}.${Number(patch) + 7}-do.0`;
    account.emulator.patchUpgrade(id, newer);
    nothingToDo(await account.stage.run("preview"));
    assert.equal((await account.stage.run("refresh")).error, undefined);
    const { error, changes } = await account.stage.run("up", { blog: { env: { GREETING: "upgraded" } } });
    assert.equal(error, undefined);
    assert.deepEqual(
      changes.filter((change) => /KubernetesCluster|flask-doks-prod-kubernetes/.test(change)),
      [],
    );
    assert.ok(account.emulator.inventory.cluster[0]?.details.startsWith(newer));
  });

  it("is not held up by the withdrawal of a version that its cluster has left behind (D3)", async () => {
    const [, pinned = ""] = /^(\S+),/.exec(account.emulator.inventory.cluster[0]?.details ?? "") ?? [];
    account.emulator.withdrawVersion(pinned);
    const { error, changes } = await account.stage.run("preview", { blog: { env: { GREETING: "upgraded" } } });
    assert.equal(error, undefined);
    assert.deepEqual(changes, []);
  });

  it("tells which versions are on offer when the pinned one is needed and gone (D3)", async () => {
    const { errors, changes } = await account.stage.run("up", { config: { cluster: { version: "1.99.9-do.0" } } });
    const said = errors.join("\n");
    assert.match(said, /cluster\.version/);
    for (const slug of account.emulator.surroundings.versions) {
      assert.ok(said.includes(slug), `${slug} is not named in: ${said}`);
    }
    assert.deepEqual(changes, []);
  });

  it("rotates the registry's credentials by one config value, with no request lost (D10)", async () => {
    const before = account.emulator.inventory.registryCredential.map(({ id }) => id);
    const change = { blog: { env: { GREETING: "upgraded" } }, config: { registry: { rotation: 2 } } };
    const reader = readSteadily(url);
    const { error, changes } = await account.stage.run("up", change);
    const traffic = await reader.stop();
    console.log(`      requests during the rotation: ${traffic.sent} sent, ${traffic.failed.length} failed`);
    assert.equal(error, undefined);
    assert.deepEqual(traffic.failed, []);
    const after = account.emulator.inventory.registryCredential.map(({ id }) => id);
    assert.deepEqual(
      after.filter((id) => before.includes(id)),
      [],
      "credentials of before that are still good",
    );
    assert.ok(after.length >= 1);
    assert.ok(!changes.some((line) => takesAway(line) && /Deployment|StatefulSet|KubernetesCluster/.test(line)));
    nothingToDo(await account.stage.run("preview", change));
  });

  it("is taken down on the documented way, and its data stays where the stack file says so", async () => {
    const config = { registry: { rotation: 2 }, dataPolicy: "delete" };
    assert.equal((await account.stage.run("up", { config })).error, undefined);
    const { error } = await account.stage.run("destroy", { config });
    assert.equal(error, undefined);
    await account.emulator.settled();
    const { clusterToken, ...left } = whatExists(account.emulator);
    // The class `do-block-storage-retain` keeps the volume: the runbook says how it is given back.
    assert.deepEqual(left, {});
    assert.equal(clusterToken, undefined);
    assert.ok(!(await cluster().namespaces()).includes("blog"));
  });

  it("made no call, and got no answer, that is not as DigitalOcean's OpenAPI file says", () => {
    assert.deepEqual(account.emulator.violations, []);
    assert.deepEqual(account.emulator.requestViolations, []);
  });
});
