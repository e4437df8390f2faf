/** What `npm run preview` does: what an `up` would change, what it would cost, and which rules do not hold. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { parse } from "yaml";
import { backendOf, type BackendStack, listStacks, openBackendStack } from "../../local/backendStack";
import { commitOf } from "../../local/commit";
import { OperationFailed } from "../../local/engine/stack";
import { type Note, type Step, UserError } from "../../local/steps";
import { RULES } from "../../policy/check";
import { chosenStack, readStack } from "../chosenStack";
import { headOf } from "../github/run";
import { PlannedChanges, costIn } from "./plannedChanges";
import { PreviewFindings } from "./previewFindings";
import type { DriftReport, PreviewReport } from "./previewReport";
import { wrapPlan } from "../deploy/savedPlan";

export const HELP = `npm run preview -- <stack> [options]

Says what "pulumi up" would do to a stack, resource by resource, what that costs a month more or less, and which rules of
policy/ do not hold. Nothing is changed, and the state is not written to: read-only credentials will do. (Only a stack that
shares another one's cluster, and was never initialised, is entered in the backend: "npx pulumi stack init <stack>" does that.)

  --report <file>  write what was found as JSON, for npm run comment
  --plan <file>    write a plan that npm run deploy -- <stack> --plan <file> carries out, and nothing else
  --help           this page

It ends with 0 when the preview ran and every mandatory rule holds, otherwise with 1.

The state is read from the backend that you are logged in to, or from PULUMI_BACKEND_URL. Without a backend, or for a stack
that it does not have yet, it is the preview of the first up. It needs DIGITALOCEAN_TOKEN for a stack at DigitalOcean, and
PULUMI_CONFIG_PASSPHRASE_FILE or PULUMI_CONFIG_PASSPHRASE (unless the backend is Pulumi Cloud).
In a pipeline the summary is added to GITHUB_STEP_SUMMARY as well.
`;

/** What the command stands on. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  /** Where Pulumi.yaml is. */
  folder: string;
  step: Step;
  note: Note;
}

/** What the command is told. */
export interface PreviewArgs {
  stack: string;
  report: string | undefined;
  plan: string | undefined;
}

/** @returns Nothing when only help is asked for. */
export function previewArgs(args: string[], folder: string): PreviewArgs | undefined {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { report: { type: "string" }, plan: { type: "string" }, help: { type: "boolean", default: false } },
  });
  if (values.help) return undefined;
  // The engine runs in another folder.
  const plan = values.plan === undefined ? undefined : resolve(values.plan);
  return { stack: chosenStack(positionals, folder, "npm run preview"), report: values.report, plan };
}

/**
 * Runs the preview, writes what was asked for, and gives what it found.
 *
 * @throws UserError when there can be no preview; what was found until then is in the report that was asked for.
 */
export async function preview(args: PreviewArgs, surroundings: Surroundings): Promise<PreviewReport> {
  const { folder, env } = surroundings;
  const commit = await commitOf(folder);
  const about = { kind: "preview", stack: args.stack, commit: headOf(env) ?? commit } as const;
  const write = (found: Omit<PreviewReport, keyof typeof about>): PreviewReport => {
    const report = { ...about, ...found };
    if (args.report !== undefined) writeReport(args.report, report);
    return report;
  };
  try {
    return write(await findings(args, commit, surroundings));
  } catch (error) {
    if (error instanceof UserError) {
      write({ error: error.message, fromNothing: false, changes: [], unchanged: 0, warnings: [] });
    }
    throw error;
  }
}

/** The secrets of a plan are encrypted with the stack's passphrase and salt: without the salt no other clone can read them. */
function requireSalt(name: string, folder: string, backend: string | undefined): void {
  const file = `Pulumi.${name}.yaml`;
  const { encryptionsalt, secretsprovider } = parse(readFileSync(join(folder, file), "utf8")) as Record<
    string,
    unknown
  >;
  if (encryptionsalt !== undefined || secretsprovider !== undefined || /^https?:/.test(backend ?? "")) return;
  throw new UserError(
    `${file} has no encryptionsalt yet, so a plan could be read nowhere else: run "npx pulumi stack init ${name}" once, ` +
      "and commit the file (docs/state.md).",
  );
}

type Findings = Omit<PreviewReport, "kind" | "stack" | "commit">;

async function findings(
  { stack: name, plan }: PreviewArgs,
  commit: string,
  { env, folder, step, note }: Surroundings,
): Promise<Findings> {
  if (plan !== undefined) {
    requireSalt(name, folder, backendOf(env));
    mkdirSync(dirname(plan), { recursive: true });
    // Not an older one, which might be taken for this one's.
    rmSync(plan, { force: true });
  }
  // A state of its own, which is thrown away, for a stack that has none.
  const nowhere = mkdtempSync(join(tmpdir(), "flask-doks-preview-"));
  try {
    const named = backendOf(env);
    const listed = named === undefined ? [] : await step("Looking for the stack's state", () => listStacks(env, step));
    const isThere = listed.some((each) => each.name === name);
    if (!isThere) {
      const why = named === undefined ? "No backend is set" : "The backend does not have it yet";
      note(`${why}: this is what the first up of "${name}" would do.`);
    }
    // The outputs of the stack whose cluster it shares are in the backend alone: there it is entered, empty.
    const isApart = !isThere && (named === undefined || readStack(name, folder).cluster.kind !== "shared");
    const options = { env, step, note, ...(isApart ? { backend: `file://${nowhere}`, home: nowhere } : {}) };
    const opened = await openBackendStack(name, options);
    try {
      // Of before the preview: what is deployed while it runs is not in its plan.
      const state = await opened.stack.stateTime();
      const found = await previewOf(opened, plan, note);
      const { kubernetes = "real" } = opened.plugins.kinds;
      if (plan !== undefined && isGood(found)) wrapPlan(plan, { stack: name, commit, state }, kubernetes);
      return { ...found, fromNothing: !isThere };
    } finally {
      opened.close();
    }
  } finally {
    rmSync(nowhere, { recursive: true, force: true });
  }
}

async function previewOf(
  { stack, policyPack }: BackendStack,
  plan: string | undefined,
  note: Note,
): Promise<Omit<Findings, "fromNothing">> {
  const planned = new PlannedChanges();
  const found = new PreviewFindings();
  const onEvent = (event: EngineEvent) => {
    planned.onEvent(event);
    found.onEvent(event);
  };
  const failure = await stack
    .preview({ onOutput: note, onEvent, policyPacks: [policyPack], ...(plan === undefined ? {} : { plan }) })
    .then(() => undefined)
    .catch((error: unknown) => {
      if (error instanceof OperationFailed) return error.message;
      throw error;
    });
  const mandatory = found.violations.some(({ level }) => level === "mandatory");
  const errors = found.errors.length > 0 || mandatory || failure === undefined ? found.errors : [failure];
  const before = costIn((await stack.outputs())["monthlyCost"]?.value);
  const after = planned.cost;
  return {
    ...(errors.length === 0 ? {} : { error: errors.join("\n") }),
    changes: planned.changes,
    unchanged: planned.unchanged,
    policy: { rules: RULES.length, violations: found.violations },
    ...(after === undefined ? {} : { cost: { ...(before === undefined ? {} : { before }), after } }),
    warnings: found.warnings,
  };
}

/** Writes a report; folders on the way are made. */
export function writeReport(file: string, report: PreviewReport | DriftReport): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

/** Whether the preview ran, and every mandatory rule holds. */
export const isGood = ({ error, policy }: Pick<PreviewReport, "error" | "policy">): boolean =>
  error === undefined && policy?.violations.every(({ level }) => level !== "mandatory") !== false;
