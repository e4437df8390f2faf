import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PRICES_DATE } from "../../../lib/prices";
import { UserError } from "../../../local/steps";
import { costCommand } from "../../../scripts/costCommand";
import { type AccountServer, size, startAccount, TOKEN, vendorError } from "../../support/accountServer";
import { BLOG_IMAGE } from "../../support/stackFiles";

/** What the command prints, or the sentence that it ends with. */
async function cost(
  folder: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ out: string; err: string }> {
  try {
    return { out: await costCommand(args, env, folder), err: "" };
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    return { out: "", err: error.message };
  }
}

const app = (expose: string) => `  flask-doks:apps: [{ name: blog, image: "${BLOG_IMAGE}", expose: ${expose} }]\n`;

describe("npm run cost", () => {
  let folder: string;
  let server: AccountServer | undefined;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "cost-"));
    const write = (stack: string, text: string) => {
      writeFileSync(join(folder, `Pulumi.${stack}.yaml`), `config:\n${text}`);
    };
    write("dev", app("loadBalancer"));
    write(
      "local",
      `  flask-doks:cluster: { kind: existing, context: kind }\n  flask-doks:registry: { kind: external, server: ghcr.io/team }\n${app("nodePort")}`,
    );
    write("wrong", "  flask-doks:cluster: { kind: doks, regoin: fra1 }\n");
    write("rare", `  flask-doks:cluster: { kind: doks, pool: { size: rare-1 } }\n${app("loadBalancer")}`);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  it("prints a stack's cost from the dated table, and says that DigitalOcean was not asked", async () => {
    const { out, err } = await cost(folder, ["dev"]);
    assert.deepStrictEqual(err, "");
    assert.match(out, /^Monthly cost of the stack "dev" at DigitalOcean, in US dollars\n/);
    assert.match(out, /\ntotal +44\.00 +44\.00\n/);
    assert.match(out, new RegExp(`Prices: the table of ${PRICES_DATE} .* DigitalOcean was not asked`));
  });

  it("asks DigitalOcean with a token, for the prices and nothing else", async () => {
    server = await startAccount({ "GET /v2/sizes": { body: { sizes: [size("s-2vcpu-4gb", 31)] } } });
    const { out, err } = await cost(folder, ["dev"], server.env);
    assert.deepStrictEqual(err, "");
    assert.match(out, /1 × s-2vcpu-4gb at 31 +31\.00 +31\.00\n/);
    assert.match(out, /Prices of nodes and registry: DigitalOcean's API, just now\./);
    assert.deepStrictEqual(server.asked, ["GET /v2/sizes?page=1&per_page=200", "GET /v2/registries/options"]);
    const unasked = await cost(folder, ["dev", "--table"], server.env);
    assert.match(unasked.out, /at 24 +24\.00/);
    assert.deepStrictEqual(server.asked.length, 2);
  });

  it("prints JSON", async () => {
    const { out } = await cost(folder, ["dev", "--json"]);
    const { stack, currency, min, max, items, prices } = JSON.parse(out) as Record<string, unknown>;
    assert.deepStrictEqual(
      [stack, currency, min, max, (items as unknown[]).length, prices],
      ["dev", "USD", 44, 44, 4, { nodesAndRegistry: "table", tableDate: PRICES_DATE }],
    );
  });

  it("says that a stack on a cluster of one's own costs nothing at DigitalOcean", async () => {
    assert.deepStrictEqual((await cost(folder, ["local"])).out.split("\n"), [
      'The stack "local" makes nothing at DigitalOcean: by itself it costs nothing there.',
      "What its cluster costs (kind: existing) is counted where that is made.",
      "",
    ]);
  });

  it("marks the price of a size that the table has not", async () => {
    assert.match((await cost(folder, ["rare"])).out, /1 × rare-1, price unknown +\? +\?\n/);
  });

  const mistakes: [string, string[], RegExp][] = [
    ["no stack", [], /^Which stack\? There are: dev, local, rare, wrong\. For example: npm run cost -- dev$/],
    ["two stacks", ["dev", "local"], /^Which stack\?/],
    ["an unknown stack", ["prod"], /^There is no Pulumi\.prod\.yaml here\. There are: dev, local, rare, wrong\.$/],
    [
      "a wrong stack file",
      ["wrong"],
      /^Pulumi\.wrong\.yaml has 2 problems:\n {2}cluster\.regoin: unknown key; did you mean region\?\n/,
    ],
  ];
  for (const [what, args, message] of mistakes) {
    it(`tells of ${what} in a sentence`, async () => {
      const { out, err } = await cost(folder, args);
      assert.deepStrictEqual(out, "");
      assert.match(err, message);
    });
  }

  it("tells why DigitalOcean gave no price, and how to do without", async () => {
    server = await startAccount({ "GET /v2/sizes": vendorError(403, "Forbidden", "you do not have access") });
    const { err } = await cost(folder, ["dev"], server.env);
    assert.match(err, /^DIGITALOCEAN_TOKEN: lacks rights .* sizes:read .*\nWithout asking: --table$/);
    assert.ok(!err.includes(TOKEN));
  });

  it("knows no other options", async () => {
    await assert.rejects(cost(folder, ["--jason"]), { code: "ERR_PARSE_ARGS_UNKNOWN_OPTION" });
  });

  it("has a page of help", async () => {
    const { out } = await cost(folder, ["--help"]);
    assert.match(out, /^npm run cost -- <stack> \[options\]\n/);
  });
});
