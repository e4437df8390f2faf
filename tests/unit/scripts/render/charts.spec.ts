import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { HIDDEN } from "../../../../lib/stackFile";
import { Expressions } from "../../../../scripts/render/chart/expression";
import { renderCommand } from "../../../../scripts/render/renderCommand";
import { EVERYTHING, PLANTED, SMALL, withStacks } from "./stacks";

/** The files of the charts of a stack, by path. */
const chartsOf = (text: string): Promise<Record<string, string>> =>
  withStacks({ test: text }, async (folder) => {
    await renderCommand(["test", "--chart", join(folder, "charts")], folder);
    return filesIn(join(folder, "charts"));
  });

const filesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]),
  );

const valuesOf = (files: Record<string, string>, app: string) =>
  parse(files[`${app}/values.yaml`] ?? "") as Record<string, unknown>;

describe("npm run render -- --chart", () => {
  let files: Record<string, string>;
  before(async () => {
    files = await chartsOf(EVERYTHING);
  });

  it("writes a chart of each app, with a file for each of its parts", () => {
    const parts = (app: string) =>
      Object.keys(files)
        .filter((path) => path.startsWith(`${app}/templates/`))
        .map((path) => path.slice(`${app}/templates/`.length));
    const all = ["NOTES.txt", "_names.tpl", "config.yaml", "networkpolicies.yaml", "secrets.yaml", "web.yaml"];
    assert.deepStrictEqual(parts("blog"), [...all, "migration.yaml", "mysql.yaml"].sort());
    assert.deepStrictEqual(parts("guestbook"), [...all, "redis.yaml"].sort());
    assert.deepStrictEqual(parts("shop"), [...all, "migration.yaml"].sort());
    assert.deepStrictEqual(
      Object.keys(files)
        .filter((path) => path.startsWith("blog/") && !path.includes("templates"))
        .map((path) => path.slice("blog/".length)),
      ["Chart.yaml", "README.md", "values.schema.json", "values.yaml"],
    );
  });

  it("leaves to be chosen what differs between clusters, as the stack has it", () => {
    const { image, images, env, ...values } = valuesOf(files, "blog");
    assert.match((image as { tag: string }).tag, /^[0-9a-f]{12}$/);
    assert.deepStrictEqual(Object.keys(images as object), ["mysql"]);
    assert.deepStrictEqual((env as Record<string, string>)["DB_HOST"], "mysql");
    assert.deepStrictEqual(values, {
      imagePullSecrets: [],
      replicas: { min: 2, max: 10 },
      resources: {
        limits: { "ephemeral-storage": "512Mi", memory: "384Mi" },
        requests: { cpu: "100m", "ephemeral-storage": "64Mi", memory: "256Mi" },
      },
      existingSecret: "",
      secrets: { API_TOKEN: "" },
      passwords: { DB_PASSWORD: "", SECRET_KEY: "", databaseGeneration: "", databaseRootPassword: "" },
      ingress: {
        className: "public",
        controllerNamespace: "ingress",
        hosts: ["example.com", "www.example.com"],
        tlsSecret: "blog-tls",
        annotations: {},
      },
      mysql: { storage: "5Gi", storageClass: "" },
    });
  });

  it("asks for what the program learns from what it makes elsewhere", () => {
    const { env, secrets, image } = valuesOf(files, "shop");
    const variables = env as Record<string, string>;
    assert.deepStrictEqual(
      [variables["DB_HOST"], variables["DB_REPLICA_HOSTS"], variables["DB_TLS_CA"], secrets],
      ["", "", "", { DB_PASSWORD: "" }],
    );
    assert.deepStrictEqual(image, { repository: "ghcr.io/team/shop", tag: "1.2", digest: `sha256:${"2".repeat(64)}` });
    const config = files["shop/templates/config.yaml"] ?? "";
    assert.deepStrictEqual(config.match(/required "env\.\w+/g), [
      'required "env.DB_HOST',
      'required "env.DB_REPLICA_HOSTS',
      'required "env.DB_TLS_CA',
    ]);
  });

  it("has each password once, wherever it is used", () => {
    const secrets = files["guestbook/templates/secrets.yaml"] ?? "";
    const definitions = secrets.split("\n").filter((line) => line.startsWith("{{- $"));
    assert.deepStrictEqual(
      definitions.map((line) => line.split(" ")[1]),
      ["$REDIS_PASSWORD", "$SECRET_KEY", "$cacheReplicationPassword"],
    );
    assert.deepStrictEqual(secrets.match(/^ {2}\S+: \{\{ \$\w+ \| quote \}\}$/gm), [
      "  password: {{ $REDIS_PASSWORD | quote }}",
      "  replication-password: {{ $cacheReplicationPassword | quote }}",
      "  REDIS_PASSWORD: {{ $REDIS_PASSWORD | quote }}",
      "  SECRET_KEY: {{ $SECRET_KEY | quote }}",
    ]);
  });

  it("holds no secret, nothing that stands for one, and nothing that is Pulumi's", () => {
    const all = Object.values(files).join("\n");
    for (const text of [
      PLANTED,
      HIDDEN,
      "(secret)",
      "known after up",
      "__helm_",
      "pulumi.com/",
      ": pulumi",
      "-00000000\n",
    ]) {
      assert.ok(!all.includes(text), text);
    }
  });

  it("is the same each time", async () => {
    assert.deepStrictEqual(await chartsOf(EVERYTHING), files);
  });

  it("keeps the volumes of a stack that retains its data, and no others", () => {
    assert.match(files["blog/templates/mysql.yaml"] ?? "", /helm\.sh\/resource-policy: keep/);
    assert.match(files["guestbook/templates/redis.yaml"] ?? "", /helm\.sh\/resource-policy: keep/);
    assert.deepStrictEqual((files["blog/templates/web.yaml"] ?? "").includes("resource-policy"), false);
  });

  it("takes the place of a chart that is there, and of nothing else", async () => {
    await withStacks({ small: SMALL }, async (folder) => {
      const old = join(folder, "old", "hello");
      mkdirSync(old, { recursive: true });
      writeFileSync(join(old, "notes.txt"), "mine");
      const write = () => renderCommand(["small", "--chart", join(folder, "old")], folder);
      await assert.rejects(write(), {
        name: "UserError",
        message: `${old} is there and is no chart: name another folder.`,
      });
      assert.deepStrictEqual(readdirSync(old), ["notes.txt"]);
      writeFileSync(join(old, "Chart.yaml"), "");
      assert.match(await write(), /^Wrote the chart of hello\. To install:\n {2}helm upgrade --install hello /);
      assert.ok(!readdirSync(old).includes("notes.txt"));
    });
  });
});

describe("an object with Helm's expressions", () => {
  it("has values, groups, optional fields and items in their places, and its own braces as text", () => {
    const expressions = new Expressions();
    const object = {
      name: expressions.value("x-{{ .Release.Name }}"),
      resources: expressions.group("resources", ".Values.resources"),
      spec: {
        class: expressions.optional("class", ".Values.class"),
        list: ["a", expressions.block((pad) => [`${pad}- b`])],
      },
      text: "{{ nginx }}",
    };
    assert.deepStrictEqual(expressions.print(object).split("\n"), [
      "name: x-{{ .Release.Name }}",
      "resources:",
      "  {{- toYaml .Values.resources | nindent 2 }}",
      "spec:",
      "  {{- with .Values.class }}",
      "  class: {{ . | quote }}",
      "  {{- end }}",
      "  list:",
      "    - a",
      "    - b",
      'text: "{{ "{{" }} nginx }}"',
      "",
    ]);
  });
});
