import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { kubernetesProvider, TAKE_OVER } from "../../../../../local/providers/kubernetes";
import { RELEASE } from "../../../../../local/providers/kubernetes/release";
import { InitFailed } from "../../../../../local/providers/provider";
import { Secret, UNKNOWN, type Values } from "../../../../../local/providers/values";
import { FakeCommands } from "../../../../support/fakeCommands";

const provider = kubernetesProvider("0.0.0");
/** Nothing listens there, so that the cluster has nothing to say about pods. */
const kubeconfig = JSON.stringify({
  clusters: [{ name: "c", cluster: { server: "http://127.0.0.1:1" } }],
  contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
  users: [{ name: "u", user: { token: "the-token" } }],
  "current-context": "x",
});
const urn = "urn:pulumi:dev::p::kubernetes:helm.sh/v3:Release::web";
const subject = { urn, type: RELEASE, name: "web", settings: { kubeconfig } as Values };
const operation = {
  ...subject,
  preview: false,
  timeoutSeconds: undefined,
  signal: new AbortController().signal,
  status: () => undefined,
  warn: () => undefined,
};
const inputs: Values = {
  name: "web",
  namespace: "edge",
  chart: "ingress-nginx",
  version: "4.15.1",
  repositoryOpts: { repo: "https://charts.test" },
  values: { replicas: 2, password: new Secret("hunter22") },
  timeout: 600,
};
const id = "edge/web";
const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: other }
---
# nothing
`;
const answer = (status: string, revision: number, config: Values = { replicas: 2, password: "hunter22" }) => ({
  status: {
    name: "web",
    namespace: "edge",
    version: revision,
    info: { status, description: "said" },
    config,
    manifest,
  },
  metadata: { chart: "ingress-nginx", version: "4.15.1", appVersion: "1.15.1", namespace: "edge", revision },
});

/** A helm that answers from files, and on an upgrade looks at the kubeconfig that it was given. */
class FakeHelm {
  readonly commands = new FakeCommands();

  constructor() {
    this.commands.add("helm", `cd '${this.commands.folder}'\n${SCRIPT}`);
  }

  private write(file: string, content: unknown): void {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    writeFileSync(join(this.commands.folder, file), text);
  }

  /** What is there now. */
  has(status: string, revision: number, config?: Values): void {
    const { status: now, metadata } = answer(status, revision, config);
    this.write("status.json", now);
    this.write("metadata.json", metadata);
  }
  /** What is there once an upgrade has ended. */
  becomes(status: string, revision: number): void {
    const { status: then, metadata } = answer(status, revision);
    this.write("after.json", then);
    this.write("metadata.json", metadata);
  }
  history(...statuses: string[]): void {
    this.write(
      "history.json",
      statuses.map((status, i) => ({ revision: i + 1, status })),
    );
  }
  fails(stderr: string): void {
    this.write("failure", stderr);
  }
  seen(file: string): string {
    return readFileSync(join(this.commands.folder, file), "utf8").trim();
  }
  /** The calls of one subcommand, without those that say where the cluster is. */
  calls(subcommand: string): string[] {
    const lines = this.commands.lines().filter((line) => line.startsWith(`helm ${subcommand}`));
    return lines.map((line) => line.replace(/^helm /, "").replace(/ --namespace edge --kubeconfig \S+$/, ""));
  }
}

const SCRIPT = `
case "$1 $2" in
  version*) echo v3.22.0 ;;
  status*) [ -f status.json ] || { echo 'Error: release: not found' >&2; exit 1; }; cat status.json ;;
  "get metadata") cat metadata.json ;;
  history*) cat history.json ;;
  rollback*) ;;
  uninstall*)
    [ -f status.json ] || { echo 'Error: uninstall: Release not loaded: web: release: not found' >&2; exit 1; }
    [ ! -f failure ] || { cat failure >&2; exit 1; }
    rm status.json ;;
  upgrade*)
    while [ "$1" != --kubeconfig ]; do shift; done
    stat -c %a "$2" >mode; echo "$2" >path; cat "$2" >content
    trap 'cp after.json status.json; echo "Error: UPGRADE FAILED: context canceled" >&2; exit 1' TERM
    [ ! -f slow ] || { sleep 15 >/dev/null 2>&1 & touch begun; wait; }
    [ ! -f after.json ] || cp after.json status.json
    [ ! -f failure ] || { cat failure >&2; exit 1; } ;;
esac`;

describe("A Helm release", () => {
  let helm: FakeHelm;
  beforeEach(() => {
    helm = new FakeHelm();
    helm.becomes("deployed", 1);
  });
  afterEach(() => {
    helm.commands.remove();
    Reflect.deleteProperty(process.env, TAKE_OVER);
  });
  const create = (more: Values = {}) => provider.create({ ...operation, inputs: { ...inputs, ...more } });
  const update = (more: Values = {}) =>
    provider.update({
      ...operation,
      id,
      state: {},
      oldInputs: inputs,
      news: { ...inputs, ...more },
      ignoreChanges: [],
    });
  const remove = (oldInputs = inputs) => provider.delete({ ...operation, id, state: {}, oldInputs });

  it("is installed and waited for, with its values nowhere but on Helm's standard input", async () => {
    await create();
    deepStrictEqual(helm.calls("upgrade"), [
      "upgrade web ingress-nginx --version 4.15.1 --repo https://charts.test --install --values - " +
        "--timeout 600s --wait --history-max 0 --reset-values",
    ]);
    const call = helm.commands.calls().find(({ line }) => line[1] === "upgrade");
    deepStrictEqual(JSON.parse(call?.input ?? ""), { replicas: 2, password: "hunter22" });
    strictEqual(helm.commands.lines().join().includes("hunter22"), false);
  });
  it("passes its switches on, and waits for nothing when it is told so", async () => {
    await create({ skipAwait: true, atomic: true, createNamespace: true, disableWebhooks: true, maxHistory: 3 });
    match(
      helm.calls("upgrade")[0] ?? "",
      / --timeout 600s --history-max 3 --reset-values --atomic --create-namespace --no-hooks$/,
    );
  });
  it("leads Helm to the provider's cluster by a file that only its owner can read, and that is gone afterwards", async () => {
    process.env["HELM_KUBECONTEXT"] = "elsewhere";
    await create();
    Reflect.deleteProperty(process.env, "HELM_KUBECONTEXT");
    deepStrictEqual([helm.seen("mode"), helm.seen("content")], ["600", kubeconfig]);
    strictEqual(existsSync(helm.seen("path")), false);
  });
  it("records what Helm says of it, with secrets marked and without its manifest", async () => {
    const { id: made, state } = await create();
    strictEqual(made, id);
    deepStrictEqual(state["values"], { replicas: 2, password: new Secret("hunter22") });
    deepStrictEqual(state["resourceNames"], { "Deployment.apps/apps/v1": ["web"], "Service/v1": ["other/web"] });
    deepStrictEqual(state["status"], {
      name: "web",
      namespace: "edge",
      chart: "ingress-nginx",
      version: "4.15.1",
      appVersion: "1.15.1",
      revision: 1,
      status: "deployed",
    });
    deepStrictEqual([state["manifest"], state["__inputs"]], [undefined, new Secret(inputs)]);
  });
  it("is only planned in a preview, whatever the cluster and the values are: Helm is not even looked for", async () => {
    const planned: Values = { ...inputs, values: UNKNOWN };
    const created = await provider.create({
      ...operation,
      settings: { kubeconfig: UNKNOWN },
      preview: true,
      inputs: planned,
    });
    deepStrictEqual(created, { id: "", state: { ...planned, status: UNKNOWN, resourceNames: UNKNOWN } });
    const request = { ...operation, preview: true, id, state: {}, oldInputs: inputs, news: inputs, ignoreChanges: [] };
    strictEqual((await provider.update(request))["status"], UNKNOWN);
    deepStrictEqual(helm.commands.calls(), []);
  });
  it("is refused when one of its name is there already, unless it is to be taken over", async () => {
    helm.has("deployed", 4);
    await rejects(create(), {
      message:
        `resource "${urn}" was not successfully created by Helm: the release edge/web is there already ` +
        "(revision 4, deployed). Import it, give the resource another name, or uninstall the release.",
    });
    deepStrictEqual(helm.calls("upgrade"), []);
    process.env[TAKE_OVER] = "true";
    await create();
    strictEqual(helm.calls("upgrade").length, 1);
  });
  it("is kept in the state when it was made but did not become ready, without the secrets that Helm quotes", async () => {
    helm.becomes("failed", 1);
    helm.fails("coalesce: warning: hunter22\nError: INSTALLATION FAILED: hunter22 is bad: timed out\n");
    const failed = (error: unknown) => {
      strictEqual(error instanceof InitFailed, true);
      const { message, existing } = error as InitFailed;
      const said = "failed to fully initialize or become live: INSTALLATION FAILED: [secret] is bad: timed out";
      strictEqual(message, `resource "${urn}" was created, but the Helm release edge/web ${said}`);
      strictEqual(existing.id, id);
      return true;
    };
    await rejects(create(), failed);
  });
  it("leaves nothing in the state when Helm got nowhere", async () => {
    rmSync(join(helm.commands.folder, "after.json"));
    helm.fails("Error: INSTALLATION FAILED: no such chart\n");
    const message = `resource "${urn}" was not successfully created by Helm: INSTALLATION FAILED: no such chart`;
    await rejects(create(), { name: "Error", message });
  });

  it("is told to stop with the engine, and is then recorded as Helm leaves it", async () => {
    helm.becomes("failed", 1);
    writeFileSync(join(helm.commands.folder, "slow"), "");
    const stop = new AbortController();
    const begun = async () => {
      while (!existsSync(join(helm.commands.folder, "begun"))) await sleep(20);
      stop.abort();
    };
    const stopped = provider.create({ ...operation, signal: stop.signal, inputs });
    await Promise.all([rejects(stopped, { name: "InitFailed", message: /context canceled$/ }), begun()]);
  });

  it("goes back to its last whole revision when a killed run left it in the middle of an upgrade", async () => {
    helm.has("pending-upgrade", 3);
    helm.history("superseded", "deployed", "pending-upgrade");
    await update();
    deepStrictEqual(helm.calls("rollback"), ["rollback web 2 --timeout 600s"]);
    strictEqual(helm.calls("upgrade").length, 1);
  });
  it("goes away first when a killed run left its installation half made", async () => {
    process.env[TAKE_OVER] = "true";
    helm.has("pending-install", 1);
    helm.history("pending-install");
    await create();
    deepStrictEqual(helm.calls("uninstall"), ["uninstall web --wait --timeout 600s"]);
    strictEqual(helm.calls("upgrade").length, 1);
  });

  it("is uninstalled and waited for, and may be gone already", async () => {
    helm.has("deployed", 1);
    await remove();
    deepStrictEqual(helm.calls("uninstall"), ["uninstall web --timeout 600s --wait"]);
    await remove({ ...inputs, skipAwait: true });
    strictEqual(helm.calls("uninstall")[1], "uninstall web --timeout 600s");
  });
  it("says in a sentence why it did not go", async () => {
    helm.has("deployed", 1);
    helm.fails("Error: timed out waiting for the condition\n");
    const message = "the Helm release edge/web was asked to go, but: timed out waiting for the condition";
    await rejects(remove(), { message });
  });

  const read = (from: Values = inputs) => provider.read({ ...operation, id, state: {}, inputs: from });
  it("is read as it is, with what somebody has changed since, and its secrets still secret", async () => {
    strictEqual(await read(), undefined);
    helm.has("deployed", 1);
    deepStrictEqual((await read())?.inputs, inputs);
    helm.has("deployed", 2, { replicas: 5, password: "changed" });
    deepStrictEqual((await read())?.inputs["values"], { replicas: 5, password: new Secret("changed") });
    deepStrictEqual((await read({}))?.inputs["chart"], "ingress-nginx");
  });
  it("is read as not ready when its last operation failed, so that the next up repeats it", async () => {
    helm.has("failed", 2);
    await rejects(read(), { name: "InitFailed", message: "the Helm release edge/web is failed: said" });
  });
});
