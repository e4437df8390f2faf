/** `npm run recover -- <stack>`: after a run of the plain Pulumi CLI was killed, or failed to create. */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { prepareCli } from "../local/engine/cli";
import { findable, planOf } from "../local/engine/plan";
import { recover } from "../local/engine/recovery";
import { StackState } from "../local/engine/stackState";
import { pendingOf } from "../local/engine/state";
import { StateCli } from "../local/engine/stateCli";
import { runCommand } from "../local/runCommand";
import { stepPrinter, UserError } from "../local/steps";

const HELP = `npm run recover -- <stack> [--yes]

After "pulumi up" was killed (power cut, lost connection, a CI job that was ended) the state says that resources were
being created, and not whether they are there. After an "up" that failed with "name already exists" it says not even
that. This looks at DigitalOcean for what the state has as begun, and for what the program would create (it runs its
preview), by their names; it waits for what is still being made, and takes it into the state, so that the next
"pulumi up" goes on with it instead of creating it again. What was begun and is not there is forgotten.

  --yes           write the state; without it, it only tells what it would do
  --cwd <folder>  where Pulumi.yaml is; default: this repository
  --help          this page

Before --yes be sure that what it lists as not in the state is this stack's: something of the same name that another
state has, such as a colleague's, would be changed and deleted by both.

It works on the backend that you are logged in to, or on PULUMI_BACKEND_URL, and needs what "pulumi up" needs:
PULUMI_CONFIG_PASSPHRASE_FILE (unless the backend is Pulumi Cloud) and DIGITALOCEAN_TOKEN.
The lock of a run that was killed on this machine is taken away; that of another machine: pulumi cancel <stack>
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      yes: { type: "boolean", default: false },
      cwd: { type: "string", default: join(__dirname, "..") },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const [stack, ...more] = positionals;
  if (stack === undefined || more.length > 0) throw new UserError(`Name one stack: npm run recover -- <stack>`);
  const { step, note } = stepPrinter();
  const folder = resolve(values.cwd);
  const pulumi = await prepareCli(step);
  const cli = new StateCli({ cli: pulumi.path, folder, env: {}, stack });
  const dry = !values.yes;
  const begun = new Set(pendingOf(await cli.export()).map(({ resource }) => resource.urn));
  if (begun.size > 0) await new StackState({ project: "", stack, folder: undefined, cli, note }).freeLock(dry);
  const plan = await planOf(stack, folder, pulumi).catch((error: unknown) => {
    // What the state has as begun can be looked for without the program.
    if (!(error instanceof UserError)) throw error;
    note(`What else the program would create is not looked for, as its preview fails. ${error.message}`);
    return undefined;
  });
  const found = await recover(cli, {
    env: process.env,
    note,
    dry,
    ...(plan === undefined ? {} : { plan, creations: findable(plan) }),
  });
  const unknown = [...found.keys()].filter((urn) => !begun.has(urn)).length;
  if (begun.size + unknown === 0) {
    const more = plan === undefined ? "" : ", and of what it would create nothing is there by name";
    note(`The stack "${stack}" has nothing left open${more}.`);
  } else if (dry) {
    if (unknown > 0) {
      note(
        "Be sure that what is not in the state is in no other, such as a colleague's: both would change and delete it.",
      );
    }
    note(`Nothing was changed. To write the state: npm run recover -- ${stack} --yes`);
  } else {
    note(
      `The state is written. Look at "pulumi preview --diff", then go on with "pulumi up", which reads anew what was touched.`,
    );
  }
}

runCommand(main, "npm run recover -- --help");
