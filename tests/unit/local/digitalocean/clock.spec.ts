import assert from "node:assert/strict";
import { address, freeRange, isPrivate, overlap, parseRange } from "../../../../local/digitalocean/cidr";
import { compareVersions, minorOf } from "../../../../local/digitalocean/catalog";
import { Clock, spanMs, timestamp } from "../../../../local/digitalocean/clock";

describe("the emulator's clock", () => {
  it("keeps appointments in order, each at its own time, before it has moved", async () => {
    const clock = new Clock();
    const startMs = clock.now();
    const kept: [string, number][] = [];
    const keep = (name: string) => async () => {
      await Promise.resolve();
      kept.push([name, Math.round((clock.now() - startMs) / 3_600_000)]);
    };
    clock.at(startMs + spanMs({ hours: 5 }), keep("second"));
    clock.at(startMs + spanMs({ hours: 2 }), keep("first"));
    clock.at(startMs + spanMs({ days: 2 }), keep("third"));
    await clock.advance({ days: 1 });
    assert.deepEqual(kept, [
      ["first", 2],
      ["second", 5],
    ]);
    assert.equal(Math.round((clock.now() - startMs) / 3_600_000), 24);
    clock.stop();
  });

  it("keeps appointments as time goes by, too", async () => {
    const clock = new Clock();
    await new Promise<void>((resolve) => {
      clock.at(clock.now() + 20, resolve);
      // The clock's own timer keeps no process alive.
      setTimeout(() => undefined, 200);
    });
    clock.stop();
  });

  it("tells that an appointment failed, after it kept the others", async () => {
    const clock = new Clock();
    let kept = false;
    clock.at(clock.now() + 1000, () => {
      throw new Error("could not be kept");
    });
    clock.at(clock.now() + 2000, () => {
      kept = true;
    });
    await assert.rejects(clock.advance({ minutes: 1 }), /could not be kept/);
    assert.equal(kept, true);
    await assert.rejects(clock.advance({ days: -1 }), RangeError);
    clock.stop();
  });

  it("writes times as DigitalOcean does", () => {
    assert.equal(timestamp(Date.UTC(2026, 10, 23, 4, 5, 6, 789)), "2026-11-23T04:05:06Z");
  });
});

describe("ranges of addresses", () => {
  const range = (text: string) => {
    const parsed = parseRange(text);
    assert.ok(parsed !== undefined, text);
    return parsed;
  };

  it("are read if they begin where their network does", () => {
    assert.deepEqual(range("10.10.0.0/20"), { first: 168427520, last: 168431615, prefix: 20 });
    for (const text of ["10.10.0.1/20", "10.10.0.0", "10.10.0.0/33", "10.256.0.0/16", "fd00::/8", ""]) {
      assert.equal(parseRange(text), undefined, text);
    }
    assert.equal(address(168427520), "10.10.0.0");
  });

  it("overlap, are private, are free", () => {
    assert.equal(overlap(range("10.10.0.0/16"), range("10.10.16.0/20")), true);
    assert.equal(overlap(range("10.10.0.0/20"), range("10.10.16.0/20")), false);
    assert.deepEqual(
      ["10.0.0.0/8", "172.31.0.0/16", "192.168.1.0/24", "172.32.0.0/16", "8.0.0.0/8"].map((text) =>
        isPrivate(range(text)),
      ),
      [true, true, true, false, false],
    );
    assert.equal(freeRange([]), "10.104.0.0/20");
    assert.equal(freeRange([range("10.104.0.0/16")]), "10.105.0.0/20");
  });
});

describe("version slugs", () => {
  it("are ordered by their numbers", () => {
    const sorted = ["1.35.1-do.1", "1.9.4-do.0", "1.35.10-do.0", "1.35.1-do.0"].sort(compareVersions);
    assert.deepEqual(sorted, ["1.9.4-do.0", "1.35.1-do.0", "1.35.1-do.1", "1.35.10-do.0"]);
    assert.equal(minorOf("1.35.1-do.0"), 35);
  });
});
