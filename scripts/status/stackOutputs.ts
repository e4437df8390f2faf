/** What a stack's outputs say of where its apps are. They are read through the Pulumi CLI, which knows every backend. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { attempt } from "../../local/command";
import { QUIET_ENV } from "../../local/engine/cli";
import { sentence } from "../../local/engine/report";
import { nodeSettings } from "../../local/node/settings";
import { HOME as LOCAL_HOME } from "../../local/place";
import { HOME as SANDBOX_HOME, rememberedStack } from "../../local/sandbox/home";
import { UserError } from "../../local/steps";

/** The outputs that the program exports, as far as they matter here. */
const outputsSchema = z.object({
  apps: z.record(z.string(), z.object({ namespace: z.string(), urls: z.array(z.string()) })),
  cluster: z.object({
    kind: z.enum(["doks", "existing", "shared"]),
    context: z.string().optional(),
    kubeconfig: z.string().optional(),
  }),
  /** A secret: of a cluster that the project has made. */
  kubeconfig: z.string().optional(),
  /** The way in that all apps share; none in a stack that shares another one's. */
  edge: z.object({ namespace: z.string() }).optional(),
});

export type StackOutputs = z.output<typeof outputsSchema>;

/** Where a stack's state is. */
export interface StateHome {
  /** Folder with Pulumi.yaml. */
  folder: string;
  /** Which backend, and the passphrase; the rest is this process's environment. */
  env: Record<string, string>;
  /** Of a stack of this machine's own: where that is, for people. */
  place?: string;
  /** Of a stack in the sandbox: its node, which needs no login. */
  node?: { context: string; kubeconfig: string };
}

/** The folders of this machine's own stacks. */
export interface Homes {
  local: string;
  sandbox: string;
  /** The stack that the sandbox holds. */
  sandboxStack: string | undefined;
}

const homesHere = (): Homes => ({ local: LOCAL_HOME, sandbox: SANDBOX_HOME, sandboxStack: rememberedStack() });

/**
 * Where the state of a stack is: the project's own commands keep theirs in folders of their own. Whoever names a backend
 * means that.
 *
 * @param folder The repository.
 */
export function stateHome(
  stack: string,
  folder: string,
  env: NodeJS.ProcessEnv,
  homes: Homes = homesHere(),
): StateHome {
  const own = (home: string): StateHome => ({
    folder: join(home, "work"),
    env: {
      PULUMI_BACKEND_URL: `file://${join(home, "state")}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(home, "passphrase"),
    },
  });
  const has = (home: string): boolean =>
    [join("state", ".pulumi"), "passphrase", join("work", "Pulumi.yaml")].every((each) => existsSync(join(home, each)));
  if ((env["PULUMI_BACKEND_URL"] ?? "") === "") {
    if (stack === "local" && has(homes.local)) return { ...own(homes.local), place: "on this machine" };
    if (stack === homes.sandboxStack && has(homes.sandbox)) {
      const { fullName: context, kubeconfig } = nodeSettings("sandbox");
      return { ...own(homes.sandbox), place: "in the sandbox", node: { context, kubeconfig } };
    }
  }
  return { folder, env: {} };
}

/**
 * Reads a stack's outputs, secrets in clear: none of it must be shown.
 *
 * @param cli Path of the Pulumi CLI.
 */
export async function readOutputs(cli: string, stack: string, { folder, env }: StateHome): Promise<StackOutputs> {
  const args = ["stack", "output", "--json", "--show-secrets", "--stack", stack, "--non-interactive"];
  const { code, stdout, stderr } = await attempt(cli, args, {
    cwd: folder,
    env: { ...QUIET_ENV, ...env },
    timeoutSeconds: 60,
  });
  // What it printed is not in the message, whatever it is: it may hold secrets.
  if (code === null) throw new UserError("pulumi stack output: it did not end within 60 s.");
  if (code !== 0) throw new UserError(`pulumi stack output: ${sentence(stderr)}`);
  return parseOutputs(stack, stdout);
}

/** @throws UserError that names what is missing, and holds no value. */
export function parseOutputs(stack: string, text: string): StackOutputs {
  const outputs = JSON.parse(text) as Record<string, unknown>;
  if (Object.keys(outputs).length === 0) {
    throw new UserError(
      `The stack "${stack}" has no outputs: nothing is deployed, or its first up did not come to its end.`,
    );
  }
  const parsed = outputsSchema.safeParse(outputs);
  if (parsed.success) return parsed.data;
  const keys = [...new Set(parsed.error.issues.map(({ path }) => String(path[0])))].join(" and ");
  throw new UserError(
    `The outputs of the stack "${stack}" do not tell where its apps are (${keys}): it was deployed by an older version ` +
      `of this program. Run "pulumi up" once.`,
  );
}
