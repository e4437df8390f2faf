/**
 * One operation of the real engine on the lifecycle suite's stack, in a process of its own, so that the program is
 * loaded afresh and can be interrupted. Takes an {@link Order} as JSON on standard input and prints the report.
 */
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { run } from "../../local/command";
import { prepareCli } from "../../local/engine/cli";
import { preparePlugins } from "../../local/engine/plugins";
import { shareWithProgram } from "../../local/engine/programEnvironment";
import { shortName } from "../../local/engine/report";
import { openStack, OperationFailed, type StackOptions } from "../../local/engine/stack";
import { stepPrinter, UserError } from "../../local/steps";
import type { Order, Outcome } from "./order";

const load = createRequire(__filename);
const UPSERT = "PULUMI_K8S_UPSERT_EXISTING_OBJECTS";
const PROGRAMS = { index: "../../index", empty: "./emptyProgram" };

async function main(): Promise<void> {
  const order = JSON.parse(await text(process.stdin)) as Order;
  const { step, note } = stepPrinter();
  const cli = await prepareCli(step);
  shareWithProgram(order.env);
  // As for a user who sets it for one `pulumi up`: the program's SDK makes a setting of the provider's of it.
  const { [UPSERT]: upsert } = order.env;
  if (upsert !== undefined) process.env[UPSERT] = upsert;
  const plugins = await preparePlugins(cli, step, { env: order.env });
  const outcome: Outcome = { errors: [], changes: [], seconds: 0, outputs: {}, urls: {}, providers: plugins.kinds };
  try {
    const stack = await openStack({
      stack: order.stack,
      home: order.home,
      program: () => (load(PROGRAMS[order.program]) as StackOptions["program"])(),
      overrides: order.overrides,
      secrets: order.secrets,
      env: plugins.env,
      cli,
      note,
    });
    if (order.protected === "goes") await unprotect(cli.path, order);
    const excludeProtected = order.protected === "stays";
    const result = await stack[order.operation]({ onOutput: console.log, excludeProtected });
    outcome.changes = result.changes.map(({ op, urn }) => `${op} ${shortName(urn)}`);
    outcome.seconds = result.seconds;
    const open = Object.entries(result.outputs).filter(([, { secret }]) => !secret);
    outcome.outputs = Object.fromEntries(open.map(([name, { value }]) => [name, value as unknown]));
    outcome.urls = (outcome.outputs["urls"] ?? {}) as Record<string, string>;
    writeFileSync(order.outcome, JSON.stringify(outcome));
  } catch (error) {
    // Without an outcome: a crash is neither a success nor something that a user is told.
    if (!(error instanceof UserError)) {
      throw error;
    }
    outcome.error = error.message;
    if (error instanceof OperationFailed) {
      outcome.errors = error.errors.map(({ message }) => message);
      const done = error.changes.filter(({ failed }) => !failed);
      outcome.changes = done.map(({ op, urn }) => `${op} ${shortName(urn)}`);
    }
    writeFileSync(order.outcome, JSON.stringify(outcome));
  } finally {
    plugins.stop();
  }
}

/** As its owner would, who knows what that means. */
async function unprotect(cli: string, { home, stack }: Order): Promise<void> {
  await run(cli, ["state", "unprotect", "--all", "--yes", "--stack", stack], {
    cwd: join(home, "work"),
    env: {
      PULUMI_BACKEND_URL: `file://${join(home, "state")}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(home, "passphrase"),
    },
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
