import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { attempt, run } from "../../local/command";
import { prepareHelm } from "../../local/helm";
import type { Manifest } from "../../local/render/manifests";
import { renderStack } from "../../local/render/renderStack";
import { stepPrinter } from "../../local/steps";
import { renderCommand } from "../../scripts/render/renderCommand";
import { BlogClient } from "../support/blogClient";
import { kubernetesValidate } from "../support/checkers/checkers";
import { eventually } from "../support/cluster";
import { ROOT, STACKS } from "../support/stackFiles";
import { EVERYTHING, SMALL } from "../unit/scripts/render/stacks";
import { cluster, node, stage } from "./stage";

const { step } = stepPrinter();
const folder = mkdtempSync(join(tmpdir(), "flask-doks-charts-"));
let helm = "";

const charts = (stack: string) => join(folder, "charts", stack);

/** Values without which a chart of the stack EVERYTHING is not installed. */
const GIVEN: Record<string, string[]> = {
  blog: ["secrets.API_TOKEN=x"],
  shop: ["env.DB_HOST=db", "env.DB_REPLICA_HOSTS=db-2", "env.DB_TLS_CA=PEM", "secrets.DB_PASSWORD=x"],
};

const withValues = (values: readonly string[]): string[] => values.flatMap((value) => ["--set", value]);

/** The objects of an app's chart, as Helm makes them. */
async function templated(stack: string, app: string, ...args: string[]): Promise<Manifest[]> {
  const values = stack === "everything" ? withValues(GIVEN[app] ?? []) : [];
  const command = ["template", app, join(charts(stack), app), "--namespace", app, ...values, ...args];
  const stdout = await run(helm, command);
  return parseAllDocuments(stdout).flatMap((document) => (document.toJS() as Manifest | null) ?? []);
}

type Json = Record<string, unknown>;

/** Every value of an object and all within it, changed from within. */
function rewritten(value: unknown, change: (key: string, inner: unknown) => unknown, key = ""): unknown {
  const inner = Array.isArray(value)
    ? value.map((each: unknown) => rewritten(each, change)).filter((each) => each !== undefined)
    : typeof value === "object" && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .map(([name, each]) => [name, rewritten(each, change, name)] as const)
            .filter(([, each]) => each !== undefined),
        )
      : value;
  return change(key, inner);
}

/** Not in a chart: by part of the app, by kind, by type. */
const LEFT_OUT = /^(accounts|backup|restore-test|move|backup-monitor)$/;

/** What a chart of an app is to make of the objects that the program makes: the differences are all here. */
function expected(app: string, objects: readonly Manifest[]): Manifest[] {
  return objects
    .filter(
      ({ kind, apiVersion, metadata, ...object }) =>
        metadata.labels?.["app.kubernetes.io/part-of"] === app &&
        kind !== "Namespace" &&
        !apiVersion.startsWith("cert-manager.io/") &&
        object["type"] !== "kubernetes.io/dockerconfigjson" &&
        metadata.name !== "managed-mysql" &&
        !LEFT_OUT.test(metadata.labels["app.kubernetes.io/component"] ?? ""),
    )
    .map((object) => rewritten(object, (key, inner) => ofChart(key, inner)) as Manifest);
}

function ofChart(key: string, inner: unknown): unknown {
  if (key === "app.kubernetes.io/managed-by") return "Helm";
  if (key === "immutable" || key === "imagePullSecrets" || key.startsWith("pulumi.com/")) return undefined;
  return typeof inner === "string" ? inner.replace(/-0{8}$/, "") : inner;
}

/** What both are compared as: what a chart adds, and what only one of them can know, is taken away. */
const comparable = (objects: readonly Manifest[]): Record<string, unknown> =>
  Object.fromEntries(
    objects
      .map((object): [string, unknown] => [
        `${object.kind} ${object.metadata.name ?? ""}`,
        rewritten(object, (key, inner) => {
          if (/^(helm\.sh\/|checksum\/|app\.kubernetes\.io\/instance$)/.test(key)) return undefined;
          if (key === "annotations" && Object.keys(inner as object).length === 0) return undefined;
          if (key === "stringData") return Object.keys(inner as object).filter((name) => name !== "generation");
          if (key === "backoffLimit" || (key === "replicas" && object.metadata.name === "blog")) return undefined;
          if (key === "image") return String(inner).replace(/(:[\w.-]+)?(@sha256:\w+)?$/, "");
          if (typeof inner === "object" && (inner as Json | null)?.["name"] === "GENERATION") return "GENERATION";
          return key.startsWith("DB_") && key !== "DB_NAME" && key !== "DB_USERNAME" ? "" : inner;
        }),
      ])
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );

before(async function () {
  this.timeout(10 * 60_000);
  helm = await prepareHelm(step);
  writeFileSync(join(folder, "Pulumi.everything.yaml"), EVERYTHING);
  writeFileSync(join(folder, "Pulumi.small.yaml"), SMALL);
  for (const stack of ["everything", "small"]) await renderCommand([stack, "--chart", charts(stack)], folder);
  for (const stack of STACKS) await renderCommand([stack, "--chart", charts(stack)], ROOT);
});

after(() => {
  rmSync(folder, { recursive: true });
});

describe("the charts of stacks", () => {
  const cases: [string, string][] = [
    ...STACKS.map((stack): [string, string] => [stack, "blog"]),
    ...["blog", "guestbook", "shop"].map((app): [string, string] => ["everything", app]),
    ["small", "hello"],
  ];
  for (const [stack, app] of cases) {
    it(`of ${stack} make of ${app} what the program makes, apart from what their README says`, async () => {
      const stdout = await run(helm, ["lint", "--strict", join(charts(stack), app)]);
      assert.match(stdout, /0 chart\(s\) failed/);
      const { objects } = await renderStack(stack, STACKS.some((each) => each === stack) ? {} : { folder });
      const made = await templated(stack, app);
      assert.ok(made.length > 8);
      assert.deepEqual(comparable(made), comparable(expected(app, objects)));
      const file = join(folder, "objects.yaml");
      writeFileSync(file, made.map((object) => JSON.stringify(object)).join("\n---\n"));
      assert.deepEqual(await kubernetesValidate(file, step), { passed: made.length, failed: [] });
    });
  }

  it("ask in a sentence for what has no default", async () => {
    const command = ["template", "blog", join(charts("everything"), "blog")];
    const { code, stderr } = await attempt(helm, command);
    assert.equal(code, 1);
    assert.match(stderr, /secrets\.API_TOKEN: give it, or name a Secret that has it as existingSecret/);
    assert.equal((await attempt(helm, [...command, "--set", "existingSecret=mine"])).code, 0);
  });

  it("refuse a value that they do not know", async () => {
    const { code, stderr } = await attempt(helm, [
      "template",
      "x",
      join(charts("small"), "hello"),
      "--set",
      "replica=3",
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /additional properties 'replica' not allowed/);
  });

  it("let be chosen what values.yaml offers", async () => {
    const chosen = [
      "image.digest=sha256:abc",
      "replicas.min=3",
      "replicas.max=3",
      "env.COLOUR=blue",
      "ingress.className=nginx",
      "ingress.controllerNamespace=edge",
      "ingress.tlsSecret=",
      "mysql.storage=7Gi",
      "mysql.storageClass=fast",
      "existingSecret=mine",
    ];
    const objects = await templated("everything", "blog", ...chosen.flatMap((value) => ["--set", value]));
    const find = (kind: string, name: string) =>
      objects.find((each) => each.kind === kind && each.metadata.name === name);
    const text = (kind: string, name: string) => JSON.stringify(find(kind, name));
    assert.equal(find("HorizontalPodAutoscaler", "blog"), undefined);
    assert.match(text("Deployment", "blog"), /"replicas":3,.*"secretRef":\{"name":"mine"\}.*@sha256:abc"/);
    assert.match(text("ConfigMap", "blog-config"), /"COLOUR":"blue"/);
    assert.match(text("Ingress", "blog"), /"ingressClassName":"nginx"/);
    assert.doesNotMatch(text("Ingress", "blog"), /"tls"/);
    assert.match(text("NetworkPolicy", "allow-requests"), /"kubernetes.io\/metadata.name":"edge"/);
    assert.match(text("PersistentVolumeClaim", "mysql-data"), /"storage":"7Gi".*"storageClassName":"fast"/);
  });

  it("run the migration as a hook before an upgrade, and beside a first install", async () => {
    const [install, upgrade] = [await templated("dev", "blog"), await templated("dev", "blog", "--is-upgrade")];
    const job = (objects: Manifest[]) => objects.find(({ kind }) => kind === "Job")?.metadata;
    assert.deepEqual([job(install)?.name, job(install)?.annotations], ["blog-migration", undefined]);
    assert.deepEqual(
      [job(upgrade)?.name, job(upgrade)?.annotations?.["helm.sh/hook"]],
      ["blog-migration-upgrade", "pre-upgrade"],
    );
  });
});

describe("a chart that is installed", () => {
  const NAMESPACE = "by-helm";
  const NODE_PORT = 30434;
  const url = () => `http://${node().address}:${NODE_PORT}/`;
  let values: string[] = [];

  const release = (verb: string[], ...more: string[]) =>
    run(helm, [...verb, "--namespace", NAMESPACE, "--kubeconfig", node().kubeconfig, ...more], { timeoutSeconds: 600 });
  const upgrade = (...more: string[]) =>
    release(
      ["upgrade", "--install", "blog", join(charts("local"), "blog")],
      "--create-namespace",
      "--wait",
      "--timeout",
      "8m",
      ...withValues(values),
      ...more,
    );
  const passwords = async () => {
    const { items } = await cluster().core.listNamespacedSecret({ namespace: NAMESPACE });
    return items.filter(({ type }) => type === "Opaque").map(({ metadata, data }) => [metadata?.name, data]);
  };

  before(async function () {
    this.timeout(20 * 60_000);
    // The image comes into the node's registry by the stack that builds it.
    const { error } = await stage().run("up");
    assert.equal(error, undefined);
    const [pod] = await cluster().pods("web");
    const [repository = "", digest = ""] = (pod?.spec?.containers[0]?.image ?? "").split("@");
    const { mysql } = (stage().options.overrides["images"] ?? {}) as Record<string, string>;
    values = [
      `image.repository=${repository}`,
      "image.tag=",
      `image.digest=${digest}`,
      `images.mysql=${mysql ?? ""}`,
      "imagePullSecrets[0].name=registry",
      `service.nodePort=${NODE_PORT}`,
    ];
    await cluster().core.createNamespace({
      body: { metadata: { name: NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "restricted" } } },
    });
    const { items } = await cluster().core.listNamespacedSecret({ namespace: "blog" });
    const login = items.find(({ type }) => type === "kubernetes.io/dockerconfigjson");
    await cluster().core.createNamespacedSecret({
      namespace: NAMESPACE,
      body: { metadata: { name: "registry" }, type: login?.type ?? "", data: login?.data ?? {} },
    });
  });

  it("waits for its pods, which its own migration makes ready, under Pod Security restricted", async () => {
    const stdout = await upgrade();
    assert.match(stdout, /STATUS: deployed/);
    assert.match(stdout, /blog answers at a port of every node: kubectl -n by-helm get service blog/);
    assert.equal((await cluster().pods("web", NAMESPACE)).length, 2);
    const writer = new BlogClient(url());
    await writer.join("ada", "correct horse battery staple");
    await writer.post("Installed", "Without Pulumi.");
  });

  it("keeps its passwords and what was written when it is upgraded, and migrates first", async () => {
    const before = await passwords();
    assert.equal(before.length, 2);
    const stdout = await upgrade("--set", "replicas.min=1", "--set", "env.COLOUR=blue");
    assert.match(stdout, /REVISION: 2/);
    assert.deepEqual(await passwords(), before);
    const [migration] = await cluster().pods("migration", NAMESPACE);
    assert.match(migration?.metadata?.name ?? "", /^blog-migration-upgrade-/);
    assert.equal(migration?.status?.phase, "Succeeded");
    const pods = () => cluster().pods("web", NAMESPACE);
    await eventually("one web pod", 60, pods, (found) => found.length === 1);
    const { text } = await new BlogClient(url()).get("/");
    assert.ok(text.includes("Installed"));
  });

  it("changes nothing when it is upgraded with nothing changed", async () => {
    const names = async () => [
      ...(await cluster().podNames("web", NAMESPACE)),
      ...(await cluster().podNames("database", NAMESPACE)),
    ];
    const before = await names();
    await upgrade("--set", "replicas.min=1", "--set", "env.COLOUR=blue");
    assert.deepEqual(await names(), before);
  });

  it("goes with all that it had where the stack keeps no data", async () => {
    await release(["uninstall", "blog", "--wait"]);
    const { items: claims } = await cluster().core.listNamespacedPersistentVolumeClaim({ namespace: NAMESPACE });
    assert.deepEqual(claims, []);
    assert.deepEqual(await passwords(), []);
    await cluster().core.deleteNamespace({ name: NAMESPACE });
  });
});
