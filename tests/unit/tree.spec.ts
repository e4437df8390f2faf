import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { LANES } from "../lifecycle/lanes";
import { ROOT } from "../support/stackFiles";

/** Folders that are no part of the project: what .gitignore names, and git's own. */
const IGNORED = [
  ".git",
  ...readFileSync(join(ROOT, ".gitignore"), "utf8")
    .split("\n")
    .map((line) => line.trim().replace(/\/$/, ""))
    .filter((line) => line !== ""),
];

/** Every file of the project, relative to its root. */
function files(folder = ROOT): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (IGNORED.includes(entry.name) || entry.name.endsWith(".egg-info")) {
      return [];
    }
    return entry.isDirectory() ? files(path) : entry.isFile() ? [relative(ROOT, path)] : [];
  });
}

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const lines = (path: string): number => read(path).trimEnd().split("\n").length;
const program = files().filter((path) =>
  /^(components|lib|policy)\/.*\.ts$|^(index|config|account|apps|platform)\.ts$/.test(path),
);

/** Hosts of package registries, in parts, so that this file does not hold them itself. */
const REGISTRIES = [
  ["pypi", "org"],
  ["files", "pythonhosted", "org"],
  ["registry", "npmjs", "org"],
  ["registry", "yarnpkg", "com"],
  ["proxy", "golang", "org"],
  ["sum", "golang", "org"],
  ["deb", "debian", "org"],
  ["archive", "ubuntu", "com"],
  ["crates", "io"],
  ["rubygems", "org"],
  ["repo", "maven", "apache", "org"],
  ["repo1", "maven", "org"],
].map((parts) => parts.join("."));

describe("the project's tree", () => {
  it("holds the program where the conventions put it", () => {
    assert.deepStrictEqual(
      ["index.ts", "config.ts", "account.ts", "lib/versions.ts", "components/app/flaskApp.ts"].filter(
        (path) => !program.includes(path),
      ),
      [],
    );
  });

  it("has no file of the program above 300 lines", () => {
    assert.deepStrictEqual(
      program.filter((path) => lines(path) > 300),
      [],
    );
  });

  it("has no test above 300 lines", () => {
    assert.deepStrictEqual(
      files().filter((path) => /^tests\/.*\.ts$/.test(path) && lines(path) > 300),
      [],
    );
  });

  it("tells the story of the stack in under 100 lines of index.ts", () => {
    assert.ok(lines("index.ts") < 100);
  });

  it("has a name for everything: no utils, common or helpers", () => {
    assert.deepStrictEqual(
      files().filter((path) => path.split("/").some((part) => /^(utils?|common|helpers?)(\.\w+)*$/i.test(part))),
      [],
    );
  });

  it("names a component's file after its class", () => {
    const components = program.filter((path) => path.startsWith("components/"));
    const named = components.filter((path) => {
      const [, type] = /export class (\w+) extends pulumi\.ComponentResource/.exec(read(path)) ?? [];
      return type === undefined || basename(path) !== `${type.charAt(0).toLowerCase()}${type.slice(1)}.ts`;
    });
    assert.deepStrictEqual(named, []);
  });

  it("gives each component the type token of its folder and class, and its arguments and options (P2)", () => {
    const components = program.filter((path) => path.startsWith("components/"));
    const wrong = components.filter((path) => {
      const [, folder = ""] = path.split("/");
      const [, type = ""] = /export class (\w+) extends/.exec(read(path)) ?? [];
      const call = /super\(([^;]*)\);/.exec(read(path))?.[1] ?? "";
      const [token, name] = call.split(", ");
      return token !== `"flask-doks:${folder}:${type}"` || name !== "name" || !call.endsWith(", opts");
    });
    assert.deepStrictEqual(wrong, []);
  });

  it("reads the config in one place", () => {
    // account.ts looks at the names of the keys alone: a provider's token among them is refused, and none is read.
    const names = "Object.keys(pulumi.runtime.allConfig())";
    const text = (path: string) => (path === "account.ts" ? read(path).replace(names, "") : read(path));
    // The policy pack is a process of its own, in which the program is not.
    assert.deepStrictEqual(
      program.filter((path) => /pulumi\.Config\(|allConfig\(|getConfig\(/.test(text(path))),
      ["config.ts", "policy/settings.ts"],
    );
  });

  it("makes Kubernetes providers in the cluster's components only", () => {
    assert.deepStrictEqual(
      program.filter((path) => read(path).includes("new k8s.Provider(")),
      [
        "components/cluster/doksCluster.ts",
        "components/cluster/existingCluster.ts",
        "components/cluster/sharedCluster.ts",
      ],
    );
  });

  it("runs every spec of the lifecycle suite in one of its lanes", () => {
    const specs = files().filter((path) => /^tests\/lifecycle\/.*\.spec\.ts$/.test(path));
    assert.deepStrictEqual(
      Object.values(LANES)
        .flat()
        .map((name) => `tests/lifecycle/${name}.spec.ts`)
        .sort(),
      specs.sort(),
    );
  });

  it("uses the package registries that its clients are set to: it names none", () => {
    const naming = files().filter((path) => {
      const text = read(path);
      return REGISTRIES.some((host) => text.includes(host));
    });
    assert.deepStrictEqual(naming, []);
  });
});
