import assert from "node:assert/strict";
import { UserError } from "../../../../local/steps";
import { duration, many, size } from "../../../../scripts/data/figures";
import { chooseSnapshot, parseSnapshots, snapshotTable, type Snapshot } from "../../../../scripts/data/snapshots";
import { SNAPSHOTS } from "./fakeCluster";

const NOW = new Date("2026-11-26T05:30:00Z");
const snapshot = (id: string, kind: Snapshot["kind"], time = "2026-11-26T02:17:00Z", bytes?: number): Snapshot => ({
  id,
  time: new Date(time),
  kind,
  bytes,
});

describe("The backups", () => {
  it("are what restic lists, the newest first, with what is known of each", () => {
    const found = parseSnapshots(["[snapshots] x", `snapshots: ${JSON.stringify(SNAPSHOTS)}`]);
    assert.deepStrictEqual(found, [
      snapshot("ef56ab78", "safety"),
      snapshot("ab12cd34", "scheduled", "2026-11-25T02:17:00Z", 2048),
    ]);
  });
  it("may be of somebody else's making, without tags", () => {
    const [found] = parseSnapshots([`snapshots: [{"short_id":"a","time":"2026-11-26T02:17:00Z","tags":null}]`]);
    assert.deepStrictEqual(found, snapshot("a", undefined));
  });
  for (const line of ["", "snapshots: ", "snapshots: {}", 'snapshots: [{"id":1}]']) {
    it(`are not read from ${JSON.stringify(line)}`, () => {
      assert.throws(
        () => parseSnapshots([line]),
        new UserError("The list of backups could not be read from the log of its Job."),
      );
    });
  }

  it("are a table, sizes under each other", () => {
    const rows = [
      snapshot("ab12cd34", "scheduled", undefined, 12_345_678),
      snapshot("ef56ab78", undefined, "2026-11-20T02:17:00Z", 812),
      snapshot("00000001", "manual", "2026-11-26T05:29:30Z"),
    ];
    assert.deepStrictEqual(snapshotTable(rows, NOW), [
      "  id        made         at                    kind           size",
      "  ab12cd34  3 hours ago  2026-11-26 02:17 UTC  scheduled  11.8 MiB",
      "  ef56ab78  6 days ago   2026-11-20 02:17 UTC  other         812 B",
      "  00000001  just now     2026-11-26 05:29 UTC  manual            ?",
    ]);
  });
});

describe("The backup that is meant", () => {
  const all = [snapshot("ef56ab78", "safety"), snapshot("ab12cd34", "scheduled"), snapshot("ab99cd34", "manual")];
  const chosen = (wanted: string, of = all) => chooseSnapshot(of, wanted).id;

  it("is that of the id, its beginning, or all of restic's long one", () => {
    assert.deepStrictEqual(
      ["ab12cd34", "AB12", `ab12cd34${"0".repeat(56)}`].map((each) => chosen(each)),
      ["ab12cd34", "ab12cd34", "ab12cd34"],
    );
  });
  it("is as the latest one no safety backup, unless there are no others", () => {
    assert.deepStrictEqual([chosen("latest"), chosen("latest", all.slice(0, 1))], ["ab12cd34", "ef56ab78"]);
  });
  it("has to be there, and to be one", () => {
    assert.throws(() => chosen("latest", []), new UserError("There is no backup yet."));
    assert.throws(
      () => chosen("77"),
      new UserError('There is no backup "77". There are: ef56ab78, ab12cd34, ab99cd34.'),
    );
    assert.throws(() => chosen("ab"), new UserError('"ab" may be any of ab12cd34, ab99cd34: give more of it.'));
  });
});

describe("Figures", () => {
  it("are sizes, numbers and times as people write them", () => {
    assert.deepStrictEqual([0, 1023, 1024, 1_500_000, 5 * 2 ** 40].map(size), [
      "0 B",
      "1023 B",
      "1.0 KiB",
      "1.4 MiB",
      "5.0 TiB",
    ]);
    assert.deepStrictEqual([many(1, "row"), many(1_234_567, "row")], ["1 row", "1,234,567 rows"]);
    assert.deepStrictEqual([duration(47.6), duration(192)], ["48 s", "3 min 12 s"]);
  });
});
