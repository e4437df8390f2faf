import assert from "node:assert/strict";
import { reviewConfig } from "../../lib/reviewStack";
import { stackSchema } from "../../lib/schema/stack";
import { deployProgram, type Deployed } from "../support/mocks";
import { app, stackFile } from "../support/stackFiles";

const DOMAIN = "lent.example";

/** The dev stack, its blog behind an Ingress, with a registry that no account has to hold. */
function lending(): Record<string, unknown> {
  const [blog] = stackFile("dev")["apps"] as Record<string, unknown>[];
  return {
    ...stackFile("dev"),
    registry: { kind: "external", server: "ghcr.io/team" },
    ingress: { controller: "traefik" },
    domain: DOMAIN,
    apps: [{ ...blog, expose: "ingress", hosts: [DOMAIN] }],
  };
}

const review = () => reviewConfig(stackSchema.parse(lending()), { number: 7, stackName: "dev" });

/** Has the account hold the domain, as the lending stack would. */
async function domainExists(): Promise<void> {
  const { DIGITALOCEAN_API_URL: api = "", DIGITALOCEAN_TOKEN: token = "" } = process.env;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const { status } = await fetch(`${api}/v2/domains`, {
    method: "POST",
    headers,
    body: JSON.stringify({ name: DOMAIN }),
  });
  assert.equal(status, 201);
}

const seeds = ({ list }: Deployed) => list.filter((line) => line.endsWith("Job blog-seed"));

describe("the program, on the config of a review app", () => {
  before(domainExists);

  for (const mode of ["update", "preview"] as const) {
    describe(`as ${mode}`, () => {
      let deployed: Deployed;
      before(async () => {
        deployed = await deployProgram({ mode, stack: "review-7", config: review() });
      });

      it("makes nothing at DigitalOcean but its host's record", () => {
        assert.deepStrictEqual(
          deployed.list.filter((line) => line.startsWith("digitalocean:")),
          [`digitalocean:index/dnsRecord:DnsRecord flask-doks-review-7-7.review.${DOMAIN}`],
        );
      });

      it("is in a namespace of its own, behind the Ingress that is there", () => {
        const { get, list } = deployed;
        assert.deepStrictEqual((get("blog-namespace").inputs["metadata"] as { name: string }).name, "review-7-blog");
        assert.ok(list.includes("kubernetes:networking.k8s.io/v1:Ingress blog-exposure-ingress"));
        assert.deepStrictEqual(
          list.filter((line) => /:LoadBalancer|helm|ClusterIssuer|IngressClass/.test(line)),
          [],
        );
      });

      it("fills its database", () => {
        assert.deepStrictEqual(seeds(deployed), ["kubernetes:batch/v1:Job blog-seed"]);
      });
    });
  }
});

describe("the program, on the config of another stack", () => {
  const existing = {
    cluster: { kind: "existing", context: "kind-test" },
    registry: { kind: "external", server: "localhost:5000" },
    apps: [app({ database: "mysql", seed: ["flask", "seed"] })],
  };
  for (const [title, config] of [
    ["the stack that lends its cluster", lending()],
    ["one on a cluster that exists", existing],
  ] as const) {
    it(`fills no database: ${title}`, async () => {
      assert.deepStrictEqual(seeds(await deployProgram({ stack: "dev", config })), []);
    });
  }
});
