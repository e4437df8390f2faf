/** A team that uses this project: its repository, with what is checked out here, stack files of its own, and a history. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { mergeConfig, type JsonObject } from "../../local/engine/settings";
import { ROOT } from "./stackFiles";

/** What a commit changes: a file's new text, or `undefined` for one that goes. */
export type Files = Record<string, string | undefined>;

const AUTHOR = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"];

export class Team {
  readonly #parent = mkdtempSync(join(tmpdir(), "flask-doks-team-"));
  /** The repository, with its branch `main` checked out. */
  readonly repository = join(this.#parent, "origin");

  constructor() {
    mkdirSync(this.repository);
    // What is checked out here and not ignored; copied, for a checkout need not have its history.
    const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: ROOT,
      maxBuffer: 64 * 1024 * 1024,
    });
    const files = list
      .toString()
      .split("\0")
      .filter((path) => path !== "");
    const packed = spawnSync("tar", ["-c", "--null", "-T", "-"], {
      cwd: ROOT,
      input: files.join("\0"),
      maxBuffer: 512 * 1024 * 1024,
    });
    execFileSync("tar", ["-x"], { cwd: this.repository, input: packed.stdout });
    this.git("init", "--quiet", "--initial-branch", "main");
    this.commit("Begin with flask-doks", {});
  }

  git(...args: string[]): string {
    return execFileSync("git", [...AUTHOR, ...args], { cwd: this.repository, encoding: "utf8" }).trim();
  }

  /** The config of a stack file, without the project's name before its keys. */
  config(stack: string): JsonObject {
    const text = readFileSync(join(this.repository, `Pulumi.${stack}.yaml`), "utf8");
    const { config } = parse(text) as { config: JsonObject };
    return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^flask-doks:/, ""), value]));
  }

  /** The text of a stack file as it is, with other config laid over it. */
  stackFile(stack: string, changes: JsonObject): string {
    const config = mergeConfig(this.config(stack), changes) as JsonObject;
    const file = parse(readFileSync(join(this.repository, `Pulumi.${stack}.yaml`), "utf8")) as JsonObject;
    return stringify({
      ...file,
      config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`flask-doks:${key}`, value])),
    });
  }

  /** Commits changes to the branch that is checked out, and gives the commit's id. */
  commit(message: string, files: Files): string {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.repository, path);
      mkdirSync(dirname(file), { recursive: true });
      if (text === undefined) rmSync(file);
      else writeFileSync(file, text);
    }
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", message);
    return this.git("rev-parse", "HEAD");
  }

  /** Commits changes to a new branch off `main`, as a pull request has them. */
  propose(branch: string, message: string, files: (team: Team) => Files): string {
    this.git("checkout", "--quiet", "-B", branch, "main");
    const commit = this.commit(message, files(this));
    this.git("checkout", "--quiet", "main");
    return commit;
  }

  /** A clone of it, at a commit, with the packages of this checkout. */
  clone(commit: string): string {
    const folder = mkdtempSync(join(this.#parent, "clone-"));
    execFileSync("git", ["clone", "--quiet", this.repository, folder]);
    execFileSync("git", ["checkout", "--quiet", "--detach", commit], { cwd: folder });
    execFileSync("ln", ["-s", join(ROOT, "node_modules"), join(folder, "node_modules")]);
    return folder;
  }

  /** Throws everything away. */
  strike(): void {
    rmSync(this.#parent, { recursive: true, force: true });
  }
}
