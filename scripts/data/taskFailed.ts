/** What is thrown for a task that did not do what it was to do. */
import { Interrupted } from "../../local/engine/operation";
import { UserError } from "../../local/steps";
import type { LastWord } from "./lastWord";
import { INTERRUPTED } from "./task";

/** A task that failed; its message is the task's own sentence. */
export class TaskFailed extends UserError {
  constructor(
    message: string,
    /** As the task calls it: `store-unreachable`. */
    readonly reason: string,
  ) {
    super(message);
  }
}

/** The error for a word that is no good. */
export const failureOf = ({ reason, message }: LastWord & { ok: false }): UserError =>
  reason === INTERRUPTED ? new Interrupted("Interrupted.") : new TaskFailed(message, reason);
