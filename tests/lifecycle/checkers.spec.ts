import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { parse } from "yaml";
import type { JsonObject } from "../../local/engine/stack";
import { stepPrinter } from "../../local/steps";
import { actionlint, kubernetesValidate, kubeScore } from "../support/checkers/checkers";
import { GUESTBOOK } from "../support/guestbook";
import { manifests, toYaml, type Manifest } from "../support/manifests";
import { deployProgram } from "../support/mocks";

/** Critical findings that stay, each with its reason; docs/decisions/0003-pods.md has them at length. */
const EXCEPTIONS: Record<string, string> = {
  "container-image-pull-policy: ImagePullPolicy is not set to Always":
    "every image is named by its digest: one that is on the node is the right one",
  "container-resources: CPU limit is not set": "a CPU limit slows requests down while the node idles",
  "container-security-context-user-group-id: The container is running with a low user ID":
    "999 is the user of the official images of MySQL and Redis",
  "container-security-context-user-group-id: The container running with a low group ID":
    "999 is the group of the official images of MySQL and Redis",
};

describe("everything that the local stack creates, with backups and with the guestbook", () => {
  const { step } = stepPrinter();
  const file = join(tmpdir(), `flask-doks-objects-${process.pid}.yaml`);
  let objects: Manifest[] = [];

  before(async () => {
    const text = readFileSync(join(__dirname, "..", "..", "Pulumi.local.yaml"), "utf8");
    const { config } = parse(text) as { config: Record<string, unknown> };
    const keys = Object.entries(config).map(([key, value]) => [key.replace("flask-doks:", ""), value]);
    // With all that belongs to a database.
    const backup = {
      kind: "s3",
      endpoint: "https://s3.example.com",
      bucket: "backups",
      accessKeyId: "S3KEY",
      secretAccessKey: "a secret of the test's own",
      encryptionKey: "an encryption key of the test's own",
    };
    const committed = Object.fromEntries(keys) as typeof config & { apps: JsonObject[] };
    const stack = { ...committed, apps: [...committed.apps, GUESTBOOK], backup };
    objects = manifests(await deployProgram({ stack: "local", config: stack, secretKeys: ["backup"] }));
    writeFileSync(file, toYaml(objects));
  });

  after(() => {
    rmSync(file, { force: true });
  });

  it("has no critical finding of kube-score but those whose reason is written here", async () => {
    const findings = await kubeScore(file, step);
    const found = findings.flatMap(({ check, summaries }) => summaries.map((summary) => `${check}: ${summary}`));
    assert.deepEqual([...new Set(found)].sort(), Object.keys(EXCEPTIONS).sort());
  });

  it("is valid, every field of it known, for kubernetes-validate", async () => {
    assert.deepEqual(await kubernetesValidate(file, step), { passed: objects.length, failed: [] });
    assert.ok(objects.length >= 50);
  });
});

describe("the workflows", () => {
  const { step } = stepPrinter();
  const folder = join(__dirname, "..", "..", ".github", "workflows");

  it("have no finding of actionlint, which does find what is wrong", async () => {
    const files = readdirSync(folder).map((name) => join(folder, name));
    assert.ok(files.length > 0);
    assert.deepEqual(await actionlint(files, step), []);

    const wrong = mkdtempSync(join(tmpdir(), "flask-doks-workflow-"));
    const file = join(wrong, "wrong.yml");
    writeFileSync(
      file,
      readFileSync(join(folder, "deploy.yml"), "utf8").replace("needs: plan-prod", "needs: plan-production"),
    );
    const findings = await actionlint([file], step);
    rmSync(wrong, { recursive: true });
    assert.deepEqual(
      findings.map(({ kind, message }) => `${kind}: ${message}`),
      ['job-needs: job "prod" needs job "plan-production" which does not exist in this workflow'],
    );
  });
});
