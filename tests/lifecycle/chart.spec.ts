import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { sharedNamespace } from "../../lib/namespaceName";
import { attempt, run } from "../../local/command";
import { prepareHelm } from "../../local/helm";
import type { Manifest } from "../../local/render/manifests";
import { renderStack } from "../../local/render/renderStack";
import { stepPrinter } from "../../local/steps";
import { renderCommand } from "../../scripts/render/renderCommand";
import { BlogClient } from "../support/blogClient";
import { comparable, expected } from "../support/chartObjects";
import { kubernetesValidate } from "../support/checkers/checkers";
import { eventually } from "../support/cluster";
import { ROOT, STACKS } from "../support/stackFiles";
import { EVERYTHING, SHARED, SMALL } from "../unit/scripts/render/stacks";
import { cluster, node, stage } from "./stage";

const { step } = stepPrinter();
const folder = mkdtempSync(join(tmpdir(), "flask-doks-charts-"));
let helm = "";

const charts = (stack: string) => join(folder, "charts", stack);

/** Values without which a chart of the stacks EVERYTHING and SHARED is not installed. */
const GIVEN: Record<string, string[]> = {
  hello: ["ingress.className=known-after-up", "ingress.controllerNamespace=known-after-up"],
  blog: ["secrets.API_TOKEN=x"],
  shop: ["env.DB_HOST=db", "env.DB_REPLICA_HOSTS=db-2", "env.DB_TLS_CA=PEM", "secrets.DB_PASSWORD=x"],
};

const withValues = (values: readonly string[]): string[] => values.flatMap((value) => ["--set", value]);

/** The objects of an app's chart, as Helm makes them. */
async function templated(stack: string, app: string, ...args: string[]): Promise<Manifest[]> {
  const values = stack === "everything" || stack === "shared" ? withValues(GIVEN[app] ?? []) : [];
  const namespace = stack === "shared" ? sharedNamespace(stack, app) : app;
  const command = ["template", app, join(charts(stack), app), "--namespace", namespace, ...values, ...args];
  const stdout = await run(helm, command);
  return parseAllDocuments(stdout).flatMap((document) => (document.toJS() as Manifest | null) ?? []);
}

before(async function () {
  this.timeout(10 * 60_000);
  helm = await prepareHelm(step);
  writeFileSync(join(folder, "Pulumi.everything.yaml"), EVERYTHING);
  writeFileSync(join(folder, "Pulumi.small.yaml"), SMALL);
  writeFileSync(join(folder, "Pulumi.shared.yaml"), SHARED);
  const local = readFileSync(join(ROOT, "Pulumi.local.yaml"), "utf8");
  writeFileSync(join(folder, "Pulumi.kept.yaml"), local.replace("dataPolicy: delete", "dataPolicy: retain"));
  for (const stack of ["everything", "small", "shared", "kept"]) {
    await renderCommand([stack, "--chart", charts(stack)], folder);
  }
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
    ["shared", "hello"],
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

  it("ask for the Ingress controller of another stack", async () => {
    const command = ["template", "hello", join(charts("shared"), "hello")];
    const refused = async (...values: string[]) => (await attempt(helm, [...command, ...withValues(values)])).stderr;
    assert.match(await refused(), /ingress\.className: give the class of an Ingress controller/);
    assert.match(
      await refused("ingress.className=nginx"),
      /ingress\.controllerNamespace: give the namespace of the Ingress controller's pods/,
    );
  });

  const refusals: [string, RegExp][] = [
    ["replica=3", /additional properties 'replica' not allowed/],
    ["env.SIZE=16777216", /'\/env\/SIZE': got number, want string/],
    ["env.SIZE=null", /'\/env\/SIZE': got null, want string/],
    ["env.SIZE={1,2}", /'\/env\/SIZE': got array, want string/],
    ["replicas.min=0", /'\/replicas\/min': minimum: got 0, want 1/],
    ["replicas.min=null", /'\/replicas': missing property 'min'/],
    ["ingress.hosts=null", /'\/ingress': missing property 'hosts'/],
  ];
  for (const [value, problem] of refusals) {
    it(`refuse ${value}`, async () => {
      const given = withValues([...(GIVEN["blog"] ?? []), value]);
      const { code, stderr } = await attempt(helm, ["template", "x", join(charts("everything"), "blog"), ...given]);
      assert.equal(code, 1);
      assert.match(stderr, problem);
    });
  }

  it("refuse an Ingress without a host", async () => {
    const file = join(folder, "no-hosts.yaml");
    writeFileSync(file, "ingress: { hosts: [] }");
    const given = [...withValues(GIVEN["blog"] ?? []), "--values", file];
    const { code, stderr } = await attempt(helm, ["template", "x", join(charts("everything"), "blog"), ...given]);
    assert.equal(code, 1);
    assert.match(stderr, /'\/ingress\/hosts': minItems: got 0, want 1/);
  });

  it("let cookies go over plain HTTP where there is no certificate, unless they are told otherwise", async () => {
    const secure = async (...values: string[]) => {
      const objects = await templated("everything", "blog", ...withValues(values));
      const config = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "blog-config");
      return (config?.["data"] as Record<string, string>)["COOKIE_SECURE"];
    };
    assert.equal(await secure(), "true");
    assert.equal(await secure("ingress.tlsSecret="), "false");
    const file = join(folder, "https-before.yaml");
    writeFileSync(file, 'ingress: { tlsSecret: "" }\nenv: { COOKIE_SECURE: "true" }');
    const objects = await templated("everything", "blog", "--values", file);
    assert.match(JSON.stringify(objects.find(({ kind }) => kind === "ConfigMap")), /"COOKIE_SECURE":"true"/);
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

  it("have a migration of its own for each image and each change of values, and no hook", async () => {
    const job = async (...values: string[]) => {
      const objects = await templated("dev", "blog", ...withValues(values));
      const metadata = objects.find(({ kind }) => kind === "Job")?.metadata;
      assert.equal(metadata?.annotations, undefined);
      return metadata?.name ?? "";
    };
    const [first, again] = [await job(), await job()];
    assert.match(first, /^blog-migration-1-[0-9a-f]{8}$/);
    assert.equal(again, first);
    const others = [await job("image.digest=sha256:abc"), await job("env.COLOUR=blue")];
    assert.equal(new Set([first, ...others]).size, 3);
  });
});

describe("a chart that is installed", () => {
  const NAMESPACE = "by-helm";
  const NODE_PORT = 30434;
  const url = () => `http://${node().address}:${NODE_PORT}/`;
  let values: string[] = [];

  const release = (verb: string[], ...more: string[]) =>
    run(helm, [...verb, "--namespace", NAMESPACE, "--kubeconfig", node().kubeconfig, ...more], { timeoutSeconds: 600 });
  const upgrade = (stack: "local" | "kept", ...more: string[]) =>
    release(
      ["upgrade", "--install", "blog", join(charts(stack), "blog")],
      "--create-namespace",
      "--wait",
      "--wait-for-jobs",
      "--timeout",
      "8m",
      ...withValues(values),
      ...more,
    );
  const passwords = async () => {
    const { items } = await cluster().core.listNamespacedSecret({ namespace: NAMESPACE });
    return items.filter(({ type }) => type === "Opaque").map(({ metadata, data }) => [metadata?.name, data]);
  };

  after(async function () {
    this.timeout(5 * 60_000);
    assert.equal((await stage().run("destroy")).error, undefined);
  });
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
    const stdout = await upgrade("local");
    assert.match(stdout, /STATUS: deployed/);
    assert.match(stdout, /blog answers at a port of every node: kubectl -n by-helm get service blog/);
    assert.equal((await cluster().pods("web", NAMESPACE)).length, 2);
    const writer = new BlogClient(url());
    await writer.join("ada", "correct horse battery staple");
    await writer.post("Installed", "Without Pulumi.");
  });

  it("keeps its passwords and what was written when it is upgraded, and migrates with the new variables", async () => {
    const before = await passwords();
    assert.equal(before.length, 2);
    const stdout = await upgrade("local", "--set", "replicas.min=1", "--set", "env.COLOUR=blue");
    assert.match(stdout, /REVISION: 2/);
    assert.deepEqual(await passwords(), before);
    const migrations = () => cluster().pods("migration", NAMESPACE);
    // That of the release before goes with its Job.
    const [migration] = await eventually("one migration", 60, migrations, (found) => found.length === 1);
    assert.match(migration?.metadata?.name ?? "", /^blog-migration-2-/);
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
    await upgrade("local", "--set", "replicas.min=1", "--set", "env.COLOUR=blue");
    assert.deepEqual(await names(), before);
  });

  it("leaves its data where the stack retains it, and finds it with new passwords when it is installed anew", async () => {
    await upgrade("kept");
    const before = await passwords();
    await release(["uninstall", "blog", "--wait"]);
    assert.deepEqual(await passwords(), []);
    await upgrade("kept");
    assert.notDeepEqual(await passwords(), before);
    const { text } = await new BlogClient(url()).get("/");
    assert.ok(text.includes("Installed"));
  });

  it("goes with all that it had where the stack keeps no data", async () => {
    await upgrade("local");
    await release(["uninstall", "blog", "--wait"]);
    const { items: claims } = await cluster().core.listNamespacedPersistentVolumeClaim({ namespace: NAMESPACE });
    assert.deepEqual(claims, []);
    assert.deepEqual(await passwords(), []);
    await cluster().core.deleteNamespace({ name: NAMESPACE });
  });
});
