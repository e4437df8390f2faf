/** What `npm run deploy` does: an `up`, and the way back to the release before when it fails. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseStackFile } from "../../lib/stackFile";
import { type BackendStack, openBackendStack } from "../../local/backendStack";
import { attempt } from "../../local/command";
import { commitOf } from "../../local/commit";
import { answers, bringUp, RolloutFailed, urlLines } from "../../local/deployment";
import { Interrupted } from "../../local/engine/stack";
import { type Note, type Step, UserError } from "../../local/steps";
import { chosenStack, readStack } from "../chosenStack";
import { addToSummary } from "../github/run";
import { errorBlock } from "../preview/commentText";
import { appNamespaces, clusterOf } from "./appNamespaces";
import { lastGood } from "./lastGood";
import { oneWay } from "./oneWay";
import { rollBack } from "./rollback";
import { checkPlan, unwrapPlan } from "./savedPlan";

export const HELP = `npm run deploy -- <stack> [options]

Deploys a stack to the backend that your team shares, as "pulumi up --yes" does, and tells what its pods say when it fails.
Then it goes back by itself to the last good release: the newest commit that this stack was deployed from to the end, as
Pulumi's history of the stack names it, with that commit's program, sources and config. It ends with 1 all the same. It does not go
back where that would undo what goes one way only: passwords, the size of a volume, a database that has moved or is new.

  --plan <file>   do what is in a plan of npm run preview -- <stack> --plan <file>, and nothing else; refused when the
                  commit is another one, or somebody has deployed since
  --no-rollback   leave a failed release as it is; the pods of the one before go on serving
  --help          this page

It needs what "pulumi up" needs: the backend (PULUMI_BACKEND_URL, or a login), the passphrase (unless the backend is Pulumi
Cloud), DIGITALOCEAN_TOKEN for a stack at DigitalOcean, Docker where an image is to be built; and for the way back the
repository's history.
`;

/** Lines of a failure on the page of the run. */
const MOST_LINES = 60;

/** What the command stands on. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  /** Where Pulumi.yaml is. */
  folder: string;
  step: Step;
  note: Note;
}

/** What the command is told. */
export interface DeployArgs {
  stack: string;
  plan: string | undefined;
  rollback: boolean;
}

/** @returns Nothing when only help is asked for. */
export function deployArgs(args: string[], folder: string): DeployArgs | undefined {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      plan: { type: "string" },
      "no-rollback": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const stack = chosenStack(positionals, folder, "npm run deploy");
  return { stack, plan: values.plan, rollback: !values["no-rollback"] };
}

/** What it is done with; another in tests. */
interface Means {
  open: typeof openBackendStack;
  rollBack: typeof rollBack;
}

/**
 * Deploys the stack.
 *
 * @returns Lines that tell where its apps are.
 * @throws UserError when it fails, with the pods' reason and whether the release before is back.
 */
export async function deploy(
  args: DeployArgs,
  surroundings: Surroundings,
  means: Means = { open: openBackendStack, rollBack },
): Promise<string> {
  const { env, step, note } = surroundings;
  const opened = await means.open(args.stack, { env, step, note });
  try {
    const urls = await attemptRelease(opened, args, surroundings);
    for (const [app, url] of urls) await settle(app, url, surroundings);
    return urlLines(urls);
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof Interrupted) throw error;
    const isBegun = error instanceof RolloutFailed && args.rollback;
    const told = isBegun ? await goBack(opened, error, args, surroundings, means) : error;
    const reason = errorBlock(told.message, { lines: MOST_LINES, rest: "the log of the run" });
    addToSummary(env, `### ✗ ${args.stack} was not deployed\n\n${reason}`);
    throw told;
  } finally {
    opened.close();
  }
}

async function attemptRelease(
  { stack }: BackendStack,
  { stack: name, plan }: DeployArgs,
  { folder, note }: Surroundings,
): Promise<[app: string, url: string][]> {
  const scratch = mkdtempSync(join(tmpdir(), "flask-doks-plan-"));
  try {
    const bare = plan === undefined ? undefined : join(scratch, "plan.json");
    if (plan !== undefined && bare !== undefined) {
      const madeFor = unwrapPlan(plan, bare);
      checkPlan(madeFor, { stack: name, commit: await commitOf(folder), state: await stack.stateTime() });
    }
    const kubeconfig = clusterOf(name, await stack.outputs(), folder);
    return await bringUp({ stack, kubeconfig, namespaces: appNamespaces(name, folder), plan: bare }, note);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The error of a release, with what became of the way back. */
async function goBack(
  { stack }: BackendStack,
  { message }: Error,
  { stack: name }: DeployArgs,
  { folder, step, note }: Surroundings,
  means: Means,
): Promise<UserError> {
  note(`\n${message}\n`);
  const reason = withoutLogs(message);
  try {
    const good = lastGood(await stack.history(), await commitOf(folder));
    if (typeof good === "string") return new UserError(`${reason}\n\nNot rolled back. ${good}`);
    const short = good.commit.slice(0, 7);
    const obstacles = await obstaclesTo(good.commit, name, folder);
    if (obstacles.length > 0) {
      return new UserError(
        `${reason}\n\nNot rolled back to ${short}, for what cannot be taken back: ${obstacles.join("; ")}. ` +
          "Mend the release and deploy it again; pods of the one before go on serving.",
      );
    }
    const when = `${good.ended.toISOString().slice(0, 16).replace("T", " ")} UTC`;
    note(`Going back to ${short}, which was deployed at ${when}:`);
    await means.rollBack(name, good.commit, folder, step);
    return new UserError(`${reason}\n\nRolled back: ${short}, which was deployed at ${when}, serves again.`);
  } catch (error) {
    if (error instanceof Interrupted) return error;
    return new UserError(
      `${reason}\n\nAnd the way back failed: ${(error as Error).message}\n` +
        `Pods that were there go on serving: npm run status -- ${name}`,
    );
  }
}

/** What keeps a stack from going back to a commit, by the stack files of both. */
async function obstaclesTo(commit: string, stack: string, folder: string): Promise<string[]> {
  const file = `Pulumi.${stack}.yaml`;
  const { code, stdout } = await attempt("git", ["show", `${commit}:./${file}`], { cwd: folder });
  // Without the commit at hand there is no way back either, and that is told there.
  return code === 0 ? oneWay(readStack(stack, folder), parseStackFile(stdout, `${file} of ${commit.slice(0, 7)}`)) : [];
}

/** What the pods wrote stands far above by then, in full. */
const withoutLogs = (message: string): string =>
  message
    .split("\n")
    .filter((line) => !line.startsWith("    | "))
    .join("\n");

/** A name may take minutes to lead here, and a certificate to be issued: not to answer yet is no failure. */
async function settle(app: string, url: string, { step, note }: Surroundings): Promise<void> {
  await step(`Asking ${app} at ${url}`, () => answers(url, 10_000)).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    note("It does not answer here yet. Its name and its certificate may take minutes: npm run status tells.");
  });
}
