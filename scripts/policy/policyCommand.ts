/** What `npm run policy` does: checks stacks against the rules of `policy/`, from their files alone. */
import { parseArgs } from "node:util";
import { parseStackFile } from "../../lib/stackFile";
import { isObject, objectOf } from "../../local/render/manifests";
import { KNOWN_AFTER } from "../../local/render/masked";
import { autoName, renderStack } from "../../local/render/renderStack";
import { readStackConfig, stacksIn, stacksOf } from "../../local/render/stackConfig";
import { UserError } from "../../local/steps";
import { checkStack, RULES } from "../../policy/check";
import { type Subject, UNKNOWN } from "../../policy/subject";
import { type CheckedStack, policyReport } from "./policyReport";

const HELP = `npm run policy -- [<stack>…] [options]

Checks stacks against the rules of policy/, from their files alone: no Pulumi engine, account, cluster or network is
needed. Without a stack, all that have a file here are checked. A preview checks the same rules once more, on what the
engine is about to do: pulumi preview --policy-pack policy

It ends with 0 when every mandatory rule holds, and with 1 when one does not.

  --json  print it as JSON
  --help  this page
`;

/** What the command prints, and whether every mandatory rule holds. */
export interface PolicyVerdict {
  out: string;
  holds: boolean;
}

/**
 * @param args Its arguments.
 * @param folder The checkout, with the stack files.
 * @throws UserError about what a person can mend.
 */
export async function policyCommand(args: string[], folder: string): Promise<PolicyVerdict> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
  });
  if (values.help) return { out: HELP, holds: true };
  const stacks = positionals.length > 0 ? [...new Set(positionals)] : stacksOf(folder);
  if (stacks.length === 0) throw new UserError(`Which stack? ${stacksIn(folder)}.`);
  const checked: CheckedStack[] = [];
  // One after the other: the SDK runs one program at a time.
  for (const stack of stacks) checked.push(await check(stack, folder));
  return {
    out: values.json ? `${JSON.stringify({ rules: RULES.length, stacks: checked }, null, 2)}\n` : policyReport(checked),
    holds: checked.every(({ findings }) => findings.every(({ level }) => level !== "mandatory")),
  };
}

async function check(stack: string, folder: string): Promise<CheckedStack> {
  const { resources } = await renderStack(stack, { folder, apart: true });
  const { policy, dataPolicy } = parseStackFile(readStackConfig(stack, folder).text, `Pulumi.${stack}.yaml`);
  const subjects = resources.map((resource): Subject => {
    const { type, name, urn, inputs, protect, ignoreChanges } = resource;
    // In a preview the engine has given each object its name by then.
    const props = withUnknown(isObject(resource) ? objectOf(resource, autoName) : inputs) as Subject["props"];
    return { type, name, urn, props, protect, ignoreChanges };
  });
  return { stack, rules: RULES.length, findings: checkStack(subjects, { relax: policy.relax, dataPolicy }) };
}

/** What is known only after an `up` is marked as the rules expect it. */
function withUnknown(value: unknown): unknown {
  if (typeof value === "string") return value.includes(KNOWN_AFTER) ? UNKNOWN : value;
  if (Array.isArray(value)) return value.map(withUnknown);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withUnknown(inner)]));
}
