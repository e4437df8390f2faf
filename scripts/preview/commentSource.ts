/** Where a text comes from: which commit, and which run. */
import { code } from "./commentText";

/** As GitHub itself shows it. */
export const shortCommit = (commit: string): string => code(commit.slice(0, 7));

/** A link where it is known which run it is. */
export const logOf = (runUrl: string | undefined): string =>
  runUrl === undefined ? "the log of the run" : `[the log of the run](${runUrl})`;

/** The last line of a text. */
export const sourceLine = (commits: readonly string[], runUrl: string | undefined): string =>
  [
    `Commit ${[...new Set(commits)].map(shortCommit).join(", ")}`,
    ...(runUrl === undefined ? [] : [logOf(runUrl)]),
  ].join(" · ");
