import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parse } from "yaml";
import { parseStackFile } from "../../../../lib/stackFile";
import { UserError } from "../../../../local/steps";
import { newCommand } from "../../../../scripts/new/newCommand";
import { ROOT, STACKS } from "../../../support/stackFiles";

const TEMPLATE = join(ROOT, "template", "app");

const LOCAL = `config:
  flask-doks:cluster: { kind: existing, context: kind }
  flask-doks:registry: { kind: external, server: ghcr.io/team }
  flask-doks:apps:
    - name: blog
      source: app/blog
      expose: nodePort
      nodePort: 30423
`;
const dev = (app: string, ...more: string[]) =>
  ["config:", "  flask-doks:apps:", `    - { name: blog, source: app/blog, ${app} }`, ...more, ""].join("\n");
const TRAEFIK = "  flask-doks:ingress: { controller: traefik }";

describe("npm run new", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "new-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (stack: string, text: string) => {
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), text);
  };
  const stackText = (stack: string): string => readFileSync(join(folder, `Pulumi.${stack}.yaml`), "utf8");

  /** The app of a stack file with this name, as it is written. */
  function entry(stack: string, name: string): unknown {
    const { config } = parse(stackText(stack)) as { config: { "flask-doks:apps": { name: string }[] } };
    return config["flask-doks:apps"].find((app) => app.name === name);
  }

  /** All that the folder holds: paths, and content of files. */
  const contents = (of = folder): [string, string][] =>
    readdirSync(of, { recursive: true, withFileTypes: true })
      .map((found): [string, string] => {
        const path = join(found.parentPath, found.name);
        return [relative(of, path), found.isFile() ? readFileSync(path, "utf8") : "folder"];
      })
      .sort();

  /** Expects a refusal with these words that leaves everything as it is. */
  async function refused(message: string | RegExp, ...args: string[]): Promise<void> {
    const before = contents();
    await assert.rejects(newCommand(args, folder), (error: unknown) => {
      assert.ok(error instanceof UserError, String(error));
      if (typeof message === "string") assert.deepStrictEqual(error.message, message);
      else assert.match(error.message, message);
      return true;
    });
    assert.deepStrictEqual(contents(), before);
  }

  it("tells in a few lines what it has made, and what comes next", async () => {
    write("local", LOCAL);
    write("dev", dev("expose: loadBalancer"));
    write("mine", "encryptionsalt: v1:abc\n");
    assert.deepStrictEqual((await newCommand(["my-shop"], folder)).split("\n"), [
      "Made app/my-shop, a Flask app whose Python package is my_shop.",
      "  Pulumi.dev.yaml    has it behind a load balancer of its own",
      "  Pulumi.local.yaml  has it at node port 30424",
      "  Pulumi.mine.yaml has no flask-doks:apps, and is left as it is",
      "",
      "Next:",
      "  npm test          checks and tests it",
      "  npm run up:local  deploys it",
      "",
    ]);
    assert.deepStrictEqual(stackText("mine"), "encryptionsalt: v1:abc\n");
  });

  it("makes every file of the template, under the app's own name throughout", async () => {
    await newCommand(["my-shop"], folder);
    const made = contents(join(folder, "app", "my-shop"));
    assert.deepStrictEqual(
      made.map(([path]) => path).filter((path) => path === ".dockerignore" || path.startsWith("src")),
      [
        ".dockerignore",
        "src",
        "src/my_shop",
        ...["__init__.py", "config.py", "health.py", "log.py", "pages.py", "security.py"].map(
          (file) => `src/my_shop/${file}`,
        ),
        "src/my_shop/static",
        "src/my_shop/static/style.css",
        "src/my_shop/templates",
        "src/my_shop/templates/base.html",
        "src/my_shop/templates/index.html",
      ],
    );
    const named = made.map(([path, text]) => `${path}\n${text}`);
    assert.deepStrictEqual(
      named.filter((text) => /myapp/i.test(text)),
      [],
    );
    const text = new Map(made);
    assert.match(text.get("pyproject.toml") ?? "", /^name = "my_shop"$/m);
    assert.match(text.get("Dockerfile") ?? "", /"my_shop:create_app\(\)"/);
    assert.match(text.get("src/my_shop/templates/base.html") ?? "", /<a href="[^"]+">My shop<\/a>/);
    assert.deepStrictEqual(readdirSync(join(folder, "app")), ["my-shop"]);
  });

  for (const stack of STACKS) {
    it(`adds lines to the committed file of ${stack}, changes none, and leaves it sound`, async () => {
      const before = readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8");
      write(stack, before);
      await newCommand(["brand-new"], folder);
      const after = stackText(stack);
      const start = after.indexOf("    - name: brand-new\n");
      const lines = after.slice(start).split("\n");
      const rest = lines.slice(1).findIndex((line) => !line.startsWith("      ")) + 1;
      assert.deepStrictEqual(after.slice(0, start) + lines.slice(rest).join("\n"), before);
      const app = parseStackFile(after, stack).apps.at(-1);
      assert.deepStrictEqual(
        [app?.name, app?.source, app?.entryPoint, app?.replicas],
        [
          "brand-new",
          "app/brand-new",
          "brand_new:create_app()",
          stack === "local" ? { min: 1, max: 1 } : { min: 2, max: 2 },
        ],
      );
    });
  }

  it("takes the next node port that no stack file has", async () => {
    write("local", LOCAL);
    write("other", LOCAL.replace("30423", "30425"));
    await newCommand(["shop", "--stack", "local"], folder);
    await newCommand(["cafe", "--stack", "local"], folder);
    const ports = ["shop", "cafe"].map((name) => (entry("local", name) as { nodePort: number }).nodePort);
    assert.deepStrictEqual(ports, [30424, 30426]);
    await newCommand(["inn"], folder);
    const inns = ["local", "other"].map((stack) => (entry(stack, "inn") as { nodePort: number }).nodePort);
    assert.deepStrictEqual(inns, [30427, 30428]);
  });

  const hosts: [string, string, string][] = [
    [
      "a host of the domain",
      dev("hosts: [example.com]", TRAEFIK, "  flask-doks:domain: example.com"),
      "shop.example.com",
    ],
    ["a host beside the first app's", dev("hosts: [blog.example.com]", TRAEFIK), "shop.example.com"],
    ["a host beside the first app's www", dev("hosts: [www.example.com]", TRAEFIK), "shop.example.com"],
    ["a host below the first app's", dev("hosts: [example.com]", TRAEFIK), "shop.example.com"],
    ["a host below one that is not the app's own name", dev("hosts: [eu.example.com]", TRAEFIK), "shop.eu.example.com"],
  ];
  for (const [what, text, host] of hosts) {
    it(`gives the app ${what}, behind the Ingress where the others are`, async () => {
      write("prod", text);
      assert.match(await newCommand(["shop"], folder), new RegExp(`Pulumi.prod.yaml +has it at ${host}\n`));
      assert.deepStrictEqual(entry("prod", "shop"), {
        name: "shop",
        source: "app/shop",
        entryPoint: "shop:create_app()",
        hosts: [host],
        replicas: 2,
      });
    });
  }

  it("is the first app of a file whose list is empty, by what the file is for", async () => {
    const first: [string, string, object][] = [
      ["local", LOCAL.replace(/apps:\n[^]*/, "apps: []\n"), { expose: "nodePort", nodePort: 30423, replicas: 1 }],
      ["dev", "config:\n  flask-doks:apps:\n", { expose: "loadBalancer", replicas: 2 }],
      [
        "prod",
        `config:\n  flask-doks:domain: example.com\n${TRAEFIK}\n  flask-doks:apps:\n`,
        { hosts: ["shop.example.com"], replicas: 2 },
      ],
    ];
    for (const [stack, text] of first) write(stack, text);
    await newCommand(["shop"], folder);
    for (const [stack, , wayIn] of first) {
      const app = { name: "shop", source: "app/shop", entryPoint: "shop:create_app()", ...wayIn };
      assert.deepStrictEqual(entry(stack, "shop"), app);
    }
  });

  it("reads a group that is JSON in a string", async () => {
    write("local", LOCAL.replace("{ kind: existing, context: kind }", `'{"kind":"existing","context":"kind"}'`));
    await newCommand(["shop"], folder);
    assert.deepStrictEqual((entry("local", "shop") as { replicas: number }).replicas, 1);
  });

  it("adds to the files that are named, and leaves the others", async () => {
    for (const stack of ["a", "b", "c"]) write(stack, dev("expose: loadBalancer"));
    const out = await newCommand(["shop", "--stack", "c", "--stack", "a"], folder);
    assert.deepStrictEqual(
      ["a", "b", "c"].map((stack) => entry(stack, "shop") !== undefined),
      [true, false, true],
    );
    assert.match(out, /\n {2}npx pulumi up --stack a {2}deploys it\n$/);
  });

  it("keeps a stack file's mode", async () => {
    writeFileSync(join(folder, "Pulumi.dev.yaml"), dev("expose: loadBalancer"), { mode: 0o600 });
    await newCommand(["shop"], folder);
    assert.deepStrictEqual(statSync(join(folder, "Pulumi.dev.yaml")).mode & 0o777, 0o600);
  });

  it("says so where a registry holds one image", async () => {
    write(
      "dev",
      dev(
        "expose: loadBalancer",
        "  flask-doks:registry: { kind: digitalocean, create: false, name: r, tier: starter }",
      ),
    );
    assert.match(
      await newCommand(["shop"], folder),
      /\n {2}Pulumi\.dev\.yaml has registry\.tier: starter, which holds the image of one app; basic holds five\.\n/,
    );
  });

  it("refuses an app that is there: its folder, or its name in any stack file", async () => {
    write("local", LOCAL);
    write("dev", dev("expose: loadBalancer"));
    await newCommand(["shop", "--stack", "local"], folder);
    await refused("There is a folder app/shop already. Another name, please.", "shop");
    await refused("Pulumi.dev.yaml has an app blog already. Another name, please.", "blog", "--stack", "local");
  });

  it("refuses to leave a stack file that is not sound, with what would be wrong", async () => {
    write("dev", dev("expose: loadBalancer", "  flask-doks:registry: { kind: digitalocean, tier: starter }"));
    await refused(
      "With the app in it, Pulumi.dev.yaml has 1 problem:\n" +
        "  registry.tier: starter holds the image of one app, and 2 are built\n" +
        "Nothing was made. Mend that first, or name the other files with --stack.",
      "shop",
    );
  });

  it("refuses a list in brackets, with what to add by hand", async () => {
    write("dev", "config:\n  flask-doks:apps: [{ name: blog, source: app/blog, expose: loadBalancer }]\n");
    await refused(
      "Pulumi.dev.yaml has its apps in brackets, where no line can be added. Nothing was made.\n" +
        "Write them one below the other, or name the other files with --stack and add this to it:\n\n" +
        "- name: shop\n  source: app/shop\n  entryPoint: shop:create_app()\n  expose: loadBalancer\n  replicas: 2",
      "shop",
    );
  });

  it("tells of other mistakes in a sentence, and does nothing", async () => {
    write("local", LOCAL);
    write("bare", "encryptionsalt: v1:abc\n");
    await refused("Name one app: npm run new -- myapp");
    await refused("Name one app: npm run new -- myapp", "one", "two");
    await refused("There is no Pulumi.prod.yaml here. There are: bare, local.", "shop", "--stack", "prod");
    await refused("Pulumi.bare.yaml has no flask-doks:apps to add to.", "shop", "--stack", "bare");
    await refused(/^"json" would hide /, "json");
    write("torn", "config: [\n");
    await refused(/^Pulumi\.torn\.yaml is not YAML: /, "shop");
    await assert.rejects(newCommand(["--stak", "dev"], folder), { code: "ERR_PARSE_ARGS_UNKNOWN_OPTION" });
  });

  it("takes everything back when a stack file cannot be written", async () => {
    for (const stack of ["a", "b", "c"]) write(stack, dev("expose: loadBalancer"));
    // In the way of the second file.
    mkdirSync(join(folder, "Pulumi.b.yaml.new"));
    mkdirSync(join(folder, "app"));
    const before = contents();
    await assert.rejects(newCommand(["shop"], folder), { code: /EISDIR/ });
    assert.deepStrictEqual(contents(), before);
  });

  it("has a page of help", async () => {
    assert.match(await newCommand(["--help"], folder), /^npm run new -- <name> \[options\]\n/);
    assert.deepStrictEqual(contents(), []);
  });

  it("leaves room in the template's lines for the longest name", () => {
    const long = ["src", "tests"]
      .flatMap((part) => contents(join(TEMPLATE, part)))
      .flatMap(([path, text]) =>
        path.endsWith(".py")
          ? text.split("\n").filter((line) => line.replace(/myapp/gi, "a".repeat(30)).length > 100)
          : [],
      );
    assert.deepStrictEqual(long, []);
  });
});
