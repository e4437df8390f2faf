/** What an operation on a stack takes, gives and fails with. */

import type { OutputMap } from "@pulumi/pulumi/automation";
import { UserError } from "../steps";
import type { Change, Diagnostic, Report } from "./report";

export interface OperationOptions {
  /** Takes the lines of the report. */
  onOutput?: (line: string) => void;
  /** Look at the real resources first. */
  refresh?: boolean;
  /** How many resources at once. */
  parallel?: number;
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
