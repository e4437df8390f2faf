import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/stackFiles";

const FOLDERS = [".ci", "local", "pods", "scripts"];

/** The shell scripts of the project, each with the shell that its first line names; bash, where that runs it by its file. */
const scripts: [path: string, shell: string][] = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) => {
      const [, named] = /^#!\S*[/ ](?:env +)?((?:ba|da)?sh)\b/.exec(readFileSync(path, "utf8")) ?? [];
      const shell = named ?? (path.endsWith(".sh") ? "bash" : undefined);
      return shell === undefined ? [] : [[path.slice(ROOT.length + 1), shell] as [string, string]];
    }),
);

describe("The shell scripts", () => {
  it("are found, those of the whole suite, of images and of pods", () => {
    assert.deepStrictEqual(
      scripts.map(([path, shell]) => `${path} ${shell}`).sort(),
      [
        ".ci/run bash",
        "local/docker/mariadb/client.sh bash",
        ...["mariadb", "mysql"].map((folder) => `local/docker/${folder}/entrypoint.sh bash`),
        ...[
          ...["accounts", "backup", "database", "move", "report", "restore", "restore-test", "snapshots", "start"],
          "store",
        ].map((name) => `pods/mysql/${name}.sh bash`),
        ...["probe", "start"].map((name) => `pods/redis/${name}.sh sh`),
      ].sort(),
    );
  });
  for (const [path, shell] of scripts) {
    it(`parse: ${path} as ${shell}`, () => {
      const { status, stderr } = spawnSync(shell, ["-n", join(ROOT, path)], { encoding: "utf8" });
      assert.deepStrictEqual({ status, stderr }, { status: 0, stderr: "" });
    });
  }
  it("can be started, the one that starts the whole suite", () => {
    assert.deepStrictEqual(statSync(join(ROOT, ".ci", "run")).mode & 0o111, 0o111);
  });
});
