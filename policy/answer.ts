/** Answers where not everything can be known. */
import { UNKNOWN } from "./subject";

/** Whether something is so: UNKNOWN where a preview cannot say. */
export type Answer = boolean | typeof UNKNOWN;

/** Whether two values are the same. */
export const equal = (one: unknown, other: unknown): Answer =>
  one === UNKNOWN || other === UNKNOWN ? UNKNOWN : one === other;

/** Whether all of it is so. One thing that is not makes up for whatever is not known. */
export function every(...answers: Answer[]): Answer {
  if (answers.includes(false)) return false;
  return answers.includes(UNKNOWN) ? UNKNOWN : true;
}

/** For what speaks for a resource: it counts as long as it may be so. */
export const maybe = (answer: Answer): boolean => answer !== false;

/** For what speaks against a resource: it counts only when it is so for sure. */
export const surely = (answer: Answer): boolean => answer === true;
