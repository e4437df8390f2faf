import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rotateCommand } from "../../../../scripts/rotate/rotateCommand";
import { FakeCommands } from "../../../support/fakeCommands";
import { refusedWith } from "./refused";
import { FULL, LEAST, OWN } from "./stacks";

describe("npm run rotate", () => {
  let folder: string;
  let commands: FakeCommands;
  let typed: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rotate-"));
    commands = new FakeCommands();
    typed = "a new value";
    write("prod", FULL);
  });
  afterEach(() => {
    commands.remove();
    rmSync(folder, { recursive: true });
  });

  const path = (stack: string) => join(folder, `Pulumi.${stack}.yaml`);
  const write = (stack: string, text: string) => {
    writeFileSync(path(stack), text);
  };
  const rotate = (...args: string[]): Promise<string> =>
    rotateCommand(args, {
      folder,
      ask: () => Promise.resolve(typed),
      cli: () => Promise.resolve(join(commands.folder, "pulumi")),
    });

  const refused = (message: string | RegExp, ...args: string[]): Promise<void> =>
    refusedWith(message, path("prod"), () => rotate(...args));

  it("lists every secret of a stack, its number and the one command that changes it", async () => {
    assert.deepStrictEqual((await rotate("prod")).split("\n"), [
      'Secrets of the stack "prod", and the one command that changes each',
      "",
      "secret                   version  what it is, and where",
      "─".repeat(100),
      "registry                 4        credentials that push and pull images: at DigitalOcean, in the state and in a Secret of each app",
      "                                  npm run rotate -- prod registry",
      "blog.secret-key          2        signs blog's sessions: SECRET_KEY of its pods, and in the state",
      "                                  npm run rotate -- prod blog.secret-key",
      "blog.database            1        passwords of blog's database, root's and the app's: in MySQL, in its Secret and in the state",
      "                                  npm run rotate -- prod blog.database",
      "blog.spare-database      3        user and password of the database beside blog's: at DigitalOcean, in a Secret and in the state",
      "                                  npm run rotate -- prod blog.spare-database",
      "blog.cache               1        passwords of blog's Redis, the app's and the replicas': in a Secret and in the state",
      "                                  npm run rotate -- prod blog.cache",
      "blog.secrets.STRIPE_KEY  set      STRIPE_KEY of blog's pods: in the stack file and in the state",
      "                                  npm run rotate -- prod blog.secrets.STRIPE_KEY",
      "blog.certificate         -        certificate of blog's hosts, and its key: in a Secret. cert-manager renews both in time",
      `                                  kubectl --namespace blog patch certificate blog-tls --subresource status --type json --patch '[{"op":"add","path":"/status/conditions/-","value":{"type":"Issuing","status":"True","reason":"ManuallyTriggered","message":"Asked for by hand"}}]'`,
      "shop.secret-key          1        signs shop's sessions: SECRET_KEY of its pods, and in the state",
      "                                  npm run rotate -- prod shop.secret-key",
      "shop.cache               1        passwords of shop's Redis, the app's and the replicas': in a Secret and in the state",
      "                                  npm run rotate -- prod shop.cache",
      "backup.key               set      encrypts the backups: in the stack file, in the state, in a Secret of each app and where you keep it",
      "                                  npm run rotate -- prod backup.key",
      "backup.spaces-key        -        opens the Space of the backups: at DigitalOcean, in the state and in a Secret of each app",
      "                                  npx pulumi up --stack prod --replace 'urn:pulumi:prod::flask-doks::flask-doks:data:BackupStore$digitalocean:index/spacesKey:SpacesKey::flask-doks-prod-key'",
      "tls.dnsToken             set      token that writes the records of certificates: in the stack file, in the state and in a Secret",
      "                                  npm run rotate -- prod tls.dnsToken",
      "acme-account             -        key of the account at the certificates' issuer: in a Secret",
      "                                  kubectl --namespace cert-manager delete secret letsencrypt-account",
      "api-token                -        DIGITALOCEAN_TOKEN: where you keep it, and in CI. In no file and no state",
      "                                  read -rs DIGITALOCEAN_TOKEN && export DIGITALOCEAN_TOKEN",
      "kubeconfig               -        the way to the cluster: an output of the stack. It holds no token, and asks for one each time",
      "                                  none: it goes by api-token",
      "state-keys               -        key pair of the Space with the state: where you keep it, and in CI. None with other backends",
      "                                  read -r AWS_ACCESS_KEY_ID && read -rs AWS_SECRET_ACCESS_KEY && export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY",
      "passphrase               -        opens the secrets of the stack file and of the state: in the file PULUMI_CONFIG_PASSPHRASE_FILE, and in CI",
      "                                  npx pulumi stack change-secrets-provider passphrase --stack prod",
      "",
      "version: the number in the stack file. set: given in the stack file, encrypted. -: not of the stack file.",
      "",
    ]);
    assert.deepStrictEqual(readFileSync(path("prod"), "utf8"), FULL);
  });

  const numbers: [string, string, string][] = [
    ["registry", "rotation: 4", "rotation: 5"],
    ["blog.secret-key", "secretKeyVersion: 2", "secretKeyVersion: 3"],
    ["blog.database", "database: mysql #", "database: { kind: mysql, passwordVersion: 2 } #"],
    ["blog.spare-database", "passwordVersion: 3", "passwordVersion: 4"],
    ["blog.cache", "persistence: volume }", "persistence: volume, passwordVersion: 2 }"],
    ["shop.cache", "replicas: 0 }", "replicas: 0, passwordVersion: 2 }"],
    ["shop.secret-key", "replicas: 0 } }", "replicas: 0 }, secretKeyVersion: 2 }"],
  ];
  for (const [name, before, after] of numbers) {
    it(`raises the number of ${name} in the stack file, and changes nothing else there`, async () => {
      await rotate("prod", name);
      assert.deepStrictEqual(readFileSync(path("prod"), "utf8"), FULL.replace(before, after));
      assert.deepStrictEqual(readdirSync(folder), ["Pulumi.prod.yaml"]);
    });
  }

  it("says what has changed, what comes next, what users notice and what to do when it fails", async () => {
    assert.deepStrictEqual((await rotate("prod", "blog.database")).split("\n"), [
      "Pulumi.prod.yaml has changed.",
      "",
      "line 12",
      "-       database: mysql # small",
      "+       database: { kind: mysql, passwordVersion: 2 } # small",
      "",
      "Next:",
      "  git commit Pulumi.prod.yaml",
      "  npx pulumi up --stack prod",
      "Back, before the up, in Pulumi.prod.yaml:",
      "  line 12",
      "  -       database: { kind: mysql, passwordVersion: 2 } # small",
      "  +       database: mysql # small",
      "",
      "What users notice: Nothing: the server takes both passwords until the pods have rolled. Run this command once for each up, no more: the server knows no password but the one before.",
      "If it fails: The old passwords hold until the end. Run the up again.",
      "",
    ]);
  });

  it("raises the number by two when it is run twice, so that a key that leaked is thrown out", async () => {
    await rotate("prod", "blog.secret-key");
    await rotate("prod", "blog.secret-key");
    assert.match(readFileSync(path("prod"), "utf8"), /secretKeyVersion: 4\n/);
  });

  /** Has git know the stack file as it is now. */
  const commit = () => {
    writeFileSync(join(commands.folder, "committed"), readFileSync(path("prod"), "utf8"));
    commands.add("git", `cat '${join(commands.folder, "committed")}'`);
  };

  it("raises the number of a MySQL's passwords once for each commit, for a server knows only the one before", async () => {
    commit();
    await rotate("prod", "blog.database");
    await refused(
      "blog.database goes up by one for each up: the server knows no password but the one before. " +
        "It is 2 here, and 1 in the last commit.\n" +
        "Commit and deploy 2 first. When it is deployed already, and not committed: npm run rotate -- prod blog.database --yes\n" +
        "Nothing was changed.",
      "prod",
      "blog.database",
    );
    assert.deepStrictEqual(commands.lines(), Array(2).fill("git show HEAD:./Pulumi.prod.yaml"));
    commit();
    await rotate("prod", "blog.database");
    await rotate("prod", "blog.database", "--yes");
    assert.match(readFileSync(path("prod"), "utf8"), /kind: mysql, passwordVersion: 4 \}/);
  });

  it("raises any other number as often as it is told to, and that one where no commit can be read", async () => {
    commit();
    for (const name of ["blog.secret-key", "blog.secret-key", "blog.spare-database", "blog.spare-database"]) {
      await rotate("prod", name);
    }
    assert.deepStrictEqual(commands.calls(), []);
    commands.add("git", "echo 'config: ['");
    await rotate("prod", "blog.database");
    await rotate("prod", "blog.database");
    assert.match(
      readFileSync(path("prod"), "utf8"),
      /secretKeyVersion: 4\n {6}database: \{ kind: mysql, passwordVersion: 3 \}[^]*passwordVersion: 5\n/,
    );
  });

  it("adds the number where there is none, keeps the file's rights, and deploys a local stack by its own command", async () => {
    write("local", LEAST);
    chmodSync(path("local"), 0o600);
    const out = await rotate("local", "blog.secret-key");
    const after = LEAST.replace("nodePort }]", "nodePort, secretKeyVersion: 2 }]");
    assert.deepStrictEqual(readFileSync(path("local"), "utf8"), after);
    assert.deepStrictEqual(statSync(path("local")).mode & 0o777, 0o600);
    assert.match(out, /\n {2}npm run up:local\n/);
  });

  it("only shows with --dry-run what would change", async () => {
    assert.deepStrictEqual(
      await rotate("prod", "registry", "--dry-run"),
      "Pulumi.prod.yaml would change. Nothing was changed.\n\nline 3\n" +
        "-   flask-doks:registry: { kind: digitalocean, rotation: 4 }\n" +
        "+   flask-doks:registry: { kind: digitalocean, rotation: 5 }\n",
    );
    assert.deepStrictEqual(
      await rotate("prod", "tls.dnsToken", "--dry-run"),
      "Pulumi.prod.yaml would get a new value of flask-doks:tls.dnsToken. Nothing was changed.\n",
    );
    assert.deepStrictEqual(readFileSync(path("prod"), "utf8"), FULL);
  });

  const values: [string, string, string][] = [
    [FULL, "blog.secrets.STRIPE_KEY", "flask-doks:apps[0].secrets.STRIPE_KEY"],
    [FULL, "tls.dnsToken", "flask-doks:tls.dnsToken"],
    [OWN, "registry.password", "flask-doks:registry.password"],
    [OWN, "backup.secretAccessKey", "flask-doks:backup.secretAccessKey"],
  ];
  for (const [text, name, key] of values) {
    it(`has the Pulumi CLI encrypt a new ${name}, which is in no argument`, async () => {
      write("prod", text);
      commands.add("pulumi");
      const out = await rotate("prod", name);
      assert.deepStrictEqual(commands.calls(), [
        {
          line: ["pulumi", "config", "set", "--secret", "--path", key, "--stack", "prod", "--non-interactive"],
          input: "a new value",
        },
      ]);
      assert.match(
        out,
        new RegExp(`^Pulumi\\.prod\\.yaml has a new value of ${key.replace(/[[\]]/g, "\\$&")}, encrypted`),
      );
      assert.ok(
        out.includes(`\nBack, before the up, in Pulumi.prod.yaml: ${key} is to be { secure: v1:abc:def } again\n`),
      );
      assert.deepStrictEqual(out.includes("a new value\n"), false);
    });
  }

  it("changes the key of the backups only when it is said that the backups know the new one", async () => {
    commands.add("pulumi");
    await refused(
      /^A new key opens no backup that is there[^]*restic key passwd[^]*\nThen: npm run rotate -- prod backup\.key --yes\nNothing was changed\.$/,
      "prod",
      "backup.key",
    );
    assert.deepStrictEqual(commands.calls(), []);
    await rotate("prod", "backup.key", "--yes");
    assert.deepStrictEqual(commands.lines(), [
      "pulumi config set --secret --path flask-doks:backup.encryptionKey --stack prod --non-interactive",
    ]);
  });

  it("takes no empty value", async () => {
    commands.add("pulumi");
    typed = "";
    await refused("The new value is empty. Nothing was changed.", "prod", "tls.dnsToken");
    assert.deepStrictEqual(commands.calls(), []);
  });

  it("tells what the Pulumi CLI says when it takes no value", async () => {
    commands.add("pulumi", "echo 'error: incorrect passphrase' >&2; exit 255");
    await refused(
      "The Pulumi CLI did not take the new value of flask-doks:tls.dnsToken, and Pulumi.prod.yaml is as it was:\nerror: incorrect passphrase",
      "prod",
      "tls.dnsToken",
    );
  });

  it("tells the command that changes what the stack file does not hold, and changes nothing", async () => {
    assert.deepStrictEqual((await rotate("prod", "passphrase")).split("\n"), [
      "opens the secrets of the stack file and of the state: in the file PULUMI_CONFIG_PASSPHRASE_FILE, and in CI.",
      "",
      "The stack file does not hold it. What changes it:",
      "  npx pulumi stack change-secrets-provider passphrase --stack prod",
      "",
      "What users notice: Nothing. Then put it into that file, tell the others, and commit Pulumi.prod.yaml.",
      "If it fails: The old one holds until it ends well.",
      "",
    ]);
    assert.deepStrictEqual(readFileSync(path("prod"), "utf8"), FULL);
  });

  it("says how to change by hand what is written in a way that it cannot change", async () => {
    write(
      "prod",
      LEAST.replace("flask-doks:apps: [", "flask-doks:apps: '[")
        .replace("}]", "}]'")
        .replace(/\{ name.*\}/, JSON.stringify({ name: "blog", source: "app/blog", expose: "nodePort" })),
    );
    await refused(
      "Pulumi.prod.yaml is written in a way in which this command changes no number. Nothing was changed.\n" +
        "Write it there by hand, flask-doks:apps[0].secretKeyVersion being 2, or: npx pulumi config set --path 'flask-doks:apps[0].secretKeyVersion' 2 --stack prod",
      "prod",
      "blog.secret-key",
    );
  });
});
