/** What `npm run rotate` does: tells of the secrets of a stack, and puts a new one in the place of one. */
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseDocument } from "yaml";
import { nearest } from "../../lib/nearest";
import { parseStackFile, StackFileError } from "../../lib/stackFile";
import { attempt } from "../../local/command";
import { QUIET_ENV } from "../../local/engine/cli";
import { UserError } from "../../local/steps";
import { chosenStack } from "../chosenStack";
import { refuseSecondStep } from "./oneStep";
import { commandFor, configKey, secretsTable } from "./secretsTable";
import { secretsOf } from "./secretsOf";
import { setNumber } from "./setNumber";
import type { KeyPath, StackSecret } from "./stackSecret";

const HELP = `npm run rotate -- <stack> [<secret>] [options]

Lists the secrets of a stack, each with the one command that changes it. With a secret it changes the stack file: a number goes
up by one, and the next "pulumi up" makes a new secret; or a new value is asked for, or read from standard input, and encrypted.
Nothing is deployed. What has no place in the stack file is only told about.

  --dry-run  show what would change, and change nothing
  --yes      change what first needs something to be done, which is told without it
  --help     this page

A new value is encrypted by the Pulumi CLI, with PULUMI_CONFIG_PASSPHRASE_FILE and the backend that you are logged in to.
`;

/** What the command stands on. */
export interface Surroundings {
  /** Where the stack files are. */
  folder: string;
  /** Asks for a value, or reads it from standard input. */
  ask: (name: string) => Promise<string>;
  /** Path of the Pulumi CLI. */
  cli: () => Promise<string>;
}

/** A stack file as it is. */
interface StackText {
  stack: string;
  file: string;
  path: string;
  text: string;
}

/**
 * Runs the command.
 *
 * @returns What it prints.
 * @throws UserError about what a person can mend.
 */
export async function rotateCommand(args: string[], surroundings: Surroundings): Promise<string> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      "dry-run": { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return HELP;
  const [first, wanted, ...more] = positionals;
  if (more.length > 0) throw new UserError("Name one secret: npm run rotate -- <stack> <secret>");
  const stack = chosenStack(first === undefined ? [] : [first], surroundings.folder, "npm run rotate");
  const file = `Pulumi.${stack}.yaml`;
  const path = join(surroundings.folder, file);
  const read: StackText = { stack, file, path, text: readFileSync(path, "utf8") };
  const secrets = secretsIn(read.text, read);
  if (wanted === undefined) return secretsTable(stack, secrets);
  const secret = secretNamed(wanted, secrets, stack);
  const { change } = secret;
  switch (change.kind) {
    case "command":
      return `${secret.what}.\n\nThe stack file does not hold it. What changes it:\n  ${change.command}\n\n${consequences(secret)}`;
    case "number":
      if (!values.yes) await refuseSecondStep(stack, secret, surroundings.folder);
      return raise(read, secret, change, values["dry-run"]);
    case "value":
      if (secret.before !== undefined && !values.yes) {
        throw new UserError(`${secret.before}\nThen: ${commandFor(stack, secret)} --yes\nNothing was changed.`);
      }
      return values["dry-run"]
        ? `${file} would get a new value of ${configKey(change.path)}. Nothing was changed.\n`
        : setValue(read, secret, change, surroundings);
  }
}

function secretsIn(text: string, { stack, file }: StackText): StackSecret[] {
  try {
    return secretsOf(stack, parseStackFile(text, file));
  } catch (error) {
    throw error instanceof StackFileError ? new UserError(error.message) : error;
  }
}

function secretNamed(name: string, secrets: readonly StackSecret[], stack: string): StackSecret {
  const found = secrets.find((secret) => secret.name === name);
  if (found !== undefined) return found;
  const near = nearest(
    name,
    secrets.map((secret) => secret.name),
  );
  throw new UserError(
    `The stack "${stack}" has no secret ${name}${near === undefined ? "." : `; did you mean ${near}?`} All of them: npm run rotate -- ${stack}`,
  );
}

/** Raises the number that a secret goes by, in the stack file. */
function raise(
  read: StackText,
  secret: StackSecret,
  { path, now }: Extract<StackSecret["change"], { kind: "number" }>,
  dryRun: boolean,
): string {
  const { file, stack, text } = read;
  const newText = setNumber(text, path, now + 1, path[0] === "registry" ? "digitalocean" : undefined);
  if (newText === undefined || !raised(newText, read, secret.name, now + 1)) {
    throw new UserError(
      `${file} is written in a way in which this command changes no number. Nothing was changed.\n` +
        `Write it there by hand, ${configKey(path)} being ${now + 1}, or: npx pulumi config set --path '${configKey(path)}' ${now + 1} --stack ${stack}`,
    );
  }
  const lines = changedLines(text, newText);
  if (dryRun) return `${file} would change. Nothing was changed.\n\n${lines}\n`;
  replaceFile(read.path, newText);
  return `${file} has changed.\n\n${lines}\n\n${next(read, secret, `\n${indented(changedLines(newText, text))}`)}`;
}

const raised = (text: string, read: StackText, name: string, to: number): boolean =>
  secretsIn(text, read).some((each) => each.name === name && each.change.kind === "number" && each.change.now === to);

/** What is gone from a text, and what is new in it: lines that stand together. */
function changedLines(before: string, after: string): string {
  const [old, young] = [before.split(/\r?\n/), after.split(/\r?\n/)];
  const length = Math.min(old.length, young.length);
  let head = 0;
  while (head < length && old[head] === young[head]) head++;
  let tail = 0;
  while (tail < length - head && old.at(-1 - tail) === young.at(-1 - tail)) tail++;
  const between = (sign: string, lines: string[]) =>
    lines.slice(head, lines.length - tail).map((line) => `${sign} ${line}`);
  return [`line ${head + 1}`, ...between("-", old), ...between("+", young)].join("\n");
}

/** In one go, so that an interruption leaves no half of a stack file. */
function replaceFile(path: string, text: string): void {
  const draft = `${path}.new`;
  writeFileSync(draft, text, { mode: statSync(path).mode });
  renameSync(draft, path);
}

/** Has the Pulumi CLI encrypt a new value, which it reads from its standard input. */
async function setValue(
  read: StackText,
  secret: StackSecret,
  { path }: Extract<StackSecret["change"], { kind: "value" }>,
  { folder, ask, cli }: Surroundings,
): Promise<string> {
  const { file, stack, text } = read;
  const command = await cli();
  const input = await ask(secret.name);
  if (input === "") throw new UserError("The new value is empty. Nothing was changed.");
  const key = configKey(path);
  const args = ["config", "set", "--secret", "--path", key, "--stack", stack, "--non-interactive"];
  const { code, stderr } = await attempt(command, args, { cwd: folder, env: QUIET_ENV, input, timeoutSeconds: 60 });
  if (code !== 0) {
    throw new UserError(
      `The Pulumi CLI did not take the new value of ${key}, and ${file} is as it was:\n${stderr.trim()}`,
    );
  }
  const before = ` ${key} is to be ${encryptedAt(text, path)} again`;
  return `${file} has a new value of ${key}, encrypted.\n\n${next(read, secret, before)}`;
}

/** The value as it stands in a stack file, so that it can be put back by hand: other edits of the file are to stay. */
function encryptedAt(text: string, [first, ...rest]: KeyPath): string {
  const value = parseDocument(text).getIn(["config", `flask-doks:${first}`, ...rest, "secure"]);
  return typeof value === "string" ? `{ secure: ${value} }` : "what it was";
}

const indented = (lines: string): string => lines.replace(/^/gm, "  ");

/** @param back What takes the change back. */
function next({ file, stack }: StackText, secret: StackSecret, back: string): string {
  const deploy = stack === "local" ? "npm run up:local" : `npx pulumi up --stack ${stack}`;
  return [
    "Next:",
    `  git commit ${file}`,
    `  ${deploy}`,
    `Back, before the up, in ${file}:${back}`,
    "",
    consequences(secret),
  ].join("\n");
}

const consequences = ({ users, failure }: StackSecret): string =>
  `What users notice: ${users}\nIf it fails: ${failure}\n`;
