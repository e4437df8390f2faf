import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { HIDDEN } from "../../../../lib/stackFile";
import { toYaml } from "../../../../local/render/manifests";
import { type RenderedStack, renderStack } from "../../../../local/render/renderStack";
import { cloudTable } from "../../../../scripts/render/cloudTable";
import { ROOT, STACKS } from "../../../support/stackFiles";
import { EVERYTHING, PLANTED, SHARED, SMALL, withStacks } from "../../scripts/render/stacks";

/** All that a stack is rendered as. */
const textOf = (rendered: RenderedStack): string => `${cloudTable("test", rendered)}${toYaml(rendered.objects)}`;

const renderText = (text: string): Promise<RenderedStack> =>
  withStacks({ test: text }, (folder) => renderStack("test", { folder }));

describe("a rendered stack", () => {
  for (const stack of STACKS) {
    it(`may be that of Pulumi.${stack}.yaml, with no token and nobody asked`, async () => {
      const { DIGITALOCEAN_TOKEN: token, DIGITALOCEAN_API_URL: url } = process.env;
      delete process.env["DIGITALOCEAN_TOKEN"];
      try {
        const { objects } = await renderStack(stack);
        assert.ok(objects.some(({ kind, metadata }) => kind === "StatefulSet" && metadata.name === "mysql"));
        assert.deepStrictEqual(process.env["DIGITALOCEAN_API_URL"], url);
      } finally {
        process.env["DIGITALOCEAN_TOKEN"] = token;
      }
    });
  }

  it("is the same each time, whoever renders it, where and when", async () => {
    await withStacks({ test: EVERYTHING }, async (folder) => {
      const here = textOf(await renderStack("test", { folder }));
      assert.deepStrictEqual(textOf(await renderStack("test", { folder })), here);
      const program = [
        "import { renderStack } from './local/render/renderStack';",
        "import { toYaml } from './local/render/manifests';",
        "import { cloudTable } from './scripts/render/cloudTable';",
        `process.chdir("/");`,
        `void renderStack("test", { folder: ${JSON.stringify(folder)} }).then((rendered) => {`,
        '  process.stdout.write(cloudTable("test", rendered) + toYaml(rendered.objects), () => process.exit(0));',
        "});",
      ].join("\n");
      const there = execFileSync(process.execPath, ["--import", "tsx", "--eval", program], {
        cwd: ROOT,
        env: { PATH: process.env["PATH"], HOME: "/nowhere", USER: "somebody", TZ: "Asia/Tokyo", LANG: "ja_JP.UTF-8" },
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
        stdio: ["ignore", "pipe", "ignore"],
      });
      assert.deepStrictEqual(there, here);
      assert.ok(!here.includes(ROOT) && !here.includes(folder));
    });
  });

  it("changes with no secret, and holds none", async () => {
    const first = textOf(await renderText(EVERYTHING));
    const others = EVERYTHING.replaceAll(PLANTED, "another-secret-altogether");
    assert.deepStrictEqual(textOf(await renderText(others)), first);
    for (const text of [PLANTED, HIDDEN]) assert.ok(!first.includes(text), text);
  });

  it("shows the keys of each Secret, and not one value", async () => {
    const { objects } = await renderText(EVERYTHING);
    const secrets = objects.filter(({ kind }) => kind === "Secret");
    const values = secrets.flatMap(({ stringData }) => Object.values(stringData as object) as unknown[]);
    assert.deepStrictEqual([...new Set(values)], ["(secret)"]);
    const own = secrets.find(({ metadata }) => metadata.name === "blog-secrets-00000000");
    assert.deepStrictEqual(Object.keys(own?.["stringData"] as object), ["API_TOKEN", "DB_PASSWORD", "SECRET_KEY"]);
  });

  it("hides a secret anywhere in a resource, and leaves its form", async () => {
    const { resources } = await renderText(EVERYTHING);
    const provider = resources.find(({ type }) => type === "pulumi:providers:kubernetes");
    const image = resources.find(({ name }) => name === "blog-image");
    assert.deepStrictEqual(
      [provider?.inputs["kubeconfig"], (image?.inputs["registry"] as Record<string, unknown>)["password"]],
      ["(secret)", "(secret)"],
    );
  });

  it("says of what is not known yet that it is not, in a form that a cluster would take", async () => {
    const { objects } = await renderText(EVERYTHING);
    const find = (kind: string, name: string, namespace: string) =>
      objects.find(
        (each) => each.kind === kind && each.metadata.name === name && each.metadata.namespace === namespace,
      );
    const config = find("ConfigMap", "shop-config-00000000", "shop")?.["data"] as Record<string, string>;
    assert.deepStrictEqual(
      [config["DB_HOST"], config["DB_TLS_CA"], config["DB_PORT"]],
      ["(known after up)", "(known after up)", "25060"],
    );
    const images = toYaml(objects).match(/^ *image: .*$/gm) ?? [];
    assert.ok(images.length > 20);
    assert.deepStrictEqual(
      images.filter((line) => !/^ *image: [a-z0-9./:_-]+@sha256:[0-9a-f]{64}$/.test(line)),
      [],
    );
  });

  it("may stand on another stack's cluster, of which nothing is known", async () => {
    const { objects } = await renderText(SHARED);
    const ingress = objects.find(({ kind }) => kind === "Ingress");
    assert.deepStrictEqual(
      [ingress?.metadata.namespace, (ingress?.["spec"] as Record<string, unknown>)["ingressClassName"]],
      ["test-hello", "known-after-up"],
    );
    assert.ok(!toYaml(objects).includes(PLANTED));
  });

  const refused: [string, string, RegExp][] = [
    ["is not YAML", "config: [", /^Pulumi\.test\.yaml is not YAML: .+$/],
    ["has no config", "config: none", /^Pulumi\.test\.yaml: config is not a group of keys$/],
    [
      "has a group encrypted as a whole",
      `${SMALL}  flask-doks:backup: { secure: "v1:x" }\n`,
      /^Pulumi\.test\.yaml: flask-doks:backup: encrypted as a whole, so that only the engine can read it; encrypt the secret values alone: /,
    ],
    ["names no app", "config: {}", /^Pulumi\.test\.yaml has 1 problem:\n {2}apps: /],
    [
      "has a token for the whole account",
      `${SMALL}  digitalocean:token: { secure: "v1:x" }\n`,
      /^Pulumi\.test\.yaml cannot be deployed to DigitalOcean, 1 problem:\n {2}digitalocean:token: a token in the config/,
    ],
  ];
  for (const [what, text, message] of refused) {
    it(`is none of a file that ${what}`, async () => {
      await assert.rejects(renderText(text), { name: "UserError", message });
    });
  }

  it("leaves the process in the folder that it was in", async () => {
    const before = process.cwd();
    await renderText(SMALL);
    assert.deepStrictEqual(process.cwd(), before);
  });
});
