import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Emulator } from "../../local/digitalocean/emulator";
import { prepareCli, type PulumiCli } from "../../local/engine/cli";
import { preparePlugins, type Plugins } from "../../local/engine/plugins";
import { openStack, type OpenStack } from "../../local/engine/stack";
import { StateCli } from "../../local/engine/stateCli";
import { stepPrinter } from "../../local/steps";
import { bareAccount, bareProgram, recoverLines, TOKEN, WRITTEN } from "../support/bareStack";

/** Longer than what is made in the same moment is taken for the run's own. */
const EARLIER_MS = 5_000;

/** An account and a stack for the tests around the call. */
function fresh(stack: string) {
  const home = mkdtempSync(join(tmpdir(), `flask-doks-${stack}-`));
  const notes: string[] = [];
  let emulator: Emulator | undefined;
  let plugins: Plugins | undefined;
  let cli: PulumiCli | undefined;
  before(async () => {
    const { step } = stepPrinter();
    emulator = await bareAccount();
    cli = await prepareCli(step);
    const env = { DIGITALOCEAN_TOKEN: TOKEN, DIGITALOCEAN_API_URL: emulator.url };
    plugins = await preparePlugins(cli, step, { names: ["digitalocean"], env });
    console.log(`    ${plugins.summary}`);
  });
  after(async () => {
    plugins?.stop();
    await emulator?.stop();
    rmSync(home, { recursive: true });
  });
  const begun = <T>(value: T | undefined): T => value ?? assert.fail("not begun");
  return {
    notes,
    get emulator() {
      return begun(emulator);
    },
    /** Ids of what the state has of DigitalOcean's, by type. */
    get state() {
      const file = join(home, "state", ".pulumi", "stacks", "flask-doks", `${stack}.json`);
      const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as {
        checkpoint: { latest: { resources?: { type: string; id?: string; outputs?: Record<string, unknown> }[] } };
      };
      const resources = checkpoint.latest.resources ?? [];
      return resources.filter(({ type }) => type.startsWith("digitalocean:"));
    },
    evidence: () => existsSync(join(home, "work", `failedCreates.${stack}.json`)),
    /** The stack as a process of its own would open it. */
    open: (): Promise<OpenStack> =>
      openStack({
        stack,
        home,
        overrides: {},
        secrets: [],
        env: begun(plugins).env,
        cli: begun(cli),
        note: (text) => notes.push(text),
        recovery: { pollMs: 200 },
        program: bareProgram(stack, false),
      }),
    /** Takes everything out of the state and leaves it where it is. */
    forget: async () => {
      const env = {
        PULUMI_BACKEND_URL: `file://${join(home, "state")}`,
        PULUMI_CONFIG_PASSPHRASE_FILE: join(home, "passphrase"),
      };
      const state = new StateCli({ cli: begun(cli).path, folder: join(home, "work"), env, stack });
      const { version, deployment } = await state.export();
      await state.import({ version, deployment: { ...deployment, resources: [] } });
    },
    recover: (...args: string[]) => recoverLines(stack, { home, env: begun(plugins).env, protect: false }, ...args),
  };
}

const LOOKING = "The last up failed to create 1 resource(s); looking whether they are there all the same.";

describe("an up whose create failed and had its effect", () => {
  const account = fresh("failed");
  const CASES = [
    ["vpc", "Vpc", "POST", /^\/v2\/vpcs$/, /Name must be unique/],
    ["registry", "ContainerRegistry", "POST", /^\/v2\/registr(y|ies)$/, /name already exists/],
    ["cluster", "KubernetesCluster", "POST", /^\/v2\/kubernetes\/clusters$/, /a cluster with this name already exists/],
  ] as const;
  for (const [kind, name, method, path, message] of CASES) {
    it(`fails at the ${kind}'s name, as the provider asks twice when the connection is cut`, async () => {
      account.emulator.faults.add({ match: { method, path }, kind: "cut", times: 1 });
      await assert.rejects((await account.open()).up(), { message });
      assert.equal(account.emulator.inventory[kind].length, 1);
      assert.ok(account.evidence());
    });
    it(`is gone on with: the next up takes the ${kind} in`, async () => {
      account.notes.length = 0;
      // The next case's fault, so that each up ends where the next one begins.
      const next = CASES[CASES.findIndex(([each]) => each === kind) + 1];
      const [made] = account.emulator.inventory[kind];
      const id = kind === "registry" ? "flask-doks-failed" : (made?.id ?? "");
      if (next !== undefined) {
        const [, , , nextPath] = next;
        const stop = account.emulator.faults.add({ match: { method: "POST", path: nextPath }, kind: 422, times: 1 });
        await assert.rejects((await account.open()).up(), { message: /the request could not be processed/ });
        stop();
      } else await (await account.open()).up();
      const status = kind === "cluster" ? ", running" : "";
      assert.deepEqual(account.notes, [LOOKING, `${name} ${kind}: it is there (${id}${status}).`]);
      assert.equal(account.emulator.inventory[kind].length, 1);
      assert.equal(account.state.find(({ type }) => type.endsWith(`:${name}`))?.id, id);
    });
  }

  it("ends with one of each, and a preview finds nothing to do", async () => {
    const { cluster, vpc, registry, domain, record } = account.emulator.inventory;
    assert.deepEqual(
      [cluster, vpc, registry, domain, record].map(({ length }) => length),
      [1, 1, 1, 1, 1],
    );
    assert.ok(!account.evidence());
    assert.deepEqual((await (await account.open()).preview()).changes, []);
    const { outputs = {} } = account.state.find(({ type }) => type.endsWith(":KubernetesCluster")) ?? {};
    assert.deepEqual(Object.keys(outputs["kubeConfigs"] as object).sort(), [
      "4dabf18193072939515e22adb298388d",
      "ciphertext",
    ]);
  });

  it("a destroy right after a failed up deletes what that one has made", async () => {
    await (await account.open()).destroy();
    const [, , method, path] = CASES[0];
    account.emulator.faults.add({ match: { method, path }, kind: "cut", times: 1 });
    await assert.rejects((await account.open()).up());
    assert.equal(account.emulator.inventory.vpc.length, 1);
    await (await account.open()).destroy();
    const { cluster, vpc, registry, domain, record } = account.emulator.inventory;
    assert.deepEqual([cluster, vpc, registry, domain, record].flat(), []);
  });

  it("a create that was refused and had no effect is simply done again", async () => {
    const [, , method, path] = CASES[0];
    account.emulator.faults.add({ match: { method, path }, kind: 422, times: 1 });
    await assert.rejects((await account.open()).up());
    account.notes.length = 0;
    await (await account.open()).up();
    assert.deepEqual(account.notes, [LOOKING, "Vpc vpc: it was never made."]);
    assert.equal(account.emulator.inventory.vpc.length, 1);
  });

  it("a cluster for which the provider would not wait to the end is taken in as well", async () => {
    await (await account.open()).destroy();
    const path = /^\/v2\/kubernetes\/clusters\/[^/]+$/;
    account.emulator.faults.add({ match: { method: "GET", path }, kind: 422, times: 1 });
    await assert.rejects((await account.open()).up(), { message: /the request could not be processed/ });
    const ids = account.emulator.inventory.cluster.map(({ id }) => id);
    assert.equal(ids.length, 1);
    const { outputs } = await (await account.open()).up();
    assert.deepEqual([outputs["cluster"]?.value], ids);
    assert.deepEqual(
      account.emulator.inventory.cluster.map(({ id }) => id),
      ids,
    );
  });
});

describe("a name that somebody else's VPC has", () => {
  const account = fresh("taken");
  let id = "";

  before(async () => {
    const answer = await fetch(`${account.emulator.url}/v2/vpcs`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ name: "flask-doks-taken", region: "fra1", ip_range: "10.20.0.0/20" }),
    });
    ({ id } = ((await answer.json()) as { vpc: { id: string } }).vpc);
    await sleep(EARLIER_MS);
  });

  it("makes every up fail with the vendor's message, and the VPC is left alone", async () => {
    for (let run = 1; run <= 3; run++) {
      await assert.rejects((await account.open()).up(), { message: /A VPC network with this name already exists/ });
    }
    console.log(`      ${account.notes.join("\n      ")}`);
    assert.equal(account.notes.filter((note) => note.includes("it is left alone")).length, 2);
    assert.deepEqual(
      account.state.filter((each) => each.id === id),
      [],
    );
  });

  it("npm run recover lists it, and takes it into the state only with --yes", async () => {
    const made = /^Vpc vpc: not in the state, but there is one of its name \([0-9a-f-]{36}, made .* UTC\)\.$/;
    for (let run = 1; run <= 2; run++) {
      const [line = "", ...rest] = await account.recover();
      assert.match(line, made);
      assert.ok(line.includes(id));
      assert.deepEqual(rest, [
        "Be sure that what is not in the state is in no other, such as a colleague's: both would change and delete it.",
        "Nothing was changed. To write the state: npm run recover -- taken --yes",
      ]);
      assert.deepEqual(
        account.state.filter((each) => each.id === id),
        [],
      );
    }
    const [line = "", ...rest] = await account.recover("--yes");
    assert.match(line, made);
    assert.deepEqual(rest, [WRITTEN]);
    assert.deepEqual(
      account.state.map((each) => each.id),
      [id],
    );
  });

  it("the next up goes on with it", async () => {
    await (await account.open()).up();
    assert.deepEqual(
      account.emulator.inventory.vpc.map((vpc) => vpc.id),
      [id],
    );
    assert.deepEqual((await (await account.open()).preview()).changes, []);
    assert.deepEqual(account.emulator.violations, []);
  });
});

describe("a state that was lost", () => {
  const account = fresh("lost");

  it("is found again by name, with its component and provider, by npm run recover --yes", async () => {
    await (await account.open()).up();
    const { cluster, vpc } = account.emulator.inventory;
    const before = [cluster[0]?.id, vpc[0]?.id];
    await account.forget();
    const lines = await account.recover("--yes");
    const named = lines.filter((line) => line.includes("not in the state, but there is one of its name"));
    assert.deepEqual([named.length, lines.length, lines.at(-1)], [5, 6, WRITTEN]);
    await (await account.open()).up();
    const { inventory } = account.emulator;
    assert.deepEqual([inventory.cluster[0]?.id, inventory.vpc[0]?.id], before);
    assert.deepEqual((await (await account.open()).preview()).changes, []);
    assert.deepEqual(
      [inventory.cluster, inventory.vpc, inventory.registry, inventory.domain, inventory.record].map(
        (all) => all.length,
      ),
      [1, 1, 1, 1, 1],
    );
  });
});
