import assert from "node:assert/strict";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as Go from "../../../local/go";
import type { Step } from "../../../local/steps";
import { FakeCommands } from "../../support/fakeCommands";

const load = createRequire(__filename);
const architecture = process.arch === "arm64" ? "arm64" : "amd64";

/** The module as a new process has it: it looks for Go once. */
function freshModule(): typeof Go {
  const path = load.resolve("../../../local/go");
  Reflect.deleteProperty(load.cache, path);
  return load(path) as typeof Go;
}

describe("The Go toolchain", () => {
  let commands: FakeCommands;
  let titles: string[];
  const toolchain = process.env["GOTOOLCHAIN"];
  const step: Step = async (title, work) => {
    titles.push(title);
    return work();
  };
  /** A `go` that says its own version when it is told to, and otherwise that of one it would switch to, as Go does. */
  const addGo = (version: string, more = "") => {
    commands.add(
      "go",
      `case "$1 $GOTOOLCHAIN" in "version local") echo "go version ${version} linux/amd64";; version*) echo "go version go1.99.0 linux/amd64";; esac\n${more}`,
    );
  };
  beforeEach(() => {
    commands = new FakeCommands();
    titles = [];
    delete process.env["GOTOOLCHAIN"];
  });
  afterEach(() => {
    commands.remove();
    if (toolchain !== undefined) process.env["GOTOOLCHAIN"] = toolchain;
  });

  for (const version of ["go1.24", "go1.24.3", "go1.30.0", "go2.0.1"]) {
    it(`is the machine's own when that is ${version}`, async () => {
      addGo(version);
      assert.deepStrictEqual([await freshModule().goToolchain(step), titles], ["go", []]);
      assert.deepStrictEqual(commands.lines(), ["go version"]);
    });
  }
  it("is fetched as a module when the machine's own is too old, and its commands are made executable", async () => {
    const fetched = join(commands.folder, "module");
    const files = [join(fetched, "bin", "go"), join(fetched, "pkg", "tool", `linux_${architecture}`, "compile")];
    for (const file of files) {
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, "", { mode: 0o644 });
    }
    addGo("go1.19.8", `[ "$1" != mod ] || printf '{"Path":"golang.org/toolchain","Dir":"%s"}' '${fetched}'`);
    assert.deepStrictEqual(await freshModule().goToolchain(step), files[0]);
    assert.deepStrictEqual(
      files.map((file) => statSync(file).mode & 0o777),
      [0o755, 0o755],
    );
    const [, version = ""] = /^Fetching Go (\d+\.\d+\.\d+), since the machine's is 1\.19$/.exec(titles[0] ?? "") ?? [];
    assert.deepStrictEqual(titles.length, 1);
    assert.deepStrictEqual(commands.lines(), [
      "go version",
      `go mod download -json golang.org/toolchain@v0.0.1-go${version}.linux-${architecture}`,
    ]);
  });
  it("is looked for once, however many ask", async () => {
    addGo("go1.26.8");
    const { goToolchain } = freshModule();
    assert.deepStrictEqual(await Promise.all([goToolchain(step), goToolchain(step)]), ["go", "go"]);
    assert.deepStrictEqual(commands.lines(), ["go version"]);
  });
  it("has a sentence for a machine without it", async () => {
    await assert.rejects(freshModule().goToolchain(step), {
      name: "UserError",
      message: "Go is not installed: install the Debian package golang-go, or Go 1.24 or newer.",
    });
  });
  it("fails with what Go says when it cannot be fetched", async () => {
    addGo("go1.19.8", 'if [ "$1" = mod ]; then echo "no such host" >&2; exit 1; fi');
    await assert.rejects(freshModule().goToolchain(step), /^Error: go mod download -json \S+: exit 1: no such host$/);
  });
});
