import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import * as versions from "../../lib/versions";
import { ROOT } from "../support/stackFiles";

interface CustomManager {
  customType: string;
  managerFilePatterns: string[];
  matchStrings: string[];
  depNameTemplate?: string;
  datasourceTemplate: string;
}

interface Rule {
  matchPackageNames?: string[];
  groupName?: string;
  allowedVersions?: string;
}

/** What Renovate finds in a file, for it to look for newer ones. */
interface Found {
  datasource: string;
  depName: string;
  currentValue: string;
  currentDigest?: string;
  registryUrl?: string;
}

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

const config = JSON.parse(read(".github/renovate.json")) as Record<string, unknown> & {
  customManagers: CustomManager[];
  packageRules: Rule[];
};

/** Whether a manager looks at a file: its patterns are regular expressions between slashes. */
const looksAt = ({ managerFilePatterns }: CustomManager, path: string): boolean =>
  managerFilePatterns.some((pattern) => new RegExp(pattern.slice(1, -1)).test(path));

/** All that the managers of the project's own find in a file. */
const foundIn = (path: string, text = read(path)): Found[] =>
  config.customManagers
    .filter((manager) => looksAt(manager, path))
    .flatMap(({ matchStrings, depNameTemplate, datasourceTemplate: datasource }) =>
      matchStrings.flatMap((pattern) =>
        [...text.matchAll(new RegExp(pattern, "g"))].map(({ groups = {} }) => ({
          datasource,
          depName: depNameTemplate ?? groups["depName"] ?? "",
          currentValue: groups["currentValue"] ?? "",
          ...(groups["currentDigest"] === undefined ? {} : { currentDigest: groups["currentDigest"] }),
          ...(groups["registryUrl"] === undefined ? {} : { registryUrl: groups["registryUrl"] }),
        })),
      ),
    );

/** Exports of lib/versions.ts that no upgrade is looked for, each with its reason. */
const NOT_UPGRADED: Record<string, string> = {
  PYTHON_VERSIONS: "the choices of an app, not a version",
  INGRESS_NGINX_TESTED_MINOR: "a fact about its last release",
  DOKS_VERSION: "DigitalOcean lists them to those with a token only: docs/runbook.md tells how",
};

/** What one value of lib/versions.ts pins: an image, a package, or a chart. */
function pinned(value: unknown, path: string): Found[] {
  if (typeof value === "string") {
    const [, image, currentValue, currentDigest] = /^([^:@]+):([^@]+)@(sha256:[0-9a-f]{64})$/.exec(value) ?? [];
    if (image !== undefined && currentValue !== undefined && currentDigest !== undefined) {
      return [{ datasource: "docker", depName: image, currentValue, currentDigest }];
    }
    const [, depName, version] = /^([\w-]+)==(.+)$/.exec(value) ?? [];
    assert.ok(depName !== undefined && version !== undefined, `${path}: neither an image by digest nor a package`);
    return [{ datasource: "pypi", depName, currentValue: version }];
  }
  assert.ok(typeof value === "object" && value !== null, `${path}: neither text nor a group`);
  if ("chart" in value) {
    const { chart: depName, version: currentValue, repository: registryUrl } = value as Record<string, string>;
    return [{ datasource: "helm", depName, currentValue, registryUrl } as Found];
  }
  return Object.entries(value).flatMap(([key, part]) => pinned(part, `${path}.${key}`));
}

const unique = (found: Found[]): string[] =>
  [...new Set(found.map((each) => JSON.stringify(each, Object.keys(each).sort())))].sort();

/** Versions that constants of the other files name, by file; DigitalOcean's and an app's choice are no pins. */
const CONSTANTS: Record<string, Record<string, string>> = {
  "local/edge/modules.ts": { CRDS: "go github.com/cert-manager/cert-manager" },
  "local/engine/version.ts": { PULUMI_VERSION: "npm @pulumi/pulumi" },
  "local/go.ts": { FETCHED: "golang-version go" },
  "local/node/binaries.ts": { KUBERNETES_VERSION: "github-releases kubernetes/kubernetes" },
  "tests/support/checkers/checkers.ts": {
    KUBE_SCORE: "go github.com/zegl/kube-score",
    ACTIONLINT: "go github.com/rhysd/actionlint",
    KUBERNETES: "follows the local node, by hand",
  },
  "tests/support/python.ts": { UV: "pypi uv" },
  "lib/flaskSource.ts": { USUAL_PYTHON: "a choice" },
  "tests/support/bareStack.ts": { VERSION: "DigitalOcean's" },
};

/** TypeScript of the project, relative to its root. */
const sources = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));

describe("Renovate", () => {
  it("finds every version that lib/versions.ts pins, with its digest or its home, and nothing else there", () => {
    const entries = Object.entries(versions).filter(([name]) => !(name in NOT_UPGRADED));
    const all = entries.flatMap(([name, value]) => pinned(value, name));
    assert.ok(all.length > 20);
    assert.deepStrictEqual(unique(foundIn("lib/versions.ts")), unique(all));
    assert.deepStrictEqual(
      Object.keys(NOT_UPGRADED).filter((name) => !(name in versions)),
      [],
    );
  });

  it("would not pass over a version of a new kind", () => {
    assert.throws(() => pinned("v1.2.3", "NEW"), /NEW: neither an image by digest nor a package/);
    assert.throws(() => pinned({ part: 3 }, "NEW"), /NEW\.part: neither text nor a group/);
  });

  it("finds what the other sources pin in constants, and no constant is left out", () => {
    const constant = /const ([A-Z][A-Z_]*)(?:: [^=]+)? = "(?:[\w./@-]+(?:@|==))?(v?\d+\.\d+(?:\.\d+)?(?:-[\w.]+)?)"/g;
    const seen: Record<string, Record<string, string>> = {};
    for (const path of ["components", "lib", "local", "scripts", "tests/support"].flatMap(sources)) {
      if (path === "lib/versions.ts") continue;
      const found = foundIn(path);
      for (const [, name = "", value = ""] of read(path).matchAll(constant)) {
        const match = found.find(({ currentValue }) => currentValue === value);
        const known = CONSTANTS[path]?.[name] ?? "unknown";
        (seen[path] ??= {})[name] = match ? `${match.datasource} ${match.depName}` : known;
        assert.ok(
          match !== undefined || !/^(go|npm|pypi|golang-version|github-releases) /.test(known),
          `${path}: ${name}`,
        );
      }
    }
    assert.deepStrictEqual(seen, CONSTANTS);
  });

  it("finds the uv of every image that is built with it", () => {
    for (const path of [
      "app/Dockerfile",
      "app/blog/Dockerfile",
      "app/guestbook/Dockerfile",
      "template/app/Dockerfile",
    ]) {
      const [, currentValue] = /^ARG UV_VERSION=(.+)$/m.exec(read(path)) ?? [];
      assert.deepStrictEqual(foundIn(path), [{ datasource: "pypi", depName: "uv", currentValue }]);
    }
  });

  it("upgrades the engine with its SDK and providers", () => {
    const pulumi = config.packageRules.find(({ groupName }) => groupName === "Pulumi");
    assert.deepStrictEqual(pulumi?.matchPackageNames, ["pulumi", "@pulumi/**", "github.com/pulumi/pulumi/**"]);
    const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
    const [engine] = foundIn("local/engine/version.ts");
    assert.deepStrictEqual(engine?.currentValue, dependencies["@pulumi/pulumi"]);
    assert.match(
      read("local/engine/cli/go.mod"),
      new RegExp(`github\\.com/pulumi/pulumi/pkg/v3 v${engine?.currentValue}\\b`),
    );
  });

  it("keeps what is pinned within the series that it is held to", () => {
    const held = config.packageRules.flatMap(({ matchPackageNames: [name = ""] = [], allowedVersions }) =>
      allowedVersions?.startsWith("/") ? [[name, new RegExp(allowedVersions.slice(1, -1))] as const] : [],
    );
    const images = foundIn("lib/versions.ts");
    const allowed = (name: string, version: string) => held.find(([each]) => each === name)?.[1].test(version);
    for (const [name] of held) {
      const image = images.find(({ depName }) => depName === name);
      assert.ok(image !== undefined && allowed(name, image.currentValue), name);
    }
    assert.deepStrictEqual(
      [allowed("docker.io/library/mysql", "9.7.0"), allowed("docker.io/nginxinc/nginx-unprivileged", "1.31.0-alpine")],
      [false, false],
    );
  });

  it("waits for a week's rhythm and for a release to be some days old, never merges, and lets no vulnerability wait", () => {
    const { schedule, minimumReleaseAge, automerge, prConcurrentLimit, vulnerabilityAlerts } = config;
    assert.deepStrictEqual(
      { schedule, minimumReleaseAge, automerge, prConcurrentLimit, vulnerabilityAlerts },
      {
        schedule: ["before 6am on monday"],
        minimumReleaseAge: "5 days",
        automerge: false,
        prConcurrentLimit: 5,
        vulnerabilityAlerts: { labels: ["security"], schedule: ["at any time"], minimumReleaseAge: null },
      },
    );
  });

  it("has expressions that RE2 takes: none looks around itself or back", () => {
    const patterns = config.customManagers.flatMap(({ matchStrings, managerFilePatterns }) => [
      ...matchStrings,
      ...managerFilePatterns,
    ]);
    assert.deepStrictEqual(
      patterns.filter((pattern) => /\(\?(?:[=!]|<[=!])|\\[1-9]|\\k</.test(pattern)),
      [],
    );
  });
});
