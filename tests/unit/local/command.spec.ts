import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, run, succeeds } from "../../../local/command";

const sh = (script: string): [string, string[]] => ["/bin/sh", ["-c", script]];

describe("A command", () => {
  it("gives its exit code and both of its outputs, apart", async () => {
    assert.deepStrictEqual(await attempt(...sh("echo out; echo err >&2; exit 3")), {
      code: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
  });
  it("has no exit code when it is not there, and the reason in words", async () => {
    assert.deepStrictEqual(await attempt("no-such-command", []), {
      code: null,
      stdout: "",
      stderr: "spawn no-such-command ENOENT",
    });
  });
  it("has no exit code when a signal ended it", async () => {
    assert.deepStrictEqual((await attempt(...sh("kill -9 $$"))).code, null);
  });
  it("is ended when its time is up", async () => {
    const startMs = Date.now();
    const { code, stdout } = await attempt(...sh("echo begun; exec sleep 20"), { timeoutSeconds: 0.2 });
    assert.deepStrictEqual({ code, stdout }, { code: null, stdout: "begun\n" });
    assert.ok(Date.now() - startMs < 5_000);
  });
  it("is not waited for longer when something that it started holds its outputs open", async () => {
    const startMs = Date.now();
    const { code, stdout } = await attempt(...sh("sleep 6 & echo $!; wait"), { timeoutSeconds: 0.2 });
    const tookMs = Date.now() - startMs;
    try {
      process.kill(Number(stdout));
    } catch {
      // It has ended by itself, which the next lines find too late.
    }
    assert.deepStrictEqual(code, null);
    assert.ok(tookMs < 3_000, `took ${tookMs} ms`);
  });
  it("reads its input to the end, characters of several bytes as well", async () => {
    const input = "ä€😀\n".repeat(50_000);
    assert.deepStrictEqual(await attempt("/bin/cat", [], { input }), { code: 0, stdout: input, stderr: "" });
  });
  it("that ends before it has read its input is judged by its exit code", async () => {
    assert.deepStrictEqual((await attempt(...sh("exit 0"), { input: "x".repeat(1_000_000) })).code, 0);
  });
  it("finds its input at its end when it is given none", async () => {
    assert.deepStrictEqual((await attempt("/bin/cat", [])).stdout, "");
  });
  it("has the process's environment with what is laid over it, less what is taken out", async () => {
    process.env["COMMAND_SPEC"] = "kept";
    const show = sh('echo "${COMMAND_SPEC-none} ${COMMAND_MORE-none}"');
    try {
      assert.deepStrictEqual(
        [
          await run(...show),
          await run(...show, { env: { COMMAND_SPEC: "other", COMMAND_MORE: "more" } }),
          await run(...show, { env: { COMMAND_SPEC: undefined } }),
        ],
        ["kept none", "other more", "none none"],
      );
    } finally {
      delete process.env["COMMAND_SPEC"];
    }
  });

  describe("with a folder", () => {
    let folder: string;
    before(() => {
      folder = realpathSync(mkdtempSync(join(tmpdir(), "command-")));
    });
    after(() => {
      rmSync(folder, { recursive: true });
    });

    it("runs in it", async () => {
      assert.deepStrictEqual(await run(...sh("pwd"), { cwd: folder }), folder);
    });
    it("writes both outputs to a log, anew each time, and says where that is", async () => {
      const log = join(folder, "log");
      await attempt(...sh("echo longer than the next"), { log });
      assert.deepStrictEqual(await attempt(...sh("echo out; echo err >&2; exit 1"), { log }), {
        code: 1,
        stdout: "",
        stderr: `see ${log}`,
      });
      assert.deepStrictEqual(readFileSync(log, "utf8"), "out\nerr\n");
      await assert.rejects(run(...sh("exit 2"), { log }), { message: `/bin/sh -c exit 2: exit 2: see ${log}` });
    });
  });

  it("that must succeed gives what it printed, trimmed", async () => {
    assert.deepStrictEqual(await run(...sh("printf '\\n  a\\nb \\n\\n'")), "a\nb");
  });
  it("that must succeed and does not fails with its line, its exit code and what it said last", async () => {
    await assert.rejects(run(...sh("echo out; echo why >&2; exit 3")), {
      message: "/bin/sh -c echo out; echo why >&2; exit 3: exit 3: why",
    });
    await assert.rejects(run(...sh("echo out; exit 3")), { message: "/bin/sh -c echo out; exit 3: exit 3: out" });
    await assert.rejects(run("no-such-command", ["x"]), {
      message: "no-such-command x: did not end: spawn no-such-command ENOENT",
    });
  });
  it("that says very much is cut to the end of it, and a long line to its start", async () => {
    const script = `: ${"x".repeat(1000)}; printf '%05000d' 7 >&2; exit 1`;
    await assert.rejects(run(...sh(script)), {
      message: `${`/bin/sh -c ${script}`.slice(0, 400)}: exit 1: ${"0".repeat(3999)}7`,
    });
  });
  it("succeeds with exit code 0 alone", async () => {
    assert.deepStrictEqual(
      [await succeeds(...sh("exit 0")), await succeeds(...sh("exit 1")), await succeeds("no-such-command", [])],
      [true, false, false],
    );
  });
});
