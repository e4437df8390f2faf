import assert from "node:assert/strict";
import { stepPrinter, UserError } from "../../../local/steps";

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
  const printer = (isTTY: boolean) => {
    const written: string[] = [];
    const out = { isTTY, write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WriteStream;
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
  it("puts a note on a line of its own, and on a terminal over the running step", () => {
    const [file, terminal] = [printer(false), printer(true)];
    file.note("because");
    terminal.note("because");
    assert.deepStrictEqual([file.written, terminal.written], [["  because\n"], ["\r\u001b[K  because\n"]]);
  });
});
