import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { HIDDEN } from "../../../../lib/stackFile";
import { renderCommand } from "../../../../scripts/render/renderCommand";
import { EVERYTHING, PLANTED, SHARED, SMALL, withStacks } from "./stacks";

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
    assert.deepStrictEqual(env, {
      APP_ENV: "production",
      DB_HOST: "mysql",
      DB_NAME: "blog",
      DB_PORT: "3306",
      DB_USERNAME: "blog",
      TRUSTED_PROXIES: "1",
    });
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

  it("names no load balancer, which its cloud would look for in the whole account", () => {
    const { loadBalancer } = valuesOf(files, "shop");
    assert.deepStrictEqual(loadBalancer, {
      annotations: {
        "service.beta.kubernetes.io/do-loadbalancer-size-unit": "1",
        "service.beta.kubernetes.io/do-loadbalancer-type": "REGIONAL_NETWORK",
      },
    });
  });

  it("asks for the Ingress controller that another stack has", async () => {
    const shared = await chartsOf(SHARED);
    const { className, controllerNamespace } = valuesOf(shared, "hello")["ingress"] as Record<string, unknown>;
    assert.deepStrictEqual([className, controllerNamespace], ["", ""]);
    assert.ok(!Object.values(shared).join("").includes("known-after-up"));
    assert.match(
      shared["hello/templates/networkpolicies.yaml"] ?? "",
      /required "ingress\.controllerNamespace: give the namespace of the Ingress controller's pods"/,
    );
  });

  it("says how to install it, with a place for each value that has to be given", async () => {
    await withStacks({ test: EVERYTHING, shared: SHARED }, async (folder) => {
      const commands = async (stack: string) => {
        const said = await renderCommand([stack, "--chart", join(folder, stack)], folder);
        return said.replaceAll(folder, "").split("\n");
      };
      assert.deepStrictEqual(await commands("test"), [
        "Wrote the charts of blog, guestbook, shop. To install:",
        "  helm upgrade --install blog /test/blog --namespace blog --create-namespace --wait --wait-for-jobs --set secrets.API_TOKEN=…",
        "  helm upgrade --install guestbook /test/guestbook --namespace guestbook --create-namespace",
        "  helm upgrade --install shop /test/shop --namespace shop --create-namespace --wait --wait-for-jobs --set env.DB_HOST=… --set env.DB_REPLICA_HOSTS=… --set env.DB_TLS_CA=… --set secrets.DB_PASSWORD=…",
        "",
      ]);
      assert.deepStrictEqual(await commands("shared"), [
        "Wrote the chart of hello. To install:",
        "  helm upgrade --install hello /shared/hello --namespace hello --create-namespace --set ingress.className=… --set ingress.controllerNamespace=…",
        "",
      ]);
    });
  });

  const uninstalled = (text: string | undefined): string =>
    / is uninstalled\n\n([^]*?)\n\n/.exec(text ?? "")?.[1]?.replaceAll("\n", " ") ?? "";

  it("tells in its README what stays when it is uninstalled, and what goes", async () => {
    assert.match(
      uninstalled(files["blog/README.md"]),
      /^`mysql-data` stays, .* `retain` .* finds its data\. Sessions end/,
    );
    assert.match(
      uninstalled(files["guestbook/README.md"]),
      /^`redis-data` stays, [^]* takes the volume over: Sessions end/,
    );
    assert.match(uninstalled(files["shop/README.md"]), /^All of it goes\. The namespace stays/);
    const disposable = await chartsOf(EVERYTHING.replace("dataPolicy: retain", "dataPolicy: delete"));
    assert.match(
      uninstalled(disposable["blog/README.md"]),
      /^All of it goes, `mysql-data` and the data in it too: .* `delete`/,
    );
  });

  it("says which image it is of", () => {
    const appVersion = (app: string, from: Record<string, string>) =>
      (parse(from[`${app}/Chart.yaml`] ?? "") as { appVersion: string }).appVersion;
    assert.match(appVersion("blog", files), /^[0-9a-f]{12}$/);
    assert.deepStrictEqual(appVersion("shop", files), "1.2");
  });
});

describe("the folder of a chart", () => {
  /** Writes the chart of SMALL, after a change of the folder `hello` that it goes into. */
  const written = <T>(look: (write: () => Promise<string>, hello: string) => Promise<T>): Promise<T> =>
    withStacks({ small: SMALL }, async (folder) => {
      const charts = join(folder, "charts");
      mkdirSync(join(charts, "hello"), { recursive: true });
      return look(() => renderCommand(["small", "--chart", charts], folder), join(charts, "hello"));
    });

  const others: [string, string, string, string][] = [
    ["something that is no chart", "notes.txt", "mine", "is there and is no chart: name another folder."],
    [
      "a chart of somebody else",
      "Chart.yaml",
      "name: hello\nannotations: { a: b }",
      "holds a chart that this command has not made: name another folder.",
    ],
  ];
  for (const [what, file, text, problem] of others) {
    it(`is left alone with ${what} in it`, async () => {
      await written(async (write, hello) => {
        writeFileSync(join(hello, file), text);
        await assert.rejects(write(), { name: "UserError", message: `${hello} ${problem}` });
        assert.deepStrictEqual(filesIn(hello), { [file]: text });
      });
    });
  }

  it("is written anew, without what was made before and with what people have added", async () => {
    await written(async (write, hello) => {
      await write();
      const before = filesIn(hello);
      const chart = join(hello, "Chart.yaml");
      writeFileSync(join(hello, "templates", "gone.yaml"), "");
      const mark = "annotations:\n  flask-doks/files: |\n";
      writeFileSync(chart, readFileSync(chart, "utf8").replace(mark, `${mark}    templates/gone.yaml e3b0c44298fc\n`));
      writeFileSync(join(hello, "my-values.yaml"), "replicas: { min: 5 }");
      await write();
      assert.deepStrictEqual(filesIn(hello), { ...before, "my-values.yaml": "replicas: { min: 5 }" });
    });
  });

  it("keeps what was changed by hand, and says so", async () => {
    await written(async (write, hello) => {
      await write();
      const values = join(hello, "values.yaml");
      writeFileSync(values, "replicas: { min: 5 }");
      const before = filesIn(hello);
      await assert.rejects(write(), {
        name: "UserError",
        message:
          `${values}: changed by hand, and would be written anew. Keep values in a file of your own outside of the chart, ` +
          "which helm takes with -f; then delete what you have changed, and run this again. Nothing was written.",
      });
      assert.deepStrictEqual(filesIn(hello), before);
    });
  });

  it("is all that is emptied, whatever its chart says", async () => {
    await written(async (write, hello) => {
      const outside = join(hello, "..", "mine.txt");
      writeFileSync(outside, "");
      writeFileSync(join(hello, "Chart.yaml"), "annotations:\n  flask-doks/files: |\n    ../mine.txt e3b0c44298fc\n");
      await write();
      assert.ok(existsSync(outside));
    });
  });
});
