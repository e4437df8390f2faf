/** What `npm run render` does: a stack's objects and cloud resources, from its file alone. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { toYaml } from "../../local/render/manifests";
import { type RenderedStack, renderStack } from "../../local/render/renderStack";
import { stacksIn } from "../../local/render/stackConfig";
import { UserError } from "../../local/steps";
import { chartsCommand } from "./chart/chartsCommand";
import { cloudTable } from "./cloudTable";

const HELP = `npm run render -- <stack> [options]

Prints what a stack would be made of, from Pulumi.<stack>.yaml: its Kubernetes objects as YAML, and above them, as
comments, a table of everything else, such as the cluster, images, passwords and Helm releases. No Pulumi engine, account,
cluster or network is needed, and nothing is made. The same files give the same text on every machine, so that two
versions can be compared:

  npm run render -- prod --out after && npm run render -- prod --out before --cwd ../main && diff -r before after

Secrets are not in it, and what the stack file holds encrypted is not read. What is known only after it is made, such as
an address, is "(known after up)"; the digest of an image that is yet to be built is of zeros, and so is the end of a name
that the engine makes up.

  --out <folder>    write kubernetes.yaml and cloud.txt there
  --cwd <folder>    another checkout: its program and its stack files, with this one's packages where it has none
  --chart <folder>  write a Helm chart of each app, for those who deploy without Pulumi
  --help            this page
`;

/**
 * What the command prints.
 *
 * @param args Its arguments.
 * @param folder Where the stack files are, if no other checkout is named.
 * @throws UserError about what a person can mend.
 */
export async function renderCommand(args: string[], folder: string): Promise<string> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      out: { type: "string" },
      cwd: { type: "string" },
      chart: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return HELP;
  const root = values.cwd === undefined ? undefined : checkout(values.cwd);
  const place = { root, folder: root ?? folder };
  const [stack, ...more] = positionals;
  if (stack === undefined || more.length > 0) {
    throw new UserError(`Which stack? ${stacksIn(place.folder)}. For example: npm run render -- dev`);
  }
  if (values.chart !== undefined) {
    if (values.out !== undefined) throw new UserError("--chart and --out do not go together: run it twice.");
    return chartsCommand(stack, resolve(values.chart), place);
  }
  const rendered = await renderStack(stack, place);
  if (values.out === undefined) return asOneText(stack, rendered);
  const out = resolve(values.out);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "kubernetes.yaml"), toYaml(rendered.objects));
  writeFileSync(join(out, "cloud.txt"), cloudTable(stack, rendered));
  return `Wrote ${join(out, "kubernetes.yaml")}, ${rendered.objects.length} objects, and ${join(out, "cloud.txt")}.\n`;
}

function checkout(cwd: string): string {
  const root = resolve(cwd);
  if (!existsSync(join(root, "index.ts"))) {
    throw new UserError(`--cwd ${cwd}: is no checkout of this project, for it has no index.ts.`);
  }
  return root;
}

/** YAML as a whole. */
function asOneText(stack: string, rendered: RenderedStack): string {
  const table = cloudTable(stack, rendered).trimEnd().split("\n");
  const comments = table.map((line) => `# ${line}`.trimEnd()).join("\n");
  return `${comments}\n---\n${toYaml(rendered.objects)}`;
}
