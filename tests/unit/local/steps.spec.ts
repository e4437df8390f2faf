import assert from "node:assert/strict";
import { mock } from "node:test";
import { stepPrinter, tryStep, UserError, type Step } from "../../../local/steps";

describe("Progress", () => {
  const now = Date.now;
  let clockMs = 0;
  before(() => {
    Date.now = () => clockMs;
  });
  after(() => {
    Date.now = now;
  });

  /** A printer, and what it has written, call by call. */
  const printer = (isTTY: boolean, columns = 80) => {
    const written: string[] = [];
    const out = { isTTY, columns, write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WriteStream;
    return { ...stepPrinter(out), written };
  };
  const takes = (ms: number) => () => {
    clockMs += ms;
    return ms;
  };
  const line = (mark: string, time: string) => `${mark} Building${" ".repeat(52)} ${time.padStart(8)}\n`;

  it("is a line at a step's start and one at its end, with the seconds it took", async () => {
    const { step, written } = printer(false);
    await step("Building", takes(12_345));
    await step("Building", takes(40));
    assert.deepStrictEqual(written, ["… Building\n", line("✓", "12.3 s"), "… Building\n", line("✓", "0.0 s")]);
  });
  it("shows its start before the work begins", async () => {
    const { step, written } = printer(false);
    assert.deepStrictEqual(await step("Building", () => [...written]), ["… Building\n"]);
  });
  it("gives back what the work gave, at once or later", async () => {
    const { step } = printer(false);
    assert.deepStrictEqual(
      [await step("Building", takes(7)), await step("Building", () => Promise.resolve(8))],
      [7, 8],
    );
  });
  it("marks a step that failed, and passes the failure on", async () => {
    const { step, written } = printer(false);
    const failure = new UserError("no room");
    const failing = step("Building", async () => {
      await Promise.resolve();
      clockMs += 1_500;
      throw failure;
    });
    await assert.rejects(failing, (error) => error === failure);
    assert.deepStrictEqual(written, ["… Building\n", line("✗", "1.5 s")]);
  });
  it("replaces the line of a running step on a terminal", async () => {
    const { step, written } = printer(true);
    await step("Building", takes(100));
    assert.deepStrictEqual(written, ["… Building", `\r\u001b[K${line("✓", "0.1 s")}`]);
  });
  describe("of a long step", () => {
    beforeEach(() => {
      mock.timers.enable({ apis: ["setInterval"] });
    });
    afterEach(() => {
      mock.timers.reset();
    });
    /** What a step writes that takes this long, and nothing after it. */
    const during = async (seconds: number, isTTY: boolean, title = "Building", columns = 80) => {
      const { step, written } = printer(isTTY, columns);
      await step(title, () => {
        for (let second = 0; second < seconds; second += 1) {
          clockMs += 1_000;
          mock.timers.tick(1_000);
        }
      });
      mock.timers.tick(10_000);
      return written;
    };

    it("runs along on a terminal until the step ends", async () => {
      const running = (time: string) => `\r… Building${" ".repeat(52)} ${time.padStart(8)}`;
      assert.deepStrictEqual(await during(2, true), [
        "… Building",
        running("1.0 s"),
        running("2.0 s"),
        `\r\u001b[K${line("✓", "2.0 s")}`,
      ]);
    });
    it("is not in a file until the step ends", async () => {
      assert.deepStrictEqual(await during(2, false), ["… Building\n", line("✓", "2.0 s")]);
    });
    it("keeps to one line of the terminal, and shows the whole title at the end", async () => {
      const title = "Installing ".repeat(20);
      for (const columns of [50, 100]) {
        const written = await during(1, true, title, columns);
        assert.deepStrictEqual(
          written.slice(0, 2).map((text) => text.replace("\r", "").length <= columns),
          [true, true],
        );
        assert.deepStrictEqual(written[2]?.includes(title), true);
      }
    });
    it("takes a terminal that does not tell its width for one of 80 columns", async () => {
      const [start = ""] = await during(0, true, "x".repeat(200), 0);
      assert.deepStrictEqual(start, `… ${"x".repeat(68)}`);
    });
  });
  it("puts a note on a line of its own, and on a terminal over the running step", () => {
    const [file, terminal] = [printer(false), printer(true)];
    file.note("because");
    terminal.note("because");
    assert.deepStrictEqual([file.written, terminal.written], [["  because\n"], ["\r\u001b[K  because\n"]]);
  });
});

describe("A step of which nothing may come", () => {
  const outcomes: string[] = [];
  const step: Step = async (title, work) => {
    try {
      const result = await work();
      outcomes.push(`${title}: done`);
      return result;
    } catch (error) {
      outcomes.push(`${title}: failed`);
      throw error;
    }
  };
  afterEach(() => {
    outcomes.length = 0;
  });

  it("gives what came of it", async () => {
    assert.deepStrictEqual(
      [await tryStep(step, "Looking", () => Promise.resolve("found")), outcomes],
      ["found", ["Looking: done"]],
    );
  });
  it("is marked as failed when nothing did, and does no harm", async () => {
    assert.deepStrictEqual(
      [await tryStep<string>(step, "Looking", () => Promise.resolve(undefined)), outcomes],
      [undefined, ["Looking: failed"]],
    );
  });
  it("passes a failure on", async () => {
    const failure = new UserError("no room");
    await assert.rejects(
      tryStep(step, "Looking", () => Promise.reject(failure)),
      (error) => error === failure,
    );
    assert.deepStrictEqual(outcomes, ["Looking: failed"]);
  });
});
