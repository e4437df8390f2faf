import type { KeyPath, StackSecret } from "./stackSecret";

/** The one command that changes a secret. */
export const commandFor = (stack: string, { name, change }: StackSecret): string =>
  change.kind === "command" ? change.command : `npm run rotate -- ${stack} ${name}`;

/** How a key is named to people and to Pulumi: `flask-doks:apps[0].secretKeyVersion`. */
export const configKey = ([first, ...rest]: KeyPath): string =>
  `flask-doks:${first}${rest.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("")}`;

/** What the stack file knows of how new it is. */
const versionOf = ({ change }: StackSecret): string =>
  change.kind === "number" ? String(change.now) : change.kind === "value" ? "set" : "-";

/** The secrets of a stack, two lines each: what it is, and the one command that changes it. */
export function secretsTable(stack: string, secrets: readonly StackSecret[]): string {
  const names = Math.max(...secrets.map(({ name }) => name.length)) + 2;
  const line = (name: string, version: string, text: string): string =>
    `${name.padEnd(names)}${version.padEnd(9)}${text}`;
  return [
    `Secrets of the stack "${stack}", and the one command that changes each`,
    "",
    line("secret", "version", "what it is, and where"),
    "─".repeat(100),
    ...secrets.flatMap((secret) => [
      line(secret.name, versionOf(secret), secret.what),
      line("", "", commandFor(stack, secret)),
    ]),
    "",
    "version: the number in the stack file. set: given in the stack file, encrypted. -: not of the stack file.",
    "",
  ].join("\n");
}
