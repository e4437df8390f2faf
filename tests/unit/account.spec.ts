import * as pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state";
import assert from "node:assert/strict";
import { checkAccount } from "../../account";
import type { Config } from "../../config";
import { TABLE } from "../../lib/prices";
import { account, cluster, vendorError } from "../support/accountServer";
import { check, doksStack } from "../support/accountCheck";
import { load } from "../support/configs";
import { deadUrl } from "../support/httpServer";
import { app, stack } from "../support/stackFiles";

const TOKENS = "https://cloud.digitalocean.com/account/api/tokens";
const forbidden = vendorError(403, "Forbidden", "you do not have access for the attempted action");

/** With what the check refuses a stack in a program that an engine runs, which nobody has to reach for that. */
async function refusedUnderEngine(config: Config, env: NodeJS.ProcessEnv): Promise<string> {
  // Like an inline program, with a runtime of its own.
  const { LocalStore } = state as unknown as { LocalStore: new () => typeof globalStore };
  return globalThis.asyncLocalStorage.run(new LocalStore(), async () => {
    pulumi.runtime.resetOptions("flask-doks", "test", 1, "127.0.0.1:1", "", false, "organization");
    const message = await checkAccount(config, env).then(
      () => "",
      (error: unknown) => (error as Error).message,
    );
    (pulumi.runtime.getEngine() as unknown as { close: () => void }).close();
    return message;
  });
}

describe("the check of the DigitalOcean account", () => {
  it("finds nothing wrong with an account that can take the stack, and gives what the program needs of it", async () => {
    const { account: found, problems, warnings } = await check(doksStack());
    assert.deepStrictEqual([problems, warnings], [[], []]);
    assert.deepStrictEqual(found, {
      prices: {
        nodes: { "s-1vcpu-1gb": 6, "s-4vcpu-8gb": 48, "s-2vcpu-4gb": 24, "s-1vcpu-2gb": 12, "g-2vcpu-8gb": 63 },
        registryTiers: { starter: 0, basic: 5, professional: 20 },
        source: "api",
      },
      registryName: "flask-doks-test",
    });
  });

  it("finds the stack's own cluster by the environment's name", async () => {
    const clusters = [cluster("flask-doks-other"), cluster("flask-doks-test", { region: "nyc3", cluster_subnet: "" })];
    const { problems } = await check(doksStack(), {
      "GET /v2/kubernetes/clusters": { body: { kubernetes_clusters: clusters } },
    });
    assert.match(problems.join("\n"), /^cluster\.region: the cluster flask-doks-test has nyc3, /);
  });

  it("asks nothing, and needs no token, for a stack that has nothing at DigitalOcean", async () => {
    const { account: found, problems, asked } = await check(stack(), {}, { DIGITALOCEAN_TOKEN: "" });
    assert.deepStrictEqual([found, problems, asked], [undefined, [], []]);
  });

  it("asks about the registry alone for a stack that has no more there", async () => {
    const { problems, asked } = await check(stack({ registry: { kind: "digitalocean" } }));
    assert.deepStrictEqual(problems, []);
    assert.deepStrictEqual(asked.map((question) => question.replace(/\?.*/, "")).sort(), [
      "GET /v2/account",
      "GET /v2/registries",
      "GET /v2/registries/options",
      "POST /v2/registries/validate-name",
    ]);
  });

  it("only reads: no question of it changes anything", async () => {
    const { asked } = await check(doksStack());
    assert.deepStrictEqual(
      asked.filter((question) => !question.startsWith("GET ")),
      ["POST /v2/registries/validate-name"],
    );
  });

  it("tells all problems together, in the form of those of the stack file", async () => {
    const { error } = await check(
      doksStack({ cluster: { kind: "doks", region: "fra2", version: "1.30.1-do.0", pool: { size: "s-3vcpu" } } }),
      { "GET /v2/account": account({ email_verified: false }) },
    );
    assert.ok(pulumi.RunError.isInstance(error));
    assert.deepStrictEqual(error.message.split("\n"), [
      "Pulumi.test.yaml cannot be deployed to DigitalOcean, 4 problems:",
      "  account: its e-mail address is not confirmed; follow the link that DigitalOcean sent there",
      '  cluster.region: "fra2" is no region of DigitalOcean; did you mean fra1? On offer: ams3, fra1, nyc3',
      '  cluster.pool.size: "s-3vcpu" is no size of DigitalOcean. The least expensive on offer: s-1vcpu-2gb, s-2vcpu-4gb, s-4vcpu-8gb',
      '  cluster.version: "1.30.1-do.0" is not on offer. On offer: 1.36.0-do.0, 1.35.10-do.0, 1.35.1-do.0, 1.34.8-do.0',
    ]);
  });

  describe("the token", () => {
    const refused: [string, NodeJS.ProcessEnv, string][] = [
      [
        "no token",
        { DIGITALOCEAN_TOKEN: undefined },
        `DIGITALOCEAN_TOKEN: is not set; make a token at ${TOKENS} and: export DIGITALOCEAN_TOKEN=…`,
      ],
      [
        "an empty token",
        { DIGITALOCEAN_TOKEN: "" },
        `DIGITALOCEAN_TOKEN: is not set; make a token at ${TOKENS} and: export DIGITALOCEAN_TOKEN=…`,
      ],
      [
        "a token under the other name that DigitalOcean's tools know",
        { DIGITALOCEAN_TOKEN: "", DIGITALOCEAN_ACCESS_TOKEN: "dop_v1_x" },
        'DIGITALOCEAN_TOKEN: is not set, and DIGITALOCEAN_ACCESS_TOKEN is: export DIGITALOCEAN_TOKEN="$DIGITALOCEAN_ACCESS_TOKEN"',
      ],
      [
        "a token with a line break, which no header takes",
        { DIGITALOCEAN_TOKEN: "dop_v1_x\n" },
        "DIGITALOCEAN_TOKEN: holds a blank, a line break or another character that no token has; copy it again",
      ],
      [
        "a wrong token, in one line for all questions",
        { DIGITALOCEAN_TOKEN: "dop_v1_wrong" },
        `DIGITALOCEAN_TOKEN: DigitalOcean refuses it (401 "Unable to authenticate you"): it is wrong, expired or revoked; make another at ${TOKENS}`,
      ],
      [
        "an address that is none",
        { DIGITALOCEAN_API_URL: "api.digitalocean.com" },
        "DIGITALOCEAN_API_URL: is not a URL such as https://api.digitalocean.com",
      ],
    ];
    for (const [what, env, line] of refused) {
      it(`refuses ${what}`, async () => {
        assert.deepStrictEqual((await check(doksStack(), {}, env)).problems, [line]);
      });
    }

    it("names the rights that it lacks, in one line", async () => {
      const { problems } = await check(doksStack(), {
        "GET /v2/sizes": forbidden,
        "GET /v2/kubernetes/options": forbidden,
        "GET /v2/kubernetes/clusters": forbidden,
        "GET /v2/registries": forbidden,
      });
      assert.deepStrictEqual(problems, [
        'DIGITALOCEAN_TOKEN: lacks rights (403 "you do not have access for the attempted action"): add kubernetes:read, registry:read, sizes:read to its scopes, or make one with full access, at ' +
          TOKENS,
      ]);
    });

    it("may be one that only reads, as a preview's is: whether the registry's name is free then stays open", async () => {
      const { problems } = await check(doksStack(), { "POST /v2/registries/validate-name": forbidden });
      assert.deepStrictEqual(problems, []);
    });

    for (const [what, config] of [
      ["a stack at DigitalOcean", doksStack()],
      ["a stack that has nothing there", stack()],
    ] as const) {
      it(`may not stand in the config of ${what}: it would be kept in the state`, async () => {
        const { problems } = await check({ ...config, "digitalocean:token": "dop_v1_x" });
        assert.deepStrictEqual(problems, [
          "digitalocean:token: a token in the config is kept in the state; remove it with: pulumi config rm digitalocean:token, and give it as: export DIGITALOCEAN_TOKEN=…",
        ]);
      });
    }
  });

  describe("DIGITALOCEAN_API_URL=none", () => {
    const nobody = { DIGITALOCEAN_API_URL: "none", DIGITALOCEAN_TOKEN: "" };

    it("asks nobody, needs no token, and has prices by the table", async () => {
      const { account: found, problems, asked } = await check(doksStack(), {}, nobody);
      assert.deepStrictEqual([found, problems, asked], [{ prices: TABLE, registryName: "flask-doks-test" }, [], []]);
    });

    it("leaves the end of a registry's name open, which the account decides", async () => {
      const { account: found } = await check(doksStack({ registry: { kind: "digitalocean" } }), {}, nobody);
      assert.deepStrictEqual(found?.registryName, "flask-doks-test-000000");
    });

    it("is refused where an engine runs the program, which could then make what nobody has checked", async () => {
      const line =
        "DIGITALOCEAN_API_URL: is none, with which nothing can be checked or made; run: unset DIGITALOCEAN_API_URL";
      assert.deepStrictEqual(
        await refusedUnderEngine(await load(doksStack()), nobody),
        `Pulumi.test.yaml cannot be deployed to DigitalOcean, 1 problem:\n  ${line}`,
      );
    });
  });

  describe("the account", () => {
    it("may not be locked", async () => {
      const { problems } = await check(doksStack(), {
        "GET /v2/account": account({ status: "locked", status_message: "Unpaid." }),
      });
      assert.deepStrictEqual(problems, ['account: is locked ("Unpaid."); write to the vendor\'s support']);
    });

    it("may have a warning, which is passed on", async () => {
      const { problems, warnings } = await check(doksStack(), {
        "GET /v2/account": account({ status: "warning", status_message: "The card expires." }),
      });
      assert.deepStrictEqual(problems, []);
      assert.deepStrictEqual(warnings, [
        'The DigitalOcean account has a warning ("The card expires."); see https://cloud.digitalocean.com',
      ]);
    });

    it("keeps its limit of Droplets from tokens that may not read them: it is then not compared", async () => {
      const { problems } = await check(doksStack({ cluster: { kind: "doks", pool: { min: 200 } } }), {
        "GET /v2/account": account({ droplet_limit: undefined }),
      });
      assert.deepStrictEqual(problems, []);
    });
  });

  describe("the domain", () => {
    const hosts = [app({ expose: "loadBalancer", hosts: ["www.example.com"] })];
    const existing = doksStack({ domain: "example.com", dns: { domain: "existing" }, apps: hosts });

    it("must be in the account when the stack does not make it", async () => {
      assert.deepStrictEqual((await check(existing)).problems, [
        'domain: the account has no domain "example.com"; add it to this account, or set dns.domain: create',
      ]);
      const there = { "GET /v2/domains/example.com": { body: { domain: { name: "example.com" } } } };
      assert.deepStrictEqual((await check(existing, there)).problems, []);
    });

    it("is not in the account before the stack makes it", async () => {
      assert.deepStrictEqual((await check({ ...existing, dns: { domain: "create" } })).problems, []);
    });

    it("is not asked about when its records are written elsewhere", async () => {
      const { asked, problems } = await check({ ...existing, dns: { managed: false, domain: "existing" } });
      assert.deepStrictEqual(problems, []);
      assert.ok(asked.length > 0 && !asked.some((question) => question.includes("domains")));
    });
  });

  describe("DigitalOcean's API", () => {
    it("may fail for a moment", async () => {
      const once = [vendorError(500, "server_error", "Server Error"), account()];
      assert.deepStrictEqual((await check(doksStack(), { "GET /v2/account": once })).problems, []);
    });

    it("that fails for good is told with its own words, beside what is wrong in the stack file", async () => {
      const fault = vendorError(503, "service_unavailable", "Down for maintenance");
      const { problems } = await check(doksStack({ cluster: { kind: "doks", version: "1.30.1-do.0" } }), {
        "GET /v2/sizes": fault,
        "GET /v2/regions": fault,
        "GET /v2/account": fault,
      });
      assert.deepStrictEqual(problems, [
        'DigitalOcean: answers 503 "Down for maintenance" to GET /v2/account and 2 more questions (request 4d9d8375); try again later (https://status.digitalocean.com)',
        'cluster.version: "1.30.1-do.0" is not on offer. On offer: 1.36.0-do.0, 1.35.10-do.0, 1.35.1-do.0, 1.34.8-do.0',
      ]);
    });

    it("that limits the token's requests is left alone for a while", async () => {
      const { problems } = await check(doksStack(), {
        "GET /v2/sizes": vendorError(429, "too_many_requests", "Too many requests"),
      });
      assert.deepStrictEqual(problems, [
        'DigitalOcean: too many requests with this token ("Too many requests"); try again in some minutes',
      ]);
    });

    it("that says what nobody expects is quoted", async () => {
      const { problems } = await check(doksStack(), {
        "GET /v2/vpcs": vendorError(418, "teapot", "I am a teapot"),
      });
      assert.deepStrictEqual(problems, [
        'DigitalOcean: answers 418 "I am a teapot" to GET /v2/vpcs (request 4d9d8375)',
      ]);
    });

    it("that nobody reaches is told in one line, with its address", async () => {
      const config = await load(doksStack());
      const url = await deadUrl();
      const env = { DIGITALOCEAN_TOKEN: "dop_v1_x", DIGITALOCEAN_API_URL: url };
      await assert.rejects(checkAccount(config, env, { pause: () => Promise.resolve() }), ({ message }: Error) => {
        assert.match(
          message,
          /^.*, 1 problem:\n {2}DigitalOcean: GET \/v2\/account and 7 more questions at http:\/\/127\.0\.0\.1:\d+ \(DIGITALOCEAN_API_URL\): no answer: [^\n]*ECONNREFUSED[^\n]*; check the network and try again$/,
        );
        return true;
      });
    });
  });
});
