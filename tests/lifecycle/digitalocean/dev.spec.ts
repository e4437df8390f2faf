import assert from "node:assert/strict";
import { BlogClient } from "../../support/blogClient";
import { eventually } from "../../support/cluster";
import { cluster } from "../stage";
import { clusterTokens, freshAccount, takesAway, whatExists } from "./cloud";
import { nothingToDo } from "../../support/order";

/** What the dev stack is at DigitalOcean once it is up. */
const DEV = {
  cluster: 1,
  nodePool: 1,
  vpc: 1,
  registry: 1,
  repository: 1,
  registryCredential: 2,
  loadBalancer: 1,
  volume: 1,
  domain: 1,
  record: 1,
};
const DOMAIN = { domain: "blog-of-grace.dev" };
const HOSTS = { hosts: ["www.blog-of-grace.dev"] };

describe("the dev stack on DigitalOcean", () => {
  const account = freshAccount("dev");
  const run = (operation: "up" | "preview" | "destroy" | "refresh", { env = {}, pool = {} } = {}) =>
    account.stage.run(operation, { blog: { ...HOSTS, env }, config: { ...DOMAIN, cluster: { pool } } });

  /** Where the record of the host leads, when it answers there. Nobody resolves the name here. */
  const answering = async (): Promise<string> => {
    const [record] = account.emulator.inventory.record;
    const [, address = ""] = /^A (\S+), TTL 300$/.exec(record?.details ?? "") ?? [];
    const url = `http://${address}/`;
    const front = () => fetch(url).then(({ status }) => status, String);
    await eventually(`the front page at ${url}`, 30, front, (status) => status === 200);
    return url;
  };

  it("previews from nothing: lists everything and makes nothing", async () => {
    const { error, changes } = await run("preview");
    assert.equal(error, undefined);
    for (const line of [
      "create Vpc flask-doks-dev-vpc",
      "create KubernetesCluster flask-doks-dev-cluster",
      "create ContainerRegistry flask-doks-dev-registry",
      "create Image blog-image",
      "create Namespace blog-namespace",
      "create StatefulSet blog-database-mysql-server",
      "create Job blog-migration",
      "create Deployment blog-deployment",
      "create Service blog-exposure-service",
    ]) {
      assert.ok(changes.includes(line), `"${line}" is not among\n${changes.join("\n")}`);
    }
    assert.deepEqual(whatExists(account.emulator), {});
  });

  it("comes up from nothing to an address that answers", async () => {
    const { error, urls, outputs, seconds, providers } = await run("up");
    console.log(`      providers: ${JSON.stringify(providers)}; up took ${seconds.toFixed(1)} s`);
    assert.equal(error, undefined);
    const { clusterToken, ...rest } = whatExists(account.emulator);
    assert.deepEqual(rest, DEV);
    assert.ok((clusterToken ?? 0) <= 2, `${clusterToken ?? 0} tokens of the cluster`);
    assert.deepEqual(urls, { blog: "http://www.blog-of-grace.dev" });
    const writer = new BlogClient(await answering());
    await writer.join("grace", "correct horse battery staple");
    await writer.post("From the cloud", "through a load balancer");
    assert.ok((await new BlogClient(await answering()).get("/")).text.includes("From the cloud"));
    const { min, max } = outputs["monthlyCost"] as { min: number; max: number };
    console.log(`      monthlyCost: ${min} to ${max} USD`);
    assert.ok(min > 0 && max >= min);
  });

  it("previews as empty", async () => {
    assert.deepEqual(await run("preview").then(({ error, changes }) => ({ error, changes })), {
      error: undefined,
      changes: [],
    });
  });

  it("finds no drift: a refresh changes nothing that a preview would show (D8)", async () => {
    assert.equal((await run("refresh")).error, undefined);
    nothingToDo(await run("preview"));
  });

  it("goes on eight days later, with one short-lived token a run at most (D1, D2)", async () => {
    await account.emulator.clock.advance({ days: 8 });
    const env = { GREETING: "a week later" };
    for (const operation of ["preview", "up"] as const) {
      const before = clusterTokens(account.emulator);
      const { error, changes } = await run(operation, { env });
      assert.equal(error, undefined);
      assert.deepEqual(
        changes.filter((change) => takesAway(change) && !/ (ConfigMap|Job) /.test(change)),
        [],
      );
      assert.ok(
        changes.some((change) => change.endsWith("ConfigMap blog-config")),
        changes.join("\n"),
      );
      const minted = clusterTokens(account.emulator) - before;
      assert.ok(minted <= 1, `the ${operation} minted ${minted} tokens`);
    }
    nothingToDo(await run("preview", { env }));
  });

  it("grows from one node to three in place", async () => {
    const pool = { min: 3 };
    const [before] = account.emulator.inventory.cluster;
    const { error, changes } = await run("up", { pool });
    assert.equal(error, undefined);
    assert.deepEqual(
      changes.filter((change) => takesAway(change) && !/ (ConfigMap|Job) /.test(change)),
      [],
    );
    assert.equal(account.emulator.inventory.cluster[0]?.id, before?.id);
    assert.match(account.emulator.inventory.nodePool[0]?.details ?? "", /^3 of 3 /);
    nothingToDo(await run("preview", { pool }));
  });

  it("refuses another size for its nodes, in the preview as in the up, for it would be another cluster", async () => {
    const pool = { min: 3, size: "s-4vcpu-8gb" };
    const before = account.emulator.inventory.cluster;
    for (const operation of ["preview", "up"] as const) {
      const { errors, changes } = await run(operation, { pool });
      assert.match(
        errors.join("\n"),
        /cluster\.pool\.size: the cluster flask-doks-dev has s-2vcpu-4gb .*cluster\.pools/,
      );
      assert.deepEqual(changes, []);
    }
    assert.deepEqual(account.emulator.inventory.cluster, before);
  });

  it("gets nodes of another size in a pool beside, as its preview said, and gives them back", async () => {
    const pools = [{ name: "large", size: "s-4vcpu-8gb", min: 1, labels: { role: "batch" } }];
    const cluster = { pool: { min: 3 }, pools };
    const added = ["create KubernetesNodePool flask-doks-dev-pool-large"];
    const ofPools = (changes: string[]) => changes.filter((change) => / KubernetesNodePool /.test(change));
    const more = { blog: HOSTS, config: { ...DOMAIN, cluster } };
    const preview = await account.stage.run("preview", more);
    assert.deepEqual(ofPools(preview.changes), added);
    const up = await account.stage.run("up", more);
    assert.equal(up.error, undefined);
    assert.deepEqual(up.changes.filter(takesAway), []);
    assert.deepEqual(ofPools(up.changes), added);
    assert.match(account.emulator.inventory.nodePool[1]?.details ?? "", /^1 of 1 × s-4vcpu-8gb$/);
    assert.equal((await run("up", { pool: { min: 1 } })).error, undefined);
    assert.deepEqual(
      account.emulator.inventory.nodePool.map(({ details }) => details),
      ["1 of 1 × s-2vcpu-4gb"],
    );
  });

  it("is destroyed to nothing: no kind of thing is left behind (D7)", async () => {
    await account.emulator.clock.advance({ days: 8 });
    const { error, seconds } = await run("destroy");
    console.log(`      destroy took ${seconds.toFixed(1)} s`);
    assert.equal(error, undefined);
    await account.emulator.settled();
    const { cluster: clusters, loadBalancer, volume, snapshot, record, domain, vpc } = account.emulator.inventory;
    const { registry, registryCredential, clusterToken, nodePool, database } = account.emulator.inventory;
    assert.deepEqual(clusters, [], "clusters");
    assert.deepEqual(nodePool, [], "node pools");
    assert.deepEqual(loadBalancer, [], "load balancers");
    assert.deepEqual(volume, [], "volumes");
    assert.deepEqual(snapshot, [], "snapshots");
    assert.deepEqual(record, [], "records");
    assert.deepEqual(domain, [], "domains");
    assert.deepEqual(registry, [], "registries");
    assert.deepEqual(registryCredential, [], "registry credentials");
    assert.deepEqual(clusterToken, [], "cluster tokens");
    assert.deepEqual(vpc, [], "VPCs");
    assert.deepEqual(database, [], "databases");
    assert.ok(!(await cluster().namespaces()).includes("blog"), "the namespace");
  });

  it("made no call, and got no answer, that is not as DigitalOcean's OpenAPI file says", () => {
    assert.deepEqual(account.emulator.violations, []);
    assert.deepEqual(account.emulator.requestViolations, []);
    assert.deepEqual(account.emulator.failures, []);
  });
});
