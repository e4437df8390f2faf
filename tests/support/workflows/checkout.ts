/** As actions/checkout, from a repository on this machine. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { run } from "../../../local/command";

/** What is checked out where nothing else is asked for. */
export interface CheckoutSource {
  /** Folder of the repository. */
  repository: string;
  /** Such as `refs/heads/main` or `refs/pull/7/merge`. */
  ref: string;
  /** The commit of the event. */
  sha: string;
}

/**
 * A fresh clone in the workspace, of the event's commit or of `ref`, with `fetch-depth` commits of history, all for 0.
 *
 * @returns What it says.
 */
export async function checkout(
  workspace: string,
  source: CheckoutSource,
  inputs: Record<string, string>,
): Promise<string> {
  const { ref: named = "", path = ".", "fetch-depth": depth = "1" } = inputs;
  const folder = resolve(workspace, path);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  const ours = (...args: string[]) => run("git", ["-C", source.repository, ...args]);
  const theirs = (...args: string[]) => run("git", ["-C", folder, "-c", "advice.detachedHead=false", ...args]);
  const commit = named === "" ? source.sha : await ours("rev-parse", "--verify", `${named}^{commit}`);
  if (depth === "0") {
    // Hard links to its objects, those of pull requests' refs among them.
    await run("git", ["clone", "--quiet", "--no-checkout", source.repository, folder]);
  } else {
    await theirs("init", "--quiet");
    await theirs("fetch", "--quiet", "--depth", depth, `file://${resolve(source.repository)}`, commit);
  }
  const full = named === "" ? source.ref : await ours("rev-parse", "--symbolic-full-name", named);
  const [, branch] = /^refs\/heads\/(.+)$/.exec(full) ?? [];
  await theirs("checkout", "--quiet", ...(branch === undefined ? ["--detach"] : ["-B", branch]), commit);
  return `${commit} with ${depth === "0" ? "all" : depth} of its history`;
}
