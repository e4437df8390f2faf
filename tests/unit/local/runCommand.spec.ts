import assert from "node:assert/strict";
import { attempt, type CommandResult } from "../../../local/command";
import { ROOT } from "../../support/stackFiles";

/** Bodies of `main`, each run in a process of its own. */
const MAINS = {
  good: 'console.log("done")',
  open: "setInterval(() => undefined, 1000)",
  user: 'throw new UserError("Start Docker.")',
  interrupted: 'throw new Interrupted("The up was stopped.")',
  defect: 'null.missing; console.log("not reached")',
  option: 'parseArgs({ args: ["--bogus"], options: {} })',
};

describe("A command of the project", () => {
  const results = {} as Record<keyof typeof MAINS, CommandResult>;
  before(async () => {
    const runs = Object.entries(MAINS).map(async ([name, main]) => {
      const script = `
        const { parseArgs } = require("node:util");
        const { runCommand } = require("./local/runCommand");
        const { UserError } = require("./local/steps");
        const { Interrupted } = require("./local/engine/operation");
        runCommand(async () => { ${main}; }, "npm run it -- --help");`;
      const args = ["--import", "tsx", "--eval", script];
      results[name as keyof typeof MAINS] = await attempt(process.execPath, args, { cwd: ROOT, timeoutSeconds: 15 });
    });
    await Promise.all(runs);
  });

  it("ends with 0 when it went well, and adds nothing to what it printed", () => {
    assert.deepStrictEqual(results.good, { code: 0, stdout: "done\n", stderr: "" });
  });
  it("ends when it is done, even if something of it is still open", () => {
    assert.deepStrictEqual(results.open, { code: 0, stdout: "", stderr: "" });
  });
  it("ends with 1 and a sentence, without a stack trace, for what a user can act on", () => {
    assert.deepStrictEqual(results.user, { code: 1, stdout: "", stderr: "\nStart Docker.\n" });
  });
  it("ends with 130 and a sentence when it was interrupted", () => {
    assert.deepStrictEqual(results.interrupted, { code: 130, stdout: "", stderr: "\nThe up was stopped.\n" });
  });
  it("ends with 1 and a stack trace for a defect", () => {
    const [blank, message, ...trace] = results.defect.stderr.trimEnd().split("\n");
    assert.deepStrictEqual(
      [results.defect.code, results.defect.stdout, blank, message],
      [1, "", "", "TypeError: Cannot read properties of null (reading 'missing')"],
    );
    assert.ok(trace.length > 0);
    assert.deepStrictEqual(
      trace.filter((line) => !line.startsWith("    at ")),
      [],
    );
  });
  it("ends with 1 and names its help for an option that there is not", () => {
    const { code, stderr } = results.option;
    assert.deepStrictEqual(code, 1);
    assert.match(stderr, /^\nUnknown option '--bogus'[^\n]*\. What there is: npm run it -- --help\n$/);
  });
});
