import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../support/stackFiles";

interface Package {
  version: string;
  main: string;
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

const json = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), "utf8"));

const { main, scripts, dependencies, devDependencies } = json("package.json") as Package;
const all = { ...dependencies, ...devDependencies };

const installed = (name: string): string =>
  (json(`node_modules/${name}/package.json`) as Package).version.replace(/^v/, "");
const parts = (version: string): number[] => version.split(".").map(Number);

describe("package.json", () => {
  it("pins every dependency to one exact version (P5)", () => {
    assert.deepStrictEqual(
      Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
      [],
    );
  });

  it("lists TypeScript 6, for the engine falls back to one of its own without it (P5)", () => {
    assert.deepStrictEqual(parts(devDependencies["typescript"] ?? "")[0], 6);
    assert.deepStrictEqual(installed("typescript"), devDependencies["typescript"]);
  });

  it("brings a Node that the SDK runs on, whatever the machine has (P5)", () => {
    assert.ok((parts(devDependencies["node"] ?? "")[0] ?? 0) >= 22);
  });

  it("brings the engine's command line in the SDK's own version (P6)", () => {
    assert.deepStrictEqual(devDependencies["pulumi"], dependencies["@pulumi/pulumi"]);
  });

  it("takes a Kubernetes provider that can preview what its own run defines, 4.32 or later (K4)", () => {
    for (const version of [dependencies["@pulumi/kubernetes"] ?? "", installed("@pulumi/kubernetes")]) {
      const [major = 0, minor = 0] = parts(version);
      assert.ok(major > 4 || (major === 4 && minor >= 32), version);
    }
  });

  it("is installed as it says", () => {
    assert.deepStrictEqual(
      Object.entries(all).filter(([name, version]) => installed(name) !== version),
      [],
    );
  });

  it("runs index.ts, with the packages that npm installed", () => {
    const { runtime } = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8")) as { runtime: unknown };
    assert.deepStrictEqual(main, "index.ts");
    assert.deepStrictEqual(runtime, { name: "nodejs", options: { packagemanager: "npm" } });
  });

  it("writes the reference with the command that the reference names", () => {
    assert.deepStrictEqual(scripts["reference"], "tsx scripts/reference.ts");
  });
});

describe("package-lock.json", () => {
  it("holds a checksum and no registry for each package, so that any mirror serves it", () => {
    const { packages } = json("package-lock.json") as {
      packages: Record<string, { resolved?: string; integrity?: string; link?: boolean }>;
    };
    const entries = Object.entries(packages).filter(([path]) => path !== "");
    assert.ok(entries.length > 100);
    assert.deepStrictEqual(
      entries.filter(([, { resolved, integrity }]) => resolved !== undefined || integrity === undefined),
      [],
    );
  });
});
