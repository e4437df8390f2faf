/** What `npm run new` does: makes an app, and adds it to the stack files. */
import { existsSync } from "node:fs";
import { rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Stack } from "../../lib/schema/stack";
import { parseStackFile, StackFileError } from "../../lib/stackFile";
import { UserError } from "../../local/steps";
import { addToApps } from "./addToApps";
import { makeAppFolder } from "./appFolder";
import { appName, type AppName } from "./appName";
import { stackEntry } from "./stackEntry";
import { readStackFiles, type StackFile } from "./stackFiles";

const HELP = `npm run new -- <name> [options]

Makes a Flask app in app/<name>: small, tested and ready to be deployed, a copy of template/app. Its Python package has the
name's dashes as underscores. It asks nothing, and downloads nothing.

The app is added to each stack file, with the way in that the file's first app has: a node port that is free, a load
balancer, or the host <name>.<domain>.

  --stack <stack>  add it to Pulumi.<stack>.yaml only; may be repeated
  --help           this page
`;

const TEMPLATE = join(__dirname, "..", "..", "template", "app");

/** A stack file with the app in it. */
interface Addition extends StackFile {
  newText: string;
  reached: string;
  notes: string[];
}

/**
 * Makes an app. When it fails, everything is as it was.
 *
 * @param args Its arguments.
 * @param folder Where the stack files are, and the apps in `app`.
 * @returns What the command prints.
 * @throws UserError about what a person can mend.
 */
export async function newCommand(args: string[], folder: string): Promise<string> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      stack: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return HELP;
  const [given, ...more] = positionals;
  if (given === undefined || more.length > 0) throw new UserError("Name one app: npm run new -- myapp");
  const app = appName(given);
  const files = await readStackFiles(folder);
  refuseTaken(app, folder, files);
  const additions = additionsFor(app, chosen(files, values.stack), files);
  await writeAll(app, folder, additions);
  const left = values.stack.length === 0 ? files.filter(({ hasApps }) => !hasApps) : [];
  return report(app, additions, left);
}

function refuseTaken({ name }: AppName, folder: string, files: readonly StackFile[]): void {
  if (existsSync(join(folder, "app", name))) {
    throw new UserError(`There is a folder app/${name} already. Another name, please.`);
  }
  const taken = files.find(({ apps }) => apps.some((app) => app.name === name));
  if (taken !== undefined) throw new UserError(`${taken.file} has an app ${name} already. Another name, please.`);
}

/** The files that the app goes into. One without a list of apps is left alone, unless it was named. */
function chosen(files: readonly StackFile[], stacks: readonly string[]): StackFile[] {
  for (const stack of stacks) {
    const file = files.find((each) => each.stack === stack);
    if (file === undefined) {
      const there = files.map((each) => each.stack).join(", ");
      throw new UserError(`There is no Pulumi.${stack}.yaml here. There are: ${there}.`);
    }
    if (!file.hasApps) throw new UserError(`${file.file} has no flask-doks:apps to add to.`);
  }
  return files.filter(({ stack, hasApps }) => hasApps && (stacks.length === 0 || stacks.includes(stack)));
}

function additionsFor(app: AppName, into: readonly StackFile[], all: readonly StackFile[]): Addition[] {
  const ports = new Set(all.flatMap(({ apps }) => apps.flatMap(({ nodePort }) => nodePort ?? [])));
  return into.map((file) => {
    const { lines, reached, nodePort } = stackEntry(app, file, ports);
    if (nodePort !== undefined) ports.add(nodePort);
    const newText = addToApps(file.text, lines);
    if (newText === undefined) {
      throw new UserError(
        `${file.file} has its apps in brackets, where no line can be added. Nothing was made.\n` +
          `Write them one below the other, or name the other files with --stack and add this to it:\n\n${lines.join("\n")}`,
      );
    }
    return { ...file, newText, reached, notes: notesOn(file.file, sound(newText, file.file)) };
  });
}

/** What a stack file says with the app in it. */
function sound(text: string, file: string): Stack {
  try {
    return parseStackFile(text, file);
  } catch (error) {
    if (!(error instanceof StackFileError)) throw error;
    throw new UserError(
      `With the app in it, ${error.message}\nNothing was made. Mend that first, or name the other files with --stack.`,
    );
  }
}

const notesOn = (file: string, { registry }: Stack): string[] =>
  registry.kind === "digitalocean" && registry.tier === "starter"
    ? [`${file} has registry.tier: starter, which holds the image of one app; basic holds five.`]
    : [];

/** Writes the app and the stack files, or nothing. */
async function writeAll(app: AppName, folder: string, additions: readonly Addition[]): Promise<void> {
  const appFolder = join(folder, "app", app.name);
  await makeAppFolder(TEMPLATE, appFolder, app);
  try {
    for (const { file, newText } of additions) await replaceFile(join(folder, file), newText);
  } catch (error) {
    for (const { file, text } of additions) await replaceFile(join(folder, file), text).catch(() => undefined);
    await rm(appFolder, { recursive: true });
    throw error;
  }
}

/** In one go, so that an interruption leaves no half of a stack file. */
async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  const { mode } = await stat(path);
  try {
    await writeFile(draft, text, { mode });
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

function report({ name, module }: AppName, additions: readonly Addition[], left: readonly StackFile[]): string {
  const width = Math.max(...additions.map(({ file }) => file.length));
  const stacks = additions.map(({ stack }) => stack);
  const deploy =
    stacks.length === 0 || stacks.includes("local") ? "npm run up:local" : `npx pulumi up --stack ${stacks[0] ?? ""}`;
  return [
    `Made app/${name}, a Flask app whose Python package is ${module}.`,
    ...additions.map(({ file, reached }) => `  ${file.padEnd(width)}  has it ${reached}`),
    ...left.map(({ file }) => `  ${file} has no flask-doks:apps, and is left as it is`),
    ...additions.flatMap(({ notes }) => notes.map((note) => `  ${note}`)),
    "",
    "Next:",
    `  ${"npm test".padEnd(deploy.length)}  checks and tests it`,
    `  ${deploy}  deploys it`,
    "",
  ].join("\n");
}
