/** What a stack's program would create: its preview, on whatever backend the user is logged in to. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { parse } from "yaml";
import { UserError } from "../steps";
import type { Plan } from "./adoption";
import type { PulumiCli } from "./cli";
import { registered } from "./eventResource";
import { NAMED_KINDS } from "./namedKinds";
import { explained } from "./operation";
import { Report } from "./report";
import { makeRunner } from "./runner";
import type { PendingOperation, ResourceState } from "./state";

/** The program of a project folder, run by this process: so it needs no language host of the CLI's. */
function programOf(folder: string): { projectName: string; program: () => Promise<Record<string, unknown>> } {
  const { name, main = "index.ts" } = parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as {
    name: string;
    main?: string;
  };
  const load = createRequire(__filename);
  const program = async () => {
    const exported = load(resolve(folder, main)) as unknown;
    return (await (typeof exported === "function" ? (exported as () => unknown)() : exported)) as Record<
      string,
      unknown
    >;
  };
  return { projectName: name, program };
}

/**
 * Runs the preview.
 *
 * @throws UserError when it fails, with what the engine says.
 */
export async function planOf(stack: string, folder: string, cli: PulumiCli): Promise<Plan> {
  const plan = new Map<string, ResourceState>();
  const report = new Report(true);
  const { command: pulumiCommand } = makeRunner(cli);
  // As for the plain CLI: plugins that are missing on this machine are fetched.
  const envVars = { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "false" };
  try {
    const args = { stackName: stack, ...programOf(folder) };
    const opened = await LocalWorkspace.selectStack(args, { workDir: folder, envVars, pulumiCommand });
    await opened.preview({
      onEvent: (event) => {
        report.onEvent(event);
        const { op, urn, new: shown } = event.resourcePreEvent?.metadata ?? {};
        if (op === "create" && urn !== undefined && shown !== undefined) plan.set(urn, registered(shown));
      },
    });
  } catch (error) {
    const [first] = report.errors;
    // Nothing of the preview was printed: all of the program's message is told here.
    throw first === undefined
      ? explained(error, { stack, operation: "preview", report })
      : new UserError(first.message);
  }
  return plan;
}

/** Those of them that can be looked for by their names. */
export const findable = (plan: Plan): PendingOperation[] =>
  [...plan.values()]
    .filter(({ type }) => NAMED_KINDS[type] !== undefined)
    .map((resource) => ({ resource, type: "creating", origin: { kind: "planned" } }));
