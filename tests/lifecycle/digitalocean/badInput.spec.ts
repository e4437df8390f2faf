import assert from "node:assert/strict";
import type { JsonObject } from "../../../local/engine/stack";
import type { Changes } from "../../support/lifecycle";
import { hints } from "../../../local/hints";
import { freshAccount, whatExists } from "./cloud";

const READ_ONLY = `dop_v1_${"a".repeat(64)}`;

describe("bad input for a stack on DigitalOcean", () => {
  const account = freshAccount("dev", {
    tokens: [{ token: READ_ONLY, scopes: ["account:read", "regions:read"] }],
    takenRegistryNames: ["somebody-elses"],
    foreignDomains: ["example.org"],
  });

  const cases: { what: string; changes: Changes; says: RegExp[] }[] = [
    { what: "no token", changes: { env: { DIGITALOCEAN_TOKEN: "" } }, says: [/DIGITALOCEAN_TOKEN/] },
    {
      what: "a wrong token",
      changes: { env: { DIGITALOCEAN_TOKEN: "dop_v1_wrong" } },
      says: [/DIGITALOCEAN_TOKEN/, /401|not accept/],
    },
    {
      what: "a token without rights",
      changes: { env: { DIGITALOCEAN_TOKEN: READ_ONLY } },
      says: [/DIGITALOCEAN_TOKEN/, /kubernetes:read|scope|right/],
    },
    {
      what: "an unknown region",
      changes: { config: { cluster: { region: "xyz9" } } },
      says: [/cluster\.region/, /fra1/],
    },
    {
      what: "an unknown size",
      changes: { config: { cluster: { pool: { size: "s-9vcpu-9gb" } } } },
      says: [/cluster\.pool\.size/, /s-9vcpu-9gb/],
    },
    {
      what: "an unknown version",
      changes: { config: { cluster: { version: "1.2.3-do.4" } } },
      says: [/cluster\.version/, /on offer|offers/],
    },
    {
      what: "a pool whose min is above its max",
      changes: { config: { cluster: { pool: { min: 5, max: 2 } } } },
      says: [/cluster\.pool\.max/],
    },
    {
      what: "a region without VPC-native support",
      changes: { config: { cluster: { region: "nyc2" } } },
      says: [/cluster\.region/, /VPC-native/],
    },
    {
      what: "a registry name that is taken",
      changes: { config: { registry: { name: "somebody-elses" } } },
      says: [/registry\.name/, /somebody-elses/],
    },
  ];
  for (const { what, changes, says } of cases) {
    it(`tells of ${what} in one line, before anything is made`, async () => {
      const { error, errors, changes: made } = await account.stage.run("up", changes);
      assert.ok(error !== undefined);
      const lines = errors.join("\n").split("\n");
      const found = lines.filter((line) => says.every((pattern) => pattern.test(line)));
      assert.ok(found.length >= 1, `no line of these says ${says.join(" and ")}:\n${lines.join("\n")}`);
      assert.doesNotMatch(errors.join("\n"), /^\s+at /m);
      assert.deepEqual(
        made.filter((change) => !/flask-doks-dev$/.test(change)),
        [],
      );
      assert.deepEqual(whatExists(account.emulator), {});
    });
  }

  it("tells of a registry tier that is full, before anything is made", async () => {
    const apps = [0, 1].map((index): JsonObject => ({ ...account.stage.blog(), name: `blog${index}` }));
    const { errors } = await account.stage.run("up", { config: { registry: { tier: "starter" }, apps } });
    assert.match(errors.join("\n"), /registry\.tier: .*starter/);
    assert.deepEqual(whatExists(account.emulator), {});
  });

  // Whose a domain is cannot be asked: it shows when it is to be made, after the cluster.
  it("tells of a domain of somebody else, with what to do about it", async () => {
    const changes = { config: { domain: "example.org" }, blog: { hosts: ["www.example.org"] } };
    const { errors } = await account.stage.run("up", changes);
    assert.match(errors.join("\n"), /example\.org/);
    assert.deepEqual(hints(errors), [
      "The domain is in another DigitalOcean account: remove it there, set domain to one of yours, or dns.managed: false.",
    ]);
  });
});
