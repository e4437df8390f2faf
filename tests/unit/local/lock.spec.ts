import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { locked, startTime } from "../../../local/lock";

// The lock knows processes from /proc, as everything does that runs on a node.
if (existsSync("/proc/self/stat")) {
  describe("The lock between processes", () => {
    let folder: string;
    let file: string;
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "lock-"));
      file = join(folder, "lock");
    });
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    it("is held while the work is done, by this process, and gone afterwards", async () => {
      const held = await locked(file, () => Promise.resolve(readFileSync(file, "utf8")));
      assert.deepStrictEqual(held, `${boot} ${process.pid} ${String(await startTime(process.pid))}`);
      assert.deepStrictEqual(existsSync(file), false);
    });
    it("lets one at a time", async () => {
      const events: string[] = [];
      const work = (name: string) => async () => {
        events.push(`${name} begins`);
        await sleep(30);
        events.push(`${name} ends`);
      };
      await Promise.all([locked(file, work("a")), locked(file, work("a"))]);
      assert.deepStrictEqual(events, ["a begins", "a ends", "a begins", "a ends"]);
    });
    it("waits for a process that lives", async () => {
      writeFileSync(file, `${boot} ${process.ppid} ${String(await startTime(process.ppid))}`);
      let begun = false;
      const waiting = locked(file, () => {
        begun = true;
        return Promise.resolve();
      });
      await sleep(120);
      assert.deepStrictEqual(begun, false);
      rmSync(file);
      await waiting;
      assert.deepStrictEqual(begun, true);
    });

    const stale = (title: string, content: () => string | Promise<string>) => {
      it(title, async () => {
        writeFileSync(file, await content());
        assert.deepStrictEqual(await locked(file, () => Promise.resolve("done")), "done");
        assert.deepStrictEqual(existsSync(file), false);
      });
    };
    // No process has an id as high as this.
    stale("is taken over from a process that is gone", () => `${boot} 99999999 12345`);
    stale("is taken over from a process whose id another one has got since", () => `${boot} ${process.ppid} 1`);
    stale(
      "is taken over from a process of before the machine was started anew",
      async () => `00000000-0000-0000-0000-000000000000 ${process.ppid} ${String(await startTime(process.ppid))}`,
    );
    stale("is taken over from one that died before it wrote its name", () => "");

    it("is let go of when the work fails, and passes the failure on", async () => {
      const failure = new Error("no room");
      await assert.rejects(
        locked(file, () => Promise.reject(failure)),
        (error) => error === failure,
      );
      assert.deepStrictEqual(existsSync(file), false);
    });
    it("does not wait for ever where it cannot be written", async () => {
      await assert.rejects(
        locked(join(folder, "none", "lock"), () => Promise.resolve()),
        { code: "ENOENT" },
      );
    });
  });

  describe("The start of a process", () => {
    it("is a number of ticks, the same each time, and none for a process that is not there", async () => {
      const first = await startTime(process.pid);
      assert.match(first ?? "", /^\d+$/);
      assert.deepStrictEqual([await startTime(process.pid), await startTime(99999999)], [first, undefined]);
    });
  });
}
