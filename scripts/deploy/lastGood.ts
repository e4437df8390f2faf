/** The release that a stack had before, as Pulumi's own history of it tells. */
import type { UpdateSummary } from "@pulumi/pulumi/automation";

/** A deployment that went well. */
export interface GoodRelease {
  /** Id of its commit. */
  commit: string;
  ended: Date;
}

/**
 * The newest deployment that went well.
 *
 * @param history The newest first.
 * @returns A sentence when there is none to go back to.
 */
export function lastGood(history: readonly UpdateSummary[], failed: string): GoodRelease | string {
  const [good] = history.filter(({ kind, result }) => kind === "update" && result === "succeeded");
  if (good === undefined) return "There is no earlier release to go back to: none has come to its end yet.";
  const commit = good.environment["git.head"] ?? "";
  if (commit === "") return "The last good release was deployed from a folder that is no git repository.";
  if (commit === failed) {
    return "The last good release is of this very commit: what failed now is not in the repository, such as a secret, or the cluster.";
  }
  if (good.environment["git.dirty"] === "true") {
    return `The last good release was deployed from a checkout of ${commit.slice(0, 7)} with changes that are in no commit.`;
  }
  return { commit, ended: good.endTime };
}
