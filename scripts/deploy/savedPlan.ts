/** A plan that somebody has looked at: the engine's own, with what it was made for. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { PluginKind } from "../../local/engine/plugins";
import { UserError } from "../../local/steps";
import { asTheProviderHasThem } from "./secretsInPlan";

/** What a plan was made for. */
const madeForSchema = z.object({
  stack: z.string(),
  /** Id of the commit whose program it is. */
  commit: z.string(),
  /** When the state was written last that it starts from; empty for a stack without one. */
  state: z.string(),
});

export type MadeFor = z.output<typeof madeForSchema>;

const savedSchema = madeForSchema.extend({ plan: z.unknown() });

/**
 * Adds to the engine's plan in a file what it was made for. The secrets in it are encrypted, as in the state.
 *
 * @param kubernetes Which provider the `up` will have: the stand-in leaves Secrets as the program has them.
 */
export function wrapPlan(file: string, madeFor: MadeFor, kubernetes: PluginKind): void {
  const made = JSON.parse(readFileSync(file, "utf8")) as unknown;
  const plan = kubernetes === "real" ? asTheProviderHasThem(made) : made;
  writeFileSync(file, `${JSON.stringify({ ...madeFor, plan })}\n`);
  // The engine lets others read it.
  chmodSync(file, 0o600);
}

/**
 * Takes a saved plan apart.
 *
 * @param bare Where the engine's own plan goes to.
 * @throws UserError when the file holds no plan.
 */
export function unwrapPlan(file: string, bare: string): MadeFor {
  if (!existsSync(file))
    throw new UserError(`There is no plan at ${file}. npm run preview -- <stack> --plan ${file} makes one.`);
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new UserError(`${file} is not a plan that npm run preview has written.`);
  }
  const parsed = savedSchema.safeParse(found);
  if (!parsed.success) throw new UserError(`${file} is not a plan that npm run preview has written.`);
  const { plan, ...madeFor } = parsed.data;
  writeFileSync(bare, JSON.stringify(plan), { mode: 0o600 });
  return madeFor;
}

/**
 * Refuses a plan that was made for something else than what is there now.
 *
 * @throws UserError that says what has changed since.
 */
export function checkPlan(plan: MadeFor, now: MadeFor): void {
  const again = "Make a new plan, look at it, and deploy that.";
  if (plan.stack !== now.stack) {
    throw new UserError(`The plan is for the stack "${plan.stack}", not for "${now.stack}".`);
  }
  if (plan.commit !== now.commit) {
    throw new UserError(
      `The plan was made of the commit ${plan.commit.slice(0, 7)}, and this is ${now.commit.slice(0, 7)}. ${again}`,
    );
  }
  if (plan.state !== now.state) {
    throw new UserError(`Somebody has deployed "${now.stack}" since the plan was made. ${again}`);
  }
}
