/** A comment that is there once, and is kept up to date. */
import type { Comment, GitHubApi } from "./api";
import { isMarked, marked } from "./marker";

const PERMISSION = "pull-requests: write";

/** What became of a comment, or of an issue. */
export interface Written {
  done: "created" | "updated" | "unchanged";
  url: string;
}

/** Writes the body into the comment with the marker; may be repeated. Of several, the newest is kept. */
export async function setComment(
  github: GitHubApi,
  pullRequest: number,
  marker: string,
  body: string,
): Promise<Written> {
  const changed = await changeComment(github, pullRequest, marker, body);
  return changed ?? written("created", await github.createComment(pullRequest, marked(marker, body), PERMISSION));
}

/** The same where there is such a comment; otherwise nothing is written. */
export async function changeComment(
  github: GitHubApi,
  pullRequest: number,
  marker: string,
  body: string,
): Promise<Written | undefined> {
  const text = marked(marker, body);
  const login = await github.login();
  const own = (await github.comments(pullRequest, PERMISSION)).filter((comment) => isMarked(comment, marker, login));
  const kept = own.pop();
  // Two runs at once have both found none.
  for (const { id } of own) await github.deleteComment(id, PERMISSION);
  if (kept === undefined) return undefined;
  if (kept.body === text) return written("unchanged", kept);
  return written("updated", await github.updateComment(kept.id, text, PERMISSION));
}

const written = (done: Written["done"], { html_url }: Comment): Written => ({ done, url: html_url });
