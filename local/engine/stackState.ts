/** Where a stack's state is kept: in files of this machine, whose locks can be read, or in another backend. */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { UserError } from "../steps";
import { isPulumiRunning, judgeLock, type Lock, lockedSentence, mendState, readLocks } from "./lock";
import type { ExportedState } from "./state";
import type { StateCli } from "./stateCli";

export interface StackStateOptions {
  project: string;
  stack: string;
  /** Folder of the file backend; none for any other. */
  folder: string | undefined;
  cli: StateCli;
  note: (text: string) => void;
  /** Whether the lock of a run that was killed on this machine is taken over. Not in a pipeline: its machines share names. */
  takesOver?: boolean;
}

export class StackState {
  readonly cli: StateCli;

  constructor(private readonly options: StackStateOptions) {
    this.cli = options.cli;
  }

  /**
   * Whether the backend has the stack. In any other than files it is made if need be.
   *
   * @param writing Whether it will be written to. Where it is only read, another backend than files is not asked.
   */
  async exists(writing: boolean): Promise<boolean | "perhaps"> {
    if (this.#file !== undefined) return existsSync(this.#file);
    if (!writing) return "perhaps";
    await this.cli.locks();
    return true;
  }

  /**
   * Refuses to run beside another run, and clears up after one that was killed.
   *
   * @param dry Only tells of the one that was killed.
   * @throws UserError that says who runs.
   */
  async freeLock(dry = false): Promise<void> {
    const { folder, project, stack, note } = this.options;
    const locks = folder === undefined ? await this.cli.locks() : await readLocks(folder, project, stack);
    const isHeld = (lock: Lock) => judgeLock(lock, hostname(), isPulumiRunning) === "held";
    const held = locks.find((lock) => this.options.takesOver === false || isHeld(lock));
    if (held !== undefined) throw new UserError(lockedSentence(stack, held));
    if (locks.length === 0) return;
    note(
      `The last run on the stack "${stack}" was killed; ${dry ? "its lock is still there" : "taking over its lock"}.`,
    );
    if (dry) return;
    if (this.#file !== undefined && (await mendState(this.#file))) {
      note("The writing of its state was cut off; it has been repaired.");
    }
    await this.cli.cancel();
  }

  /** The state as it is kept, to look at. To change it, it is exported: only then it is of the form that can be imported. */
  async read(): Promise<ExportedState> {
    if (this.#file === undefined) return this.cli.export();
    if (!existsSync(this.#file)) return { version: 3, deployment: {} };
    const { version, checkpoint } = JSON.parse(await readFile(this.#file, "utf8")) as {
      version: number;
      checkpoint: { latest?: ExportedState["deployment"] };
    };
    return { version, deployment: checkpoint.latest ?? {} };
  }

  get #file(): string | undefined {
    const { folder, project, stack } = this.options;
    return folder === undefined ? undefined : join(folder, ".pulumi", "stacks", project, `${stack}.json`);
  }
}
