import { strictEqual } from "node:assert";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgeLock, mendState } from "../../../../local/engine/lock";

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
