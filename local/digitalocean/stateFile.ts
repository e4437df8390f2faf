/** The file that what exists is kept in. It holds secrets: nobody else may read it. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { emptyState, type State } from "./state";

export class StateFile {
  readonly #path: string | undefined;
  #written = "";

  /** @param path none for a state that is forgotten in the end */
  constructor(path?: string) {
    this.#path = path;
  }

  read(): State {
    if (this.#path === undefined || !existsSync(this.#path)) return emptyState();
    this.#written = readFileSync(this.#path, "utf8");
    return { ...emptyState(), ...(JSON.parse(this.#written) as Partial<State>) };
  }

  /** Writes it if it changed; whoever reads the file at any time reads all of it. */
  write(state: State): void {
    if (this.#path === undefined) return;
    const text = `${JSON.stringify(state, undefined, 1)}\n`;
    if (text === this.#written) return;
    mkdirSync(dirname(this.#path), { recursive: true });
    const aside = `${this.#path}.new`;
    writeFileSync(aside, text, { mode: 0o600 });
    renameSync(aside, this.#path);
    this.#written = text;
  }
}
