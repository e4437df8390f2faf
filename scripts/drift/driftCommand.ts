/** What `npm run drift` does: compares a stack's state with what is really there. */
import { parseArgs } from "node:util";
import { listStacks, openBackendStack } from "../../local/backendStack";
import { commitOf } from "../../local/commit";
import { type Note, type Step, UserError } from "../../local/steps";
import { chosenStack } from "../chosenStack";
import { PlannedChanges } from "../preview/plannedChanges";
import { writeReport } from "../preview/previewCommand";
import type { DriftReport } from "../preview/previewReport";

export const HELP = `npm run drift -- <stack> [options]

Looks whether anything of a deployed stack was changed by somebody else, at DigitalOcean or in the cluster: what
"pulumi refresh --preview-only --expect-no-changes" does (P8). Nothing is changed.

  --report <file>  write what was found as JSON, for npm run issue
  --help           this page

It ends with 0 when all is as it was deployed, with 1 when something is not, and with 2 when it could not look.
It needs what npm run preview needs.
`;

/** What the command is told. */
export interface DriftArgs {
  stack: string;
  report: string | undefined;
}

/** @returns Nothing when only help is asked for. */
export function driftArgs(args: string[], folder: string): DriftArgs | undefined {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { report: { type: "string" }, help: { type: "boolean", default: false } },
  });
  return values.help ? undefined : { stack: chosenStack(positionals, folder, "npm run drift"), report: values.report };
}

/** Looks, and writes the report that was asked for. What stands in the way of looking is in it. */
export async function drift(
  { stack: name, report: file }: DriftArgs,
  { env, folder, step, note }: { env: NodeJS.ProcessEnv; folder: string; step: Step; note: Note },
): Promise<DriftReport> {
  const report: DriftReport = { kind: "drift", stack: name, commit: await commitOf(folder), changes: [] };
  try {
    const listed = await step("Looking for the stack's state", () => listStacks(env, step));
    if (!listed.some((each) => each.name === name)) throw new UserError(`The backend has no stack "${name}".`);
    const opened = await openBackendStack(name, { env, step, note });
    try {
      const real = new PlannedChanges();
      await opened.stack.drift({ onOutput: note, onEvent: real.onEvent });
      report.changes = real.changes;
    } finally {
      opened.close();
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    report.error = error.message;
  }
  if (file !== undefined) writeReport(file, report);
  return report;
}
