import { deepStrictEqual, strictEqual } from "node:assert";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { mergeConfig, qualified, valueAt, withValueAt, writeSettings } from "../../../../local/engine/settings";

describe("Merged config", () => {
  it("merges maps and replaces everything else", () => {
    const base = { cluster: { kind: "existing", context: "a" }, apps: [{ name: "blog" }, { name: "guestbook" }] };
    const over = { cluster: { context: "b" }, apps: [{ name: "blog" }] };
    deepStrictEqual(mergeConfig(base, over), { cluster: { kind: "existing", context: "b" }, apps: [{ name: "blog" }] });
  });
  it("keeps a bare word as the kind when more is said about it", () => {
    deepStrictEqual(mergeConfig({ database: "mysql" }, { database: { storageGi: 1 } }), {
      database: { kind: "mysql", storageGi: 1 },
    });
  });
  it("puts the project's name before a key that has none", () => {
    strictEqual(qualified("flask-doks", "registry.password"), "flask-doks:registry.password");
    strictEqual(qualified("flask-doks", "digitalocean:token"), "digitalocean:token");
  });
  it("reads and writes values at paths through maps and lists", () => {
    const config = { "p:apps": [{ name: "blog", env: { A: "1" } }] };
    strictEqual(valueAt(config, "p:apps[0].env.A"), "1");
    strictEqual(valueAt(config, "p:apps[1].env.A"), undefined);
    deepStrictEqual(withValueAt(config, "p:apps[0].secrets.KEY", "x"), {
      "p:apps": [{ name: "blog", env: { A: "1" }, secrets: { KEY: "x" } }],
    });
  });
});

describe("A stack's work folder", () => {
  let folder: string;
  const options = () => ({
    repository: join(folder),
    home: join(folder, "home"),
    stack: "dev",
    overrides: { domain: "b.test" },
  });
  const read = () =>
    parse(readFileSync(join(folder, "home", "work", "Pulumi.dev.yaml"), "utf8")) as Record<string, unknown>;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "settings-"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: p\nruntime: nodejs\n");
    writeFileSync(join(folder, "Pulumi.dev.yaml"), "config:\n  p:domain: a.test\n  p:registry: { server: r }\n");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("holds the committed config with this machine's values over it, and leaves the committed file alone", async () => {
    await writeSettings({ ...options(), secrets: [] });
    deepStrictEqual(read()["config"], { "p:domain": "b.test", "p:registry": { server: "r" } });
    strictEqual(readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8").includes("b.test"), false);
  });
  it("makes a passphrase once, readable by this user alone", async () => {
    const { passphraseFile } = await writeSettings({ ...options(), secrets: [] });
    const first = readFileSync(passphraseFile ?? "", "utf8");
    await writeSettings({ ...options(), secrets: [] });
    strictEqual(readFileSync(passphraseFile ?? "", "utf8"), first);
    strictEqual(statSync(passphraseFile ?? "").mode & 0o777, 0o600);
  });
  it("keeps the salt and the ciphertext of a secret until its value changes, and never writes it in clear", async () => {
    const secrets = [{ path: "registry.password", value: "hunter2" }];
    const first = await writeSettings({ ...options(), secrets });
    deepStrictEqual(first.changedSecrets, [{ path: "p:registry.password", value: "hunter2" }]);
    strictEqual(JSON.stringify(read()).includes("hunter2"), false);
    const encrypted = "config:\n  p:registry: { password: { secure: cipher } }\nencryptionsalt: salt\n";
    writeFileSync(join(folder, "home", "work", "Pulumi.dev.yaml"), encrypted);
    await first.remember();

    const second = await writeSettings({ ...options(), secrets });
    deepStrictEqual(second.changedSecrets, []);
    deepStrictEqual(read()["encryptionsalt"], "salt");
    deepStrictEqual(valueAt(read()["config"] as never, "p:registry.password"), { secure: "cipher" });

    const third = await writeSettings({ ...options(), secrets: [{ path: "registry.password", value: "other" }] });
    strictEqual(third.changedSecrets.length, 1);
  });
  it("takes over the committed salt with the passphrase that it belongs to, and not with one of its own", async () => {
    writeFileSync(join(folder, "Pulumi.dev.yaml"), "config: {}\nencryptionsalt: of the team\n");
    await writeSettings({ ...options(), secrets: [] });
    strictEqual(read()["encryptionsalt"], undefined);

    const passphraseFile = join(folder, "passphrase");
    writeFileSync(passphraseFile, "the team's");
    await writeSettings({ ...options(), home: join(folder, "home"), secrets: [], passphraseFile });
    strictEqual(read()["encryptionsalt"], "of the team");
  });
});
