/** What an operation on a stack takes, gives and fails with. */

import type { EngineEvent, OutputMap } from "@pulumi/pulumi/automation";
import { UserError } from "../steps";
import { lockedSentence, locksTold } from "./lock";
import { type Change, type Diagnostic, type Report, sentence } from "./report";
import { CliFailed } from "./runner";

export type Operation = "up" | "preview" | "destroy" | "refresh" | "drift";

/** Whether it may change the state: it takes the stack's lock then, and any other does not (P7). */
export const isWriting = (operation: Operation): boolean => operation !== "preview" && operation !== "drift";

export interface OperationOptions {
  /** Takes the lines of the report. */
  onOutput?: (line: string) => void;
  /** Takes what the engine tells as it is; secrets in it are masked. */
  onEvent?: (event: EngineEvent) => void;
  /** Where a preview puts its plan; what an `up` may do, and nothing else. */
  plan?: string;
  /** Folders of the policy packs that are to hold. */
  policyPacks?: string[];
  /** Look at the real resources first. */
  refresh?: boolean;
  /** How many resources at once. */
  parallel?: number;
  /** Of a destroy: leaves what is protected, and what that depends on, instead of refusing. */
  excludeProtected?: boolean;
}

/** What an operation did; of a preview, what it would do. */
export interface OperationResult {
  changes: Change[];
  counts: Report["counts"];
  diagnostics: Diagnostic[];
  summary: string;
  seconds: number;
  outputs: OutputMap;
}

/** An operation that the engine reported as failed. Its errors have been given to `onOutput` already. */
export class OperationFailed extends UserError {
  constructor(
    message: string,
    readonly errors: Diagnostic[],
    readonly changes: Change[],
  ) {
    super(message);
  }
}

/** Ctrl-C was pressed. The process should end with code 130. */
export class Interrupted extends UserError {}

/** The engine's failure as a sentence; any other error as it is. */
export function explained(
  error: unknown,
  { stack, operation, report }: { stack: string; operation: Operation; report: Report },
): unknown {
  if (!(error instanceof CliFailed)) return error;
  const [lock] = locksTold(error.stderr);
  if (lock !== undefined) return new UserError(lockedSentence(stack, lock));
  const { errors, changes } = report;
  const told =
    errors.length > 0 ? errors.map(({ message }) => message) : [sentence(error.stderr.trim() || error.stdout.trim())];
  const [first = "unknown reason"] = told;
  const [line = first] = first.split("\n");
  const more = told.length > 1 ? ` (and ${told.length - 1} more)` : "";
  return new OperationFailed(
    `The ${operation} of "${stack}" failed: ${line.replace(/:$/, ", told above")}${more}`,
    errors,
    changes,
  );
}
