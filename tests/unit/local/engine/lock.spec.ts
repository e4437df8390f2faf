import { deepStrictEqual, strictEqual } from "node:assert";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgeLock, lockedSentence, locksTold, mendState } from "../../../../local/engine/lock";

describe("The lock on a stack", () => {
  const lock = { pid: 123, hostname: "here", timestamp: "2026-11-21T10:00:00Z" };
  it("is stale when its process on this machine is gone", () => {
    strictEqual(
      judgeLock(lock, "here", () => false),
      "stale",
    );
  });
  it("is held while its process runs", () => {
    strictEqual(
      judgeLock(lock, "here", (pid) => pid === 123),
      "held",
    );
  });
  it("is held when it was taken on another machine, whose processes cannot be seen", () => {
    strictEqual(
      judgeLock(lock, "elsewhere", () => false),
      "held",
    );
  });
});

describe("The message about a lock", () => {
  const lock = { pid: 4711, username: "ann", hostname: "laptop", timestamp: "2026-11-21T10:00:00" };
  const now = new Date("2026-11-21T12:00:00");
  it("says who holds it since when, with the day when that is not today", () => {
    strictEqual(
      lockedSentence("dev", lock, "laptop", now),
      'Another run on the stack "dev" is under way (ann, process 4711, since 10:00:00). Wait until it ends.',
    );
    strictEqual(
      lockedSentence("dev", { ...lock, timestamp: "2026-11-19T10:00:00" }, "laptop", now),
      'Another run on the stack "dev" is under way (ann, process 4711, since 2026-11-19 10:00:00). Wait until it ends.',
    );
  });
  it("says of another machine's how it is taken away", () => {
    strictEqual(
      lockedSentence("dev", lock, "here", now),
      'Another run on the stack "dev" is under way (ann, process 4711 on laptop, since 10:00:00). Wait until it ends. ' +
        'If it was killed there, its lock stays: take it away with "pulumi cancel dev".',
    );
  });
  it("is read from what the CLI says, and from nothing else", () => {
    const told = [
      "error: the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.",
      "  s3://b/x.json?region=r: created by ann@laptop (pid 4711) at 2026-11-21T10:00:00Z",
      "  s3://b/y.json?region=r: created by ben@desk-2.lan (pid 12) at 2026-11-21T10:00:01+01:00",
    ].join("\n");
    deepStrictEqual(locksTold(told), [
      { pid: 4711, username: "ann", hostname: "laptop", timestamp: "2026-11-21T10:00:00Z" },
      { pid: 12, username: "ben", hostname: "desk-2.lan", timestamp: "2026-11-21T10:00:01+01:00" },
    ]);
    deepStrictEqual(locksTold("created by ann@laptop (pid 4711) at 2026-11-21T10:00:00Z"), []);
  });
});

describe("The state of a stack", () => {
  it("is put back from its copy when it was cut off, and only then", async () => {
    const folder = mkdtempSync(join(tmpdir(), "state-"));
    const file = join(folder, "dev.json");
    writeFileSync(`${file}.bak`, '{"copy":1}');
    writeFileSync(file, '{"whole":1}');
    strictEqual(await mendState(file), false);
    writeFileSync(file, '{"whole":');
    strictEqual(await mendState(file), true);
    strictEqual(readFileSync(file, "utf8"), '{"copy":1}');
    writeFileSync(`${file}.attrs`, "");
    strictEqual(await mendState(file), true);
    strictEqual(existsSync(`${file}.attrs`), false);
    rmSync(folder, { recursive: true });
  });
});
