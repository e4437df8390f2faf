/** Artifacts of a run: folders instead of GitHub's store. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";

const hidden = (path: string): boolean => basename(path).startsWith(".");

const filesIn = (path: string): string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => !hidden(name))
        .flatMap((name) => filesIn(join(path, name)))
    : [path];

/** The artifacts of one run. */
export class Artifacts {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** The names so far. */
  get names(): string[] {
    return readdirSync(this.folder).sort();
  }

  /** The files of an artifact, by their paths in it; none of one that is not there. */
  files(name: string): Record<string, string> {
    const folder = join(this.folder, name);
    const found = existsSync(folder) ? filesIn(folder) : [];
    return Object.fromEntries(found.map((file) => [relative(folder, file), readFileSync(file, "utf8")]));
  }

  /**
   * As actions/upload-artifact: what lies in the folder, or the one file, without hidden ones.
   *
   * @returns What it says.
   */
  upload(workspace: string, inputs: Record<string, string>): string {
    const { name = "artifact", path = "", "if-no-files-found": onNone = "warn" } = inputs;
    if (/[*?\n]/.test(path.trim())) {
      throw new Error(`The runner uploads one file or folder, and no pattern such as ${path}.`);
    }
    if (this.names.includes(name)) {
      throw new FailedAction(`There is an artifact called ${name} already.`);
    }
    const from = resolve(workspace, path.trim());
    const found = existsSync(from) ? filesIn(from) : [];
    if (found.length === 0) {
      const said = `No files were found at ${path}.`;
      if (onNone === "error") {
        throw new FailedAction(said);
      }
      return said;
    }
    const root = statSync(from).isDirectory() ? from : dirname(from);
    for (const file of found) {
      cpSync(file, join(this.folder, name, relative(root, file)));
    }
    return `${found.length} files as ${name}`;
  }

  /** As actions/download-artifact: one by its name, or those of a pattern, each to a folder of its own unless merged. */
  download(workspace: string, inputs: Record<string, string>): string {
    const { name, pattern = "*", path = ".", "merge-multiple": merged = "false" } = inputs;
    const to = resolve(workspace, path);
    if (name !== undefined && !this.names.includes(name)) {
      throw new FailedAction(`Artifact not found for name: ${name}`);
    }
    const wanted = new RegExp(`^${pattern.replace(/[^\w*-]/g, "\\$&").replaceAll("*", ".*")}$`);
    const chosen = this.names.filter((each) => (name === undefined ? wanted.test(each) : each === name));
    for (const each of chosen) {
      const apart = name === undefined && merged !== "true";
      cpSync(join(this.folder, each), apart ? join(to, each) : to, { recursive: true });
    }
    return `${chosen.join(", ") || "no artifact"} to ${path}`;
  }
}

/** An action that fails as it would on GitHub; the step fails, and not the runner. */
export class FailedAction extends Error {}
