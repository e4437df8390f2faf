import assert from "node:assert/strict";
import { UserError } from "../../../../local/steps";
import { lentBy } from "../../../../scripts/review/lender";
import { FakeCommands } from "../../../support/fakeCommands";
import { kubeconfigFor } from "../../../support/httpServer";

const KUBECONFIG = kubeconfigFor("https://cluster.example").exportConfig();
const apps = { blog: { namespace: "blog", urls: ["https://example.com"] } };
const DOKS = { apps, cluster: { kind: "doks" }, kubeconfig: KUBECONFIG };

describe("the stack that lends its cluster", () => {
  let commands: FakeCommands;
  beforeEach(() => {
    commands = new FakeCommands();
  });
  afterEach(() => {
    commands.remove();
  });

  /** What is learnt of a stack with these outputs; without an edge, the CLI fails to tell it. */
  function lent(outputs: object, edge?: object) {
    const told = edge === undefined ? "exit 1" : `echo '${JSON.stringify(edge)}'`;
    commands.add(
      "pulumi",
      `case "$1 $3" in "version ") echo v3.256.0;; "stack edge") ${told};; *) echo '${JSON.stringify(outputs)}';; esac`,
    );
    const step = async <T>(_title: string, work: () => Promise<T> | T) => work();
    return lentBy("dev", { env: { PULUMI_BACKEND_URL: "file:///states" }, folder: "/", step });
  }

  it("tells how its cluster is reached, and where its way in is", async () => {
    const { kubeconfig, address } = await lent(DOKS, { className: "public", address: { ip: "203.0.113.7" } });
    assert.deepStrictEqual(
      [kubeconfig.getCurrentCluster()?.server, address],
      ["https://cluster.example", "203.0.113.7"],
    );
  });

  it("need not tell an address: the way in may be one that was there before it", async () => {
    assert.deepStrictEqual((await lent(DOKS, { className: "nginx" })).address, undefined);
  });

  it("has to be deployed with a way in", async () => {
    await assert.rejects(lent(DOKS), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /^The stack "dev" has no way in yet that review apps could share: deploy it/);
      return true;
    });
  });

  it("has to be deployed at all", async () => {
    await assert.rejects(lent({}), {
      name: "UserError",
      message: /^The stack "dev" has no outputs: nothing is deployed/,
    });
  });
});
