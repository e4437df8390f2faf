/** The CLI's own commands on one stack's state. They know every backend, and run no program. */

import { attempt } from "../command";
import { UserError } from "../steps";
import { QUIET_ENV } from "./cli";
import { locksTold, type Lock } from "./lock";
import { sentence } from "./report";
import type { ExportedState } from "./state";

export interface StateCliOptions {
  /** Path of the CLI. */
  cli: string;
  /** Folder with Pulumi.yaml. */
  folder: string;
  /** Which backend, the passphrase, the backend's credentials; the rest is this process's environment. */
  env: Record<string, string>;
  stack: string;
}

export class StateCli {
  constructor(private readonly options: StateCliOptions) {}

  /** The state, with secrets as they are kept: encrypted. */
  async export(): Promise<ExportedState> {
    return JSON.parse(await this.#run(["stack", "export", "--stack", this.options.stack])) as ExportedState;
  }

  /** Puts a state in the place of the present one, under the stack's lock. Pending operations do not survive it. */
  async import(state: ExportedState): Promise<void> {
    await this.#run(["stack", "import", "--stack", this.options.stack], JSON.stringify(state));
  }

  /** Takes away every lock on the stack. */
  async cancel(): Promise<void> {
    await this.#run(["cancel", this.options.stack, "--yes"]);
  }

  /**
   * Who holds the stack now. Makes the stack if it is not there: that takes the lock before it looks, so it tells
   * about the lock in any case, and no other command does so without changing anything.
   */
  async locks(): Promise<Lock[]> {
    const { code, stderr } = await this.#attempt(["stack", "init", this.options.stack]);
    if (code === 0 || stderr.includes("already exists")) return [];
    const locks = locksTold(stderr);
    if (locks.length === 0) throw new UserError(`The stack's state cannot be reached: ${sentence(stderr)}`);
    return locks;
  }

  #attempt(args: string[], input?: string) {
    const { cli, folder, env } = this.options;
    return attempt(cli, [...args, "--non-interactive"], {
      cwd: folder,
      env: { ...QUIET_ENV, ...env },
      ...(input === undefined ? {} : { input }),
    });
  }

  async #run(args: string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.#attempt(args, input);
    if (code === 0) return stdout;
    throw new UserError(`pulumi ${args.slice(0, 2).join(" ")}: ${sentence(stderr.trim() || stdout.trim())}`);
  }
}
