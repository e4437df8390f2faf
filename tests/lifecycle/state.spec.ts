import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as random from "@pulumi/random";
import { prepareCli, type PulumiCli } from "../../local/engine/cli";
import { preparePlugins, type Plugins } from "../../local/engine/plugins";
import { openStack, type OpenStack, type StackOptions } from "../../local/engine/stack";
import { StateCli } from "../../local/engine/stateCli";
import { attempt } from "../../local/command";
import { stepPrinter } from "../../local/steps";
import { eventually } from "../support/cluster";
import { descendants } from "../support/processes";
import { S3Server } from "../support/s3Server";

const ROOT = join(__dirname, "..", "..");
const BUCKET = "team-state";
const LOCKS = ".pulumi/locks/organization/flask-doks/dev/";

describe("the state in object storage", () => {
  const folder = mkdtempSync(join(tmpdir(), "flask-doks-state-"));
  const passphraseFile = join(folder, "passphrase");
  const notes: string[] = [];
  let server: S3Server;
  let cli: PulumiCli;
  let plugins: Plugins;
  let backend: string;

  const locks = () => server.keys(BUCKET).filter((key) => key.startsWith(LOCKS));

  /** The stack as one member of the team has it. All know the passphrase. */
  const member = (name: string, options: Partial<StackOptions> = {}): Promise<OpenStack> =>
    openStack({
      stack: "dev",
      home: join(folder, name),
      backend,
      passphraseFile,
      overrides: {},
      secrets: [],
      env: { ...plugins.env, ...server.env },
      cli,
      note: (text) => notes.push(text),
      program: program(),
      ...options,
    });

  /** A program with one secret that begins once `gate` opens. */
  const program =
    (gate: Promise<unknown> = Promise.resolve()) =>
    async () => {
      await gate;
      return { password: new random.RandomPassword("database", { length: 24 }).result };
    };

  before(async () => {
    const { step } = stepPrinter();
    writeFileSync(passphraseFile, "the passphrase of the team\n", { mode: 0o600 });
    cli = await prepareCli(step);
    plugins = await preparePlugins(cli, step, { names: ["random"] });
    server = await S3Server.start({ buckets: [BUCKET] }, step);
    const { endpoint } = server;
    backend = `s3://${BUCKET}?endpoint=${endpoint}&region=us-east-1&use_path_style=true&request_checksum_calculation=when_supported`;
  });
  after(async () => {
    plugins.stop();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it("is made by the first up; another member's preview finds nothing to do", async () => {
    assert.deepEqual((await (await member("ann")).up()).changes.map(({ op, type }) => `${op} ${type}`).sort(), [
      "create pulumi:pulumi:Stack",
      "create random:index/randomPassword:RandomPassword",
    ]);
    assert.deepEqual((await (await member("ben")).preview()).changes, []);
  });

  it("is in the bucket and nowhere else, with its secrets encrypted", async () => {
    const { password } = await (await member("ann")).outputs();
    const value = password?.value as string;
    assert.equal(value.length, 24);
    assert.equal(password?.secret, true);
    const keys = server.keys(BUCKET);
    assert.ok(keys.includes(".pulumi/stacks/flask-doks/dev.json"), keys.join(", "));
    assert.ok(keys.some((key) => key.startsWith(".pulumi/history/")));
    assert.ok(!readdirSync(join(folder, "ann")).includes("state"));
    for (const secret of [value, "the passphrase of the team", server.secretAccessKey]) {
      assert.deepEqual(
        keys.filter((key) => server.read(BUCKET, key).includes(secret)),
        [],
      );
    }
  });

  it("two ups at once: the second stops and says who holds the lock, since when", async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const first = (await member("ann", { program: program(gate) })).up();
    await eventually(
      "a lock",
      30,
      () => Promise.resolve(locks().length),
      (count) => count === 1,
    );
    const { pid, timestamp } = JSON.parse(server.read(BUCKET, locks()[0] ?? "")) as { pid: number; timestamp: string };
    const since = new Date(timestamp).toLocaleTimeString("en-GB");
    await assert.rejects((await member("ben")).up(), {
      message: new RegExp(
        `^Another run on the stack "dev" is under way \\(\\w+, process ${pid}, since ${since}\\)\\. Wait until it ends\\.$`,
      ),
    });
    open();
    await first;
    assert.deepEqual(locks(), []);
    assert.deepEqual((await (await member("ben")).up()).changes, []);
  });

  it("a run that was killed on this machine leaves a lock, which the next run takes over", async () => {
    const before = descendants(process.pid);
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const killed = assert.rejects((await member("ann", { program: program(gate) })).up());
    await eventually(
      "a lock",
      30,
      () => Promise.resolve(locks().length),
      (count) => count === 1,
    );
    const { pid } = JSON.parse(server.read(BUCKET, locks()[0] ?? "")) as { pid: number };
    assert.ok(descendants(process.pid).includes(pid) && !before.includes(pid));
    process.kill(pid, "SIGKILL");
    open();
    await killed;
    assert.equal(locks().length, 1);
    notes.length = 0;
    assert.deepEqual((await (await member("ann")).up()).changes, []);
    assert.deepEqual(notes.slice(0, 1), ['The last run on the stack "dev" was killed; taking over its lock.']);
    assert.deepEqual(locks(), []);
  });

  it("the lock of another machine is explained, and can be taken away", async () => {
    const lock = { pid: 4711, username: "cleo", hostname: "laptop", timestamp: "2026-11-20T08:15:00Z" };
    server.write(BUCKET, `${LOCKS}0b6a.json`, JSON.stringify(lock));
    const stack = await member("ann");
    const day = new Date(lock.timestamp);
    const since = `${day.toLocaleDateString("en-CA")} ${day.toLocaleTimeString("en-GB")}`;
    await assert.rejects(stack.up(), {
      message:
        `Another run on the stack "dev" is under way (cleo, process 4711 on laptop, since ${since}). ` +
        'Wait until it ends. If it was killed there, its lock stays: take it away with "pulumi cancel dev".',
    });
    await stack.cancel();
    assert.deepEqual(locks(), []);
    assert.deepEqual((await stack.up()).changes, []);
  });

  it("moves there from files with pulumi stack export and import, secrets encrypted all the way", async () => {
    const local = await member("cleo", { stack: "moved", backend: undefined });
    await local.up();
    const before = (await local.outputs())["password"]?.value as string;
    const env = { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile, ...server.env };
    const work = { cli: cli.path, folder: join(folder, "cleo", "work"), stack: "moved" };
    const from = new StateCli({ ...work, env: { ...env, PULUMI_BACKEND_URL: `file://${folder}/cleo/state` } });
    const to = new StateCli({ ...work, env: { ...env, PULUMI_BACKEND_URL: backend } });
    const state = await from.export();
    assert.ok(!JSON.stringify(state).includes(before));
    assert.deepEqual(await to.locks(), []);
    await to.import(state);
    const moved = await member("cleo", { stack: "moved" });
    assert.deepEqual((await moved.preview()).changes, []);
    assert.equal((await moved.outputs())["password"]?.value, before);
  });

  it("npm run recover works there, and has nothing to do", async () => {
    const env = {
      ...server.env,
      PULUMI_BACKEND_URL: backend,
      PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile,
      DIGITALOCEAN_TOKEN: undefined,
    };
    // In a folder of its own: the CLI writes the salt of the secrets into the stack file that it finds.
    const work = join(folder, "ann", "work");
    const args = ["--import", "tsx", join(ROOT, "scripts", "recover.ts"), "dev", "--cwd", work];
    const { code, stdout, stderr } = await attempt(process.execPath, args, { cwd: ROOT, env });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /The stack "dev" has nothing left open\./);
  });

  it("is gone with the stack's resources after destroy", async () => {
    const { changes } = await (await member("ann")).destroy();
    assert.equal(changes.length, 2);
    const { checkpoint } = JSON.parse(server.read(BUCKET, ".pulumi/stacks/flask-doks/dev.json")) as {
      checkpoint: { latest?: { resources?: unknown[] } };
    };
    assert.deepEqual(checkpoint.latest?.resources ?? [], []);
  });

  it("a program that fails at a resource which others wait for ends, and says why", async () => {
    const failing = () => {
      const first = new random.RandomPassword("first", { length: 24 });
      const length = first.result.apply((): number => {
        throw new Error("the oven is cold");
      });
      const second = new random.RandomPassword("second", { length });
      const third = new random.RandomPassword("third", { length: 24 }, { dependsOn: second });
      return Promise.resolve({ password: third.result });
    };
    await assert.rejects((await member("ann", { program: failing })).up(), {
      message: /^The up of "dev" failed: .*the oven is cold/,
    });
  });
});
