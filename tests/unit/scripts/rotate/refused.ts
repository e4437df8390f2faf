import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { UserError } from "../../../../local/steps";

/** Expects a refusal with these words, and the file as it was. */
export async function refusedWith(message: string | RegExp, file: string, work: () => Promise<string>): Promise<void> {
  const before = readFileSync(file, "utf8");
  await assert.rejects(work(), (error: unknown) => {
    assert.ok(error instanceof UserError, String(error));
    if (typeof message === "string") assert.deepStrictEqual(error.message, message);
    else assert.match(error.message, message);
    return true;
  });
  assert.deepStrictEqual(readFileSync(file, "utf8"), before);
}
