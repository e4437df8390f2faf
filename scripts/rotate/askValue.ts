/** A secret that a person gives: never an argument, which every user of the machine could read. */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";

/** What is typed is shown nowhere. */
const NOWHERE = new Writable({
  write: (_chunk, _encoding, written) => {
    written();
  },
});

/**
 * Asks for a value on the terminal, or reads all of standard input where that is none. Without the end of its last line.
 *
 * @param name What is asked for.
 */
export async function askValue(name: string): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).replace(/\r?\n$/, "");
  process.stderr.write(`New value of ${name} (it is not shown): `);
  const terminal = createInterface({ input: process.stdin, output: NOWHERE, terminal: true });
  terminal.on("SIGINT", () => process.exit(130));
  const value = await terminal.question("");
  terminal.close();
  process.stderr.write("\n");
  return value;
}
