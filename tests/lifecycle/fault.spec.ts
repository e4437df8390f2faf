import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { diagnose } from "../../local/diagnose";
import { hints } from "../../local/hints";
import { clusterIdentity, loadContext } from "../../local/kubeconfig";
import { BlogClient } from "../support/blogClient";
import { blogUrl, cluster, kubeconfig, kubeconfigOfNowhere, node, stage } from "./stage";
import { eventually } from "../support/cluster";
import { nothingToDo } from "../support/order";

/** After each fault: the release that ran before goes on serving, with its posts. */
async function assertServing(): Promise<void> {
  const { status, text } = await new BlogClient(blogUrl()).get("/");
  assert.equal(status, 200);
  assert.ok(text.includes("First post"));
}

describe("bad input", () => {
  before(async () => {
    assert.equal((await stage().run("up")).error, undefined);
  });

  it("a build that fails shows its last lines, and the old release goes on", async () => {
    const source = stage().copySource("broken-build");
    appendFileSync(join(source, "Dockerfile"), '\nUSER root\nRUN echo "the oven is cold" && exit 7\n');
    const { error, errors } = await stage().run("up", { blog: { source } });
    assert.ok(error !== undefined);
    assert.match(errors.join("\n"), /the oven is cold/);
    assert.match(errors.join("\n"), /exit code: 7|code 7|non-zero code: 7/);
    await assertServing();
  });

  it("a release that crashes shows the reason and its last log lines, and the old release goes on", async () => {
    const source = stage().copySource("crashing");
    writeFileSync(join(source, "src", "blog", "__init__.py"), 'raise RuntimeError("no flour in the house")\n');
    const { error, errors } = await stage().run("up", { blog: { source } });
    assert.ok(error !== undefined);
    assert.match(errors.join("\n"), /migrat/i);
    const lines = await diagnose(kubeconfig(), ["blog"]);
    assert.match(lines.join("\n"), /exit code 1/);
    assert.match(lines.join("\n"), /no flour in the house/);
    await assertServing();
  });

  it("a release that failed can be taken back, and rolls nothing", async () => {
    const before = await cluster().podNames("web");
    assert.equal((await stage().run("up")).error, undefined);
    assert.deepEqual(await cluster().podNames("web"), before);
    nothingToDo(await stage().run("preview"));
    await assertServing();
  });

  it("a wrong registry password is told as that", async () => {
    const source = stage().copySource("wrong-password");
    writeFileSync(join(source, "src", "blog", "new_file.txt"), "so that there is something to push\n");
    const secrets = [{ path: "registry.password", value: "not-the-password" }];
    const { error, errors } = await stage().run("up", { blog: { source }, secrets });
    assert.ok(error !== undefined);
    assert.deepEqual(hints(errors), [
      "The registry does not accept the login: check registry.username and registry.password.",
    ]);
    await assertServing();
  });

  it("a node port that is taken is told as that, with the key to change", async () => {
    const api = cluster();
    await api.core.createNamespacedService({
      namespace: "default",
      body: { metadata: { name: "squatter" }, spec: { type: "NodePort", ports: [{ port: 80, nodePort: 30424 }] } },
    });
    const { error, errors } = await stage().run("up", { blog: { nodePort: 30424 } });
    await api.core.deleteNamespacedService({ name: "squatter", namespace: "default" });
    assert.ok(error !== undefined);
    assert.deepEqual(hints(errors), [
      "Port 30424 is taken by another Service of this cluster: free it, or set apps[].nodePort to another one.",
    ]);
    await assertServing();
  });

  it("pods that no node has room for are told as that", async () => {
    const resources = { requests: { memory: "900Gi" }, limits: { memory: "900Gi" } };
    // Without a migration, whose Job would be the first to find no room.
    const { error } = await stage().run("up", { blog: { resources, migrate: null, rolloutSeconds: 40 } });
    assert.ok(error !== undefined);
    const lines = await diagnose(kubeconfig(), ["blog"]);
    assert.match(lines.join("\n"), /no node has room for it: .*Insufficient memory/);
    await assertServing();
  });

  it("a source folder that is not there is told before anything is touched", async () => {
    const { errors, changes } = await stage().run("up", { blog: { source: "app/nowhere" } });
    assert.match(errors.join("\n"), /apps\[0\]\.source: there is no folder app\/nowhere/);
    assert.deepEqual(changes, []);
    await assertServing();
  });

  it("a cluster that does not answer is told as that, and a wrong context by name", async () => {
    const { context } = node();
    const nowhere = kubeconfigOfNowhere();
    await assert.rejects(clusterIdentity(loadContext(context, nowhere)), {
      message: `The cluster of context "${context}" does not answer at https://127.0.0.1:6553: nothing listens there`,
    });
    assert.throws(() => loadContext("elsewhere", nowhere), {
      message: `The kubeconfig has no context "elsewhere"; there are: ${context}.`,
    });
    const { error, changes } = await stage().run("up", {
      config: { cluster: stage().clusterWith({ kubeconfig: nowhere }) },
      blog: { env: { GREETING: "into the void" } },
    });
    assert.match(error ?? "", /unreachable|refused/);
    // The engine notes where it was told to look; of the cluster's objects none is touched.
    assert.deepEqual(
      changes.filter((change) => !change.endsWith(" flask-doks-local") && !change.endsWith("-kubernetes")),
      [],
    );
    await assertServing();
  });

  it("an up that is interrupted can simply be run again", async () => {
    const source = stage().copySource("interrupted");
    writeFileSync(join(source, "src", "blog", "interrupted.txt"), "a new release\n");
    const before = stage().printed.length;
    const { child, outcome } = stage().start("up", { blog: { source } });
    // In the middle: the image is there, and its release goes on.
    const printed = () => Promise.resolve(stage().printed.slice(before));
    await eventually("the image", 120, printed, (text) => / Image blog-image +updated/.test(text));
    child.kill("SIGINT");
    const { error } = await outcome;
    assert.match(error ?? "", /was stopped. Nothing is lost: simply run it again/);
    await assertServing();
    const again = await stage().run("up", { blog: { source } });
    assert.equal(again.error, undefined);
    nothingToDo(await stage().run("preview", { blog: { source } }));
    await assertServing();
  });

  it("an up that is killed on the spot can simply be run again", async () => {
    const source = stage().copySource("killed");
    writeFileSync(join(source, "src", "blog", "killed.txt"), "a new release\n");
    await stage().killAt("up", { blog: { source } }, () => sleep(6_000));
    const again = await stage().run("up", { blog: { source } });
    assert.equal(again.error, undefined);
    nothingToDo(await stage().run("preview", { blog: { source } }));
    await assertServing();
  });
});
