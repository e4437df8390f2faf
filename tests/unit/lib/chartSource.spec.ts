import assert from "node:assert/strict";
import { chartSource } from "../../../lib/chartSource";

const PINNED = { chart: "traefik", version: "41.3.0", repository: "https://charts.example.com" };

describe("the source of a chart", () => {
  const cases: [string, string | undefined, ReturnType<typeof chartSource>][] = [
    [
      "its public home when nothing else is said",
      undefined,
      { chart: "traefik", version: "41.3.0", repositoryOpts: { repo: "https://charts.example.com" } },
    ],
    [
      "a repository of one's own",
      "https://mirror.example.com/charts",
      { chart: "traefik", version: "41.3.0", repositoryOpts: { repo: "https://mirror.example.com/charts" } },
    ],
    [
      "an OCI reference",
      "oci://mirror.example.com/charts/traefik",
      { chart: "oci://mirror.example.com/charts/traefik", version: "41.3.0" },
    ],
    ["a folder, which has just one version", "../charts/traefik", { chart: "../charts/traefik" }],
  ];
  for (const [title, location, source] of cases) {
    it(`is ${title}`, () => {
      assert.deepStrictEqual(chartSource(PINNED, location), source);
    });
  }
});
