import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPlan, unwrapPlan, wrapPlan } from "../../../../scripts/deploy/savedPlan";
import { UserError } from "../../../../local/steps";

const MADE_FOR = { stack: "prod", commit: "a".repeat(40), state: "2026-11-26T10:00:00Z" };

describe("a saved plan", () => {
  const folder = mkdtempSync(join(tmpdir(), "flask-doks-plan-"));
  const file = join(folder, "prod.plan");
  const bare = join(folder, "plan.json");
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("comes back as the engine wrote it, with what it was made for; only its owner reads it", () => {
    writeFileSync(file, JSON.stringify({ manifest: {}, resourcePlans: { a: 1 } }), { mode: 0o644 });
    wrapPlan(file, MADE_FOR, "real");
    assert.strictEqual(statSync(file).mode & 0o777, 0o600);
    assert.deepStrictEqual(unwrapPlan(file, bare), MADE_FOR);
    assert.deepStrictEqual(JSON.parse(readFileSync(bare, "utf8")), { manifest: {}, resourcePlans: { a: 1 } });
  });

  for (const [what, text] of [
    ["no JSON", "plan"],
    ["the engine's bare plan", "{}"],
  ] as const) {
    it(`that is ${what} is refused in a sentence`, () => {
      writeFileSync(file, text);
      assert.throws(
        () => unwrapPlan(file, bare),
        new UserError(`${file} is not a plan that npm run preview has written.`),
      );
    });
  }

  it("that is missing is refused with the command that makes one", () => {
    assert.throws(
      () => unwrapPlan(join(folder, "none"), bare),
      /There is no plan at .*npm run preview -- <stack> --plan/,
    );
  });

  it("is taken for the stack, the commit and the state that it was made for", () => {
    checkPlan(MADE_FOR, { ...MADE_FOR });
    assert.throws(() => {
      checkPlan(MADE_FOR, { ...MADE_FOR, state: "" });
    });
  });

  for (const [change, sentence] of [
    [{ stack: "dev" }, /^The plan is for the stack "prod", not for "dev"/],
    [{ commit: "b".repeat(40) }, /^The plan was made of the commit aaaaaaa, and this is bbbbbbb\. Make a new plan/],
    [{ state: "2026-11-26T11:00:00Z" }, /^Somebody has deployed "prod" since the plan was made\. Make a new plan/],
  ] as const) {
    it(`is refused for another ${Object.keys(change).join()}`, () => {
      assert.throws(
        () => {
          checkPlan(MADE_FOR, { ...MADE_FOR, ...change });
        },
        (error: unknown) => error instanceof UserError && sentence.test(error.message),
      );
    });
  }
});
