import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { deployWith, MANAGED_WITH_SPACES, WITH_S3 } from "../support/databaseStacks";
import { GUESTBOOK } from "../support/guestbook";
import { stackFile } from "../support/stackFiles";

/** Where in a value there is a resource, as paths. */
function resourcesIn(value: unknown, path = ""): string[] {
  if (pulumi.Resource.isInstance(value)) return [path];
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => resourcesIn(inner, `${path}.${key}`))
    : [];
}

const behindIngress = (apps: object[]) =>
  apps.map((app, index) => ({ ...app, expose: "ingress", hosts: [`app-${index}.example.com`] }));

describe("a plan that is saved", () => {
  const [blog] = stackFile("dev")["apps"] as [object];
  const guestbook = Object.fromEntries(Object.entries(GUESTBOOK).filter(([key]) => key !== "nodePort"));
  const wayIn = { ...stackFile("dev"), domain: "example.com", apps: behindIngress([blog, guestbook]) };
  for (const [title, name, config] of [
    ["an Ingress and Redis", "dev", wayIn],
    ["load balancers", "prod", stackFile("prod")],
    ["node ports and backups", "local", WITH_S3],
    ["a managed database", "dev", MANAGED_WITH_SPACES],
  ] as const) {
    // What is given one gets a reference back, which only an up looks up: it then has a provider that no plan knows of.
    it(`holds for a stack with ${title}: no component is given a resource`, async () => {
      const { resources } = await deployWith(name, config);
      const components = resources.filter(({ custom, type }) => !custom && type.startsWith("flask-doks:"));
      assert.ok(components.length > 5);
      assert.deepStrictEqual(
        components.flatMap(({ type, inputs }) => resourcesIn(inputs).map((path) => `${type}${path}`)),
        [],
      );
    });
  }
});
