import { deepStrictEqual, strictEqual } from "node:assert";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareHelm } from "../../../local/helm";
import type { Step } from "../../../local/steps";
import { FakeCommands } from "../../support/fakeCommands";

describe("Helm", () => {
  let commands: FakeCommands;
  let titles: string[];
  let cache: string;
  const ownCache = process.env["FLASK_DOKS_CACHE"];
  const step: Step = async (title, work) => {
    titles.push(title);
    return work();
  };
  beforeEach(() => {
    commands = new FakeCommands();
    titles = [];
    cache = mkdtempSync(join(tmpdir(), "cache-"));
    process.env["FLASK_DOKS_CACHE"] = cache;
    commands.add("go", 'echo "go version go1.26.8 linux/amd64"');
    // Builds what it is asked to, in no time.
    commands.add("nice", 'while [ "$1" != -o ]; do shift; done\nmkdir -p "$2" && echo built >"$2/helm"');
  });
  afterEach(() => {
    commands.remove();
    rmSync(cache, { recursive: true });
    if (ownCache === undefined) Reflect.deleteProperty(process.env, "FLASK_DOKS_CACHE");
    else process.env["FLASK_DOKS_CACHE"] = ownCache;
  });

  it("is the machine's own where that is new enough", async () => {
    commands.add("helm", "echo v3.14.0");
    strictEqual(await prepareHelm(step), "helm");
    deepStrictEqual(titles, []);
  });
  for (const [what, version] of [
    ["too old", "v3.13.9"],
    ["a Helm 4", "v4.1.0"],
  ] as const) {
    it(`is built once where the machine's is ${what}, as the version that its go.mod names`, async () => {
      commands.add("helm", `echo ${version}`);
      const path = await prepareHelm(step);
      deepStrictEqual([path.startsWith(cache), existsSync(path)], [true, true]);
      const build = commands.calls().find(({ line }) => line[0] === "nice")?.line ?? [];
      strictEqual(build.includes("helm.sh/helm/v3/cmd/helm"), true);
      const flags = build[build.indexOf("-ldflags") + 1] ?? "";
      strictEqual(flags.includes("internal/version.version=v3.22.0 "), true);
      strictEqual(flags.includes("pkg/chartutil.k8sVersionMinor=37 "), true);
      strictEqual(await prepareHelm(step), path);
      deepStrictEqual(titles, ["Building Helm, for a minute or two"]);
    });
  }
});
