import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Emulator } from "../../local/digitalocean/emulator";
import { prepareCli, type PulumiCli } from "../../local/engine/cli";
import { readLocks } from "../../local/engine/lock";
import { preparePlugins, type Plugins } from "../../local/engine/plugins";
import { openStack, type OpenStack } from "../../local/engine/stack";
import { stepPrinter } from "../../local/steps";
import { bareAccount, bareProgram, recoverLines, TOKEN, WRITTEN } from "../support/bareStack";
import { eventually } from "../support/cluster";
import { descendants } from "../support/processes";
import { SilentProxy } from "../support/silentProxy";

/** At once; what has ended by itself meanwhile is as good. */
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, "ESRCH");
  }
}

describe("an up that is killed while it creates", () => {
  const home = mkdtempSync(join(tmpdir(), "flask-doks-recovery-"));
  const notes: string[] = [];
  let emulator: Emulator;
  let proxy: SilentProxy;
  let cli: PulumiCli;
  let plugins: Plugins;
  let api: Record<string, string>;

  const open = (protect = true): Promise<OpenStack> =>
    openStack({
      stack: "killed",
      home,
      overrides: {},
      secrets: [],
      env: plugins.env,
      cli,
      note: (text) => notes.push(text),
      recovery: { pollMs: 200 },
      program: bareProgram("killed", protect),
    });

  /** Begins an `up` and kills the engine, with the providers that it started, once `moment` has come. */
  const killUp = async (moment: () => boolean): Promise<void> => {
    const ended = (await open()).up().then(
      () => "done",
      () => "killed",
    );
    await eventually("the moment", 60, () => Promise.resolve(moment()), Boolean);
    const [lock] = await readLocks(join(home, "state"), "flask-doks", "killed");
    assert.ok(lock !== undefined, "no run holds the stack");
    for (const pid of descendants(lock.pid)) kill(pid);
    assert.equal(await ended, "killed");
    notes.length = 0;
  };

  before(async () => {
    const { step } = stepPrinter();
    emulator = await bareAccount({ provisioningSeconds: { cluster: 3600 } });
    proxy = await SilentProxy.start(emulator.url);
    api = { DIGITALOCEAN_TOKEN: TOKEN, DIGITALOCEAN_API_URL: proxy.url };
    cli = await prepareCli(step);
    plugins = await preparePlugins(cli, step, { names: ["digitalocean"], env: api });
    console.log(`    ${plugins.summary}`);
  });
  after(async () => {
    plugins.stop();
    await proxy.stop();
    await emulator.stop();
    rmSync(home, { recursive: true });
  });

  for (const [kind, path] of [
    ["vpc", /^\/v2\/vpcs$/],
    ["registry", /^\/v2\/registr(y|ies)$/],
    ["domain", /^\/v2\/domains$/],
    ["record", /^\/v2\/domains\/[^/]+\/records$/],
  ] as const) {
    it(`a ${kind} that it had not heard of again is found by the next run`, async () => {
      proxy.silenced = { method: "POST", path };
      await killUp(() => proxy.silenced === undefined);
      assert.equal(emulator.inventory[kind].length, 1);
    });
  }

  it("npm run recover tells what it would do, and does it when told to", async () => {
    const run = (...args: string[]) => recoverLines("killed", { home, env: plugins.env }, ...args);
    const id = emulator.inventory.record[0]?.id ?? "";
    const looked = [
      'The last run on the stack "killed" was killed; its lock is still there.',
      `DnsRecord record: it is there (${id}).`,
      "Nothing was changed. To write the state: npm run recover -- killed --yes",
    ];
    assert.deepEqual(await run(), looked);
    assert.deepEqual(await run(), looked);
    assert.deepEqual(await run("--yes"), [
      'The last run on the stack "killed" was killed; taking over its lock.',
      `DnsRecord record: it is there (${id}).`,
      WRITTEN,
    ]);
    assert.deepEqual(await run(), [
      'The stack "killed" has nothing left open, and of what it would create nothing is there by name.',
    ]);
  });

  it("a cluster that is still being made is waited for, and is not made twice", async () => {
    await killUp(() => emulator.inventory.cluster.length === 1);
    const made = emulator.inventory.cluster.map(({ id }) => id);
    const up = (await open()).up();
    await eventually(
      "the wait",
      60,
      () => Promise.resolve(notes.join("\n")),
      (text) => text.includes("still making"),
    );
    await emulator.clock.advance({ hours: 1 });
    const { outputs } = await up;
    assert.equal(outputs["cluster"]?.value, made[0]);
    assert.equal(outputs["endpoint"]?.value, "https://127.0.0.1:1");
    assert.deepEqual(
      emulator.inventory.cluster.map(({ id, state }) => `${id} ${state}`),
      made.map((id) => `${id} running`),
    );
  });

  it("in the end everything is there once, and a preview finds nothing to do", async () => {
    const { cluster, vpc, registry, domain, record } = emulator.inventory;
    assert.deepEqual(
      [cluster, vpc, registry, domain, record].map(({ length }) => length),
      [1, 1, 1, 1, 1],
    );
    assert.deepEqual((await (await open()).preview()).changes, []);
    assert.deepEqual(emulator.violations, []);
  });

  it("what was recovered has its parent, its protection and what the vendor alone knows", () => {
    const { checkpoint } = JSON.parse(
      readFileSync(join(home, "state", ".pulumi", "stacks", "flask-doks", "killed.json"), "utf8"),
    ) as { checkpoint: { latest: { resources: Record<string, unknown>[]; pending_operations?: unknown[] } } };
    const { resources, pending_operations: pending } = checkpoint.latest;
    assert.deepEqual(pending ?? [], []);
    const cluster = resources.find(({ type }) => type === "digitalocean:index/kubernetesCluster:KubernetesCluster");
    assert.match(cluster?.["parent"] as string, /flask-doks:test:Environment::environment$/);
    assert.equal(cluster?.["protect"], true);
    assert.equal(cluster["refreshBeforeUpdate"], undefined);
    const outputs = cluster["outputs"] as Record<string, unknown>;
    assert.equal(outputs["destroyAllAssociatedResources"], false);
    assert.equal(outputs["status"], "running");
    assert.deepEqual(Object.keys(outputs["kubeConfigs"] as object).sort(), [
      "4dabf18193072939515e22adb298388d",
      "ciphertext",
    ]);
  });

  it("destroy names what is protected, and deletes nothing", async () => {
    const before = JSON.stringify(emulator.inventory);
    await assert.rejects((await open()).destroy(), {
      message: [
        'The stack "killed" is not destroyed, and nothing was deleted: these resources are protected.',
        "  KubernetesCluster cluster",
        "To take them down as well, and their data: pulumi config set flask-doks:dataPolicy delete",
        'then "pulumi up", then "pulumi destroy" (docs/runbook.md, "Taking a production stack down").',
      ].join("\n"),
    });
    assert.equal(JSON.stringify(emulator.inventory), before);
  });

  it("once unprotected everything can be destroyed", async () => {
    await (await open(false)).up();
    await (await open(false)).destroy();
    const { cluster, vpc, registry, domain, record } = emulator.inventory;
    assert.deepEqual([cluster, vpc, registry, domain, record].flat(), []);
  });
});
