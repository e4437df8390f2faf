import assert from "node:assert/strict";
import { problemsOf, refusal } from "../../../support/configs";
import { app, stack } from "../../../support/stackFiles";

/** So many apps that are built, and one that is not. */
const apps = (built: number) => [
  ...Array.from({ length: built }, (_, index) => app({ name: `app${index}`, image: undefined, source: "app/blog" })),
  app({ name: "ready" }),
];

const SHARED = { kind: "shared", stack: "dev" };
const atLoadBalancer = [app({ expose: "loadBalancer" })];

describe("rules for a registry", () => {
  const refused: [string, Record<string, unknown>, string[], string[]?][] = [
    [
      "a user without a password",
      { registry: { kind: "external", server: "ghcr.io/team", username: "bot" } },
      ["registry: username and password go together"],
    ],
    [
      "a password without a user",
      { registry: { kind: "external", server: "ghcr.io/team", password: "p4ssword" } },
      ["registry: username and password go together"],
      ["registry"],
    ],
    [
      "one that the account has already without its name",
      { registry: { kind: "digitalocean", create: false } },
      ["registry.name: is needed with create: false, to tell which registry the account has"],
    ],
    [
      "more apps than the starter tier holds",
      { registry: { kind: "digitalocean", tier: "starter" }, apps: apps(2) },
      ["registry.tier: starter holds the image of one app, and 2 are built"],
    ],
    [
      "more apps than the basic tier holds",
      { registry: { kind: "digitalocean" }, apps: apps(6) },
      ["registry.tier: basic holds the image of 5 apps, and 6 are built"],
    ],
    [
      "one of its own for a stack on a shared cluster",
      { cluster: SHARED, registry: { kind: "digitalocean" }, apps: atLoadBalancer },
      ["registry.create: a stack on a shared cluster makes no registry of its own; set it to false, and registry.name"],
    ],
  ];
  for (const [title, config, lines, secretKeys] of refused) {
    it(`refuse ${title}`, async () => {
      assert.deepStrictEqual(await problemsOf(stack(config), secretKeys), lines);
    });
  }

  const sound: [string, Record<string, unknown>, string[]?][] = [
    [
      "a user with a password",
      { registry: { kind: "external", server: "ghcr.io/team", username: "bot", password: "p4ssword" } },
      ["registry"],
    ],
    ["as many apps as the starter tier holds", { registry: { kind: "digitalocean", tier: "starter" }, apps: apps(1) }],
    ["as many apps as the basic tier holds", { registry: { kind: "digitalocean" }, apps: apps(5) }],
    [
      "any number in the professional tier",
      { registry: { kind: "digitalocean", tier: "professional" }, apps: apps(12) },
    ],
    [
      "any number in a registry that the account has, whose tier is asked for there",
      { registry: { kind: "digitalocean", create: false, name: "my-team" }, apps: apps(6) },
    ],
    [
      "the account's registry for a stack on a shared cluster",
      { cluster: SHARED, registry: { kind: "digitalocean", create: false, name: "my-team" }, apps: atLoadBalancer },
    ],
    ["an external registry for a stack on a shared cluster", { cluster: SHARED, apps: atLoadBalancer }],
  ];
  for (const [title, config, secretKeys] of sound) {
    it(`let through ${title}`, async () => {
      assert.deepStrictEqual(await refusal(stack(config), secretKeys), undefined);
    });
  }
});
