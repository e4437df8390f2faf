import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { UserError } from "../../../../local/steps";
import { renderCommand } from "../../../../scripts/render/renderCommand";
import { ROOT } from "../../../support/stackFiles";
import { BROKEN, EVERYTHING, SMALL, withStacks } from "./stacks";

/** What the command prints, or the sentence that it ends with. */
async function render(folder: string, ...args: string[]): Promise<{ out: string; err: string }> {
  try {
    return { out: await renderCommand(args, folder), err: "" };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { out: "", err: error.message };
  }
}

const labels = `  labels:
    app.kubernetes.io/component: web
    app.kubernetes.io/managed-by: pulumi
    app.kubernetes.io/name: hello
    app.kubernetes.io/part-of: hello
`;

/** What a checkout holds besides its program. */
const NO_PROGRAM = /^(\..*|node_modules|tests|local|scripts|docs|app|template|Pulumi\..+)$/;

describe("npm run render", () => {
  it("prints the other resources as comments, then the objects, each in a place of its own", async () => {
    const { out } = await withStacks({ small: SMALL }, (folder) => render(folder, "small"));
    const [table = "", ...objects] = out.split("---\n");
    assert.deepStrictEqual(table.split("\n"), [
      '# Stack "small": 10 Kubernetes objects, 1 other resource',
      "#",
      "# type                   name              details",
      `# ${"─".repeat(118)}`,
      "# random:RandomPassword  hello-secret-key  64 characters",
      "",
    ]);
    assert.deepStrictEqual(
      objects.map((text) => /^kind: (.*)\nmetadata:\n {2}name: (.*)$/m.exec(text)?.slice(1).join(" ")),
      [
        "Namespace hello",
        "ConfigMap hello-config-00000000",
        "Deployment hello",
        "NetworkPolicy allow-dns",
        "NetworkPolicy allow-requests",
        "NetworkPolicy deny-all",
        "PodDisruptionBudget hello",
        "Secret hello-secrets-00000000",
        "Service hello",
        "ServiceAccount hello",
      ],
    );
    assert.deepStrictEqual(
      [objects[1], objects[7], objects[9]],
      [
        `apiVersion: v1
kind: ConfigMap
metadata:
  name: hello-config-00000000
  namespace: hello
${labels}data:
  APP_ENV: production
  COOKIE_SECURE: "false"
  TRUSTED_PROXIES: "0"
immutable: true
`,
        `apiVersion: v1
kind: Secret
metadata:
  name: hello-secrets-00000000
  namespace: hello
${labels}immutable: true
stringData:
  SECRET_KEY: (secret)
type: Opaque
`,
        `apiVersion: v1
kind: ServiceAccount
metadata:
  name: hello
  namespace: hello
${labels}automountServiceAccountToken: false
`,
      ],
    );
  });

  it("prints YAML as a whole, whose table fits 120 columns", async () => {
    const { out } = await withStacks({ everything: EVERYTHING }, (folder) => render(folder, "everything"));
    const documents = parseAllDocuments(out);
    assert.deepStrictEqual(
      documents.flatMap(({ errors }) => errors),
      [],
    );
    const comments = out.split("\n").filter((line) => line.startsWith("#"));
    assert.deepStrictEqual(
      comments.filter((line) => line.length > 120),
      [],
    );
    for (const line of [
      /^# KubernetesCluster +\S+ +protected, fra1, 2–4 × s-2vcpu-4gb,\n# +1\.\d+\.\d+-do\.\d, ha$/m,
      /^# DatabaseFirewall +\S+ +lets in k8s \(known after up\)$/m,
      /^# DatabaseReplica +shop-database-managed-mysql-replica-1 +db-s-1vcpu-1gb, fra1$/m,
      /^# DnsRecord +\S+-www\.example\.com +www A \(known after up\), TTL 300 s$/m,
      /^# docker:Image +blog-image +blog:[0-9a-f]{12}, linux\/amd64$/m,
      /^# helm:Release +\S+-traefik +traefik \S+, in ingress$/m,
      /^# random:RandomPassword +blog-database-mysql-password-even +32 characters, of version 2$/m,
    ]) {
      assert.match(comments.join("\n"), line);
    }
  });

  it("writes both into a folder that it makes", async () => {
    await withStacks({ small: SMALL }, async (folder) => {
      const out = join(folder, "a", "b");
      const { out: said } = await render(folder, "small", "--out", out);
      assert.deepStrictEqual(said, `Wrote ${out}/kubernetes.yaml, 10 objects, and ${out}/cloud.txt.\n`);
      assert.deepStrictEqual(readdirSync(out).sort(), ["cloud.txt", "kubernetes.yaml"]);
      const [table = "", ...objects] = (await render(folder, "small")).out.split("---\n");
      assert.deepStrictEqual(readFileSync(join(out, "kubernetes.yaml"), "utf8"), objects.join("---\n"));
      assert.deepStrictEqual(readFileSync(join(out, "cloud.txt"), "utf8"), table.replace(/^# ?/gm, ""));
    });
  });

  it("runs the program of another checkout, which need not have any packages", async () => {
    await withStacks({}, async (folder) => {
      const checkout = join(folder, "checkout");
      mkdirSync(checkout);
      for (const name of readdirSync(ROOT).filter((each) => !NO_PROGRAM.test(each))) {
        cpSync(join(ROOT, name), join(checkout, name), { recursive: true });
      }
      await withStacks({ small: SMALL }, async (stacks) => {
        cpSync(join(stacks, "Pulumi.small.yaml"), join(checkout, "Pulumi.small.yaml"));
        const [own, other] = [await render(stacks, "small"), await render(folder, "small", "--cwd", checkout)];
        assert.deepStrictEqual(other, own);
      });
    });
  });

  const mistakes: [string, string[], RegExp][] = [
    ["no stack", [], /^Which stack\? There are: broken, small\. For example: npm run render -- dev$/],
    ["two stacks", ["small", "broken"], /^Which stack\? /],
    ["an unknown stack", ["prod"], /^There is no Pulumi\.prod\.yaml here\. There are: broken, small\.$/],
    [
      "all that is wrong in a stack file, as the program does",
      ["broken"],
      /^Pulumi\.broken\.yaml has 3 problems:\n {2}apps\[0\]\.replica: unknown key[^\n]*\n {2}apps\[0\]\.[^\n]*\n {2}registry\.password: is in clear; [^\n]*$/,
    ],
    ["a folder that is no checkout", ["small", "--cwd", "/"], /^--cwd \/: is no checkout of this project, .*\.$/],
    ["two ways to write", ["small", "--out", "a", "--chart", "b"], /^--chart and --out do not go together: /],
  ];
  for (const [what, args, message] of mistakes) {
    it(`tells of ${what}`, async () => {
      const { out, err } = await withStacks({ small: SMALL, broken: BROKEN }, (folder) => render(folder, ...args));
      assert.deepStrictEqual(out, "");
      assert.match(err, message);
    });
  }

  it("has a page of help", async () => {
    assert.match((await render("/", "--help")).out, /^npm run render -- <stack> \[options\]\n/);
  });
});
