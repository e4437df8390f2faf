import assert from "node:assert/strict";
import { problemsOf, refusal } from "../../../support/configs";
import { app, stack } from "../../../support/stackFiles";

const SEED = ["flask", "seed"];
const atLoadBalancer = [app({ expose: "loadBalancer" })];
const inDomain = (review: Record<string, unknown>, dns: Record<string, unknown> = {}) =>
  stack({ domain: "example.com", dns, apps: atLoadBalancer, review });

describe("rules for review apps", () => {
  const refused: [string, Record<string, unknown>, string[]][] = [
    [
      "a seed of an app with nothing to fill",
      stack({ apps: [app({ name: "shop" }), app({ seed: SEED })] }),
      ["apps[1].seed: there is no database and no cache to fill"],
    ],
    [
      "hosts outside of the domain whose records are written",
      inDomain({ domain: "review.example.org" }),
      [
        'review.domain: "review.example.org" is not in the domain "example.com"; set dns.managed: false when its records are written elsewhere',
      ],
    ],
    [
      "hosts in a wildcard",
      inDomain({ domain: "*.example.com" }),
      ['review.domain: "*.example.com" is a wildcard; give what comes after the *.'],
    ],
  ];
  for (const [title, config, lines] of refused) {
    it(`refuse ${title}`, async () => {
      assert.deepStrictEqual(await problemsOf(config), lines);
    });
  }

  const sound: [string, Record<string, unknown>][] = [
    ["a seed that fills a database", stack({ apps: [app({ seed: SEED, database: "mysql" })] })],
    ["a seed that fills a cache", stack({ apps: [app({ seed: SEED, cache: "redis" })] })],
    ["hosts in the domain", inDomain({ domain: "try.example.com" })],
    ["hosts whose records are written elsewhere", inDomain({ domain: "try.example.org" }, { managed: false })],
    ["hosts without a domain", stack({ review: { domain: "try.example.org" } })],
  ];
  for (const [title, config] of sound) {
    it(`let through ${title}`, async () => {
      assert.deepStrictEqual(await refusal(config), undefined);
    });
  }
});
