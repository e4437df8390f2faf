import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterAccess } from "../../../../scripts/status/clusterAccess";
import { parseOutputs, readOutputs, stateHome, type Homes } from "../../../../scripts/status/stackOutputs";
import { FakeCommands } from "../../../support/fakeCommands";

const apps = { blog: { namespace: "blog", urls: ["http://10.0.0.1:30000"] } };
const doks = { urls: {}, apps, cluster: { kind: "doks" }, kubeconfig: "s3cret", edge: { namespace: "ingress" } };

describe("Where a stack's state is", () => {
  let folder: string;
  let homes: Homes;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "status-"));
    homes = { local: join(folder, ".local"), sandbox: join(folder, ".sandbox"), sandboxStack: "prod" };
    for (const home of [homes.local, homes.sandbox]) {
      mkdirSync(join(home, "state", ".pulumi"), { recursive: true });
      mkdirSync(join(home, "work"));
      for (const file of ["passphrase", join("work", "Pulumi.yaml")]) writeFileSync(join(home, file), "");
    }
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("is the folder of up:local or of the sandbox, for the stack that is deployed there", () => {
    const local = stateHome("local", "/repository", {}, homes);
    assert.deepStrictEqual(local, {
      folder: join(homes.local, "work"),
      env: {
        PULUMI_BACKEND_URL: `file://${join(homes.local, "state")}`,
        PULUMI_CONFIG_PASSPHRASE_FILE: join(homes.local, "passphrase"),
      },
      place: "on this machine",
    });
    const { place, node } = stateHome("prod", "/repository", {}, homes);
    assert.deepStrictEqual([place, node?.context], ["in the sandbox", "flask-doks-sandbox"]);
  });
  it("is the backend for every other stack, where one is named, and where nothing is deployed here", () => {
    const backend = { folder: "/repository", env: {} };
    const named = { PULUMI_BACKEND_URL: "s3://states" };
    const nowhere = { local: "/none", sandbox: "/none", sandboxStack: undefined };
    assert.deepStrictEqual(
      [
        stateHome("dev", "/repository", {}, homes),
        stateHome("prod", "/repository", named, homes),
        stateHome("local", "/repository", {}, nowhere),
      ],
      [backend, backend, backend],
    );
  });
});

describe("The outputs of a stack", () => {
  let commands: FakeCommands;
  beforeEach(() => {
    commands = new FakeCommands();
  });
  afterEach(() => {
    commands.remove();
  });
  const read = () => readOutputs("pulumi", "prod", { folder: "/", env: {} });

  it("are read through the Pulumi CLI, with secrets", async () => {
    commands.add("pulumi", `echo '${JSON.stringify(doks)}'`);
    const { cluster, kubeconfig, edge } = await read();
    assert.deepStrictEqual(
      [cluster.kind, kubeconfig, edge, commands.lines()],
      [
        "doks",
        "s3cret",
        { namespace: "ingress" },
        ["pulumi stack output --json --show-secrets --stack prod --non-interactive"],
      ],
    );
  });
  it("are missed with the CLI's own words, and nothing that it printed besides", async () => {
    commands.add("pulumi", "echo s3cret; echo \"error: no stack named 'prod' found\" >&2; exit 1");
    await assert.rejects(read(), { name: "UserError", message: "pulumi stack output: no stack named 'prod' found" });
  });
  it("are none where nothing is deployed", () => {
    assert.throws(() => parseOutputs("prod", "{}"), {
      name: "UserError",
      message: 'The stack "prod" has no outputs: nothing is deployed, or its first up did not come to its end.',
    });
  });
  it("may be those of an older version: the sentence names the missing ones, and no value", () => {
    assert.throws(() => parseOutputs("prod", JSON.stringify({ urls: {}, kubeconfig: "s3cret" })), {
      name: "UserError",
      message:
        'The outputs of the stack "prod" do not tell where its apps are (apps and cluster): it was deployed by an older ' +
        'version of this program. Run "pulumi up" once.',
    });
  });
});

describe("Access to a stack's cluster", () => {
  const home = { folder: "/", env: {} };
  const outputs = (changes: object) => parseOutputs("prod", JSON.stringify({ ...doks, ...changes }));
  it("is the kubeconfig among the outputs of a cluster that the project has made or shares", () => {
    const kubeconfig = JSON.stringify({
      clusters: [{ name: "c", cluster: { server: "https://c.test" } }],
      users: [{ name: "u", user: {} }],
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      "current-context": "c",
    });
    for (const kind of ["doks", "shared"]) {
      const access = clusterAccess(outputs({ cluster: { kind }, kubeconfig }), home);
      assert.deepStrictEqual(access.getCurrentCluster()?.server, "https://c.test");
    }
  });
  it("is refused in a sentence that quotes nothing where the kubeconfig is missing or broken", () => {
    const refused = (changes: object, message: RegExp) => {
      assert.throws(() => clusterAccess(outputs(changes), home), { name: "UserError", message });
    };
    refused({ kubeconfig: undefined }, /^The stack's outputs hold no kubeconfig/);
    refused({ kubeconfig: "{ s3cret" }, /^The kubeconfig in the stack's outputs cannot be read\.$/);
    refused({ cluster: { kind: "existing" } }, /^The stack's outputs name no context/);
    refused(
      { cluster: { kind: "existing", context: "kind", kubeconfig: "/none" } },
      /^There is no kubeconfig at \/none/,
    );
  });
});
