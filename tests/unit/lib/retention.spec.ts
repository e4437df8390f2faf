import assert from "node:assert/strict";
import { keepOptions } from "../../../lib/retention";

describe("how many backups are kept", () => {
  it("is an option of restic's for each period, in the order of their length", () => {
    assert.deepStrictEqual(
      keepOptions({ hourly: 24, daily: 7, weekly: 4, monthly: 12 }),
      "--keep-hourly 24 --keep-daily 7 --keep-weekly 4 --keep-monthly 12",
    );
  });

  it("leaves out what is not to be kept: restic takes no 0", () => {
    assert.deepStrictEqual(keepOptions({ hourly: 0, daily: 7, weekly: 0, monthly: 0 }), "--keep-daily 7");
    assert.deepStrictEqual(keepOptions({ hourly: 0, daily: 0, weekly: 0, monthly: 0 }), "");
  });
});
