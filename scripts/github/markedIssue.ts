/** An issue that is open at most once, as long as there is a reason. */
import type { GitHubApi, Issue } from "./api";
import { isMarked, marked } from "./marker";
import type { Written } from "./stickyComment";

export interface IssueContent {
  title: string;
  marker: string;
  /** Without the marker. */
  body: string;
  /** Given to a new one only: people may have changed those of an open one. */
  labels: string[];
}

/** Opens the issue, or updates the one that is open; may be repeated. */
export async function openIssue(github: GitHubApi, { title, marker, body, labels }: IssueContent): Promise<Written> {
  const text = marked(marker, body);
  const [there, ...more] = await ownIssues(github, marker);
  // Two runs at once have both found none. The first is kept: people may have answered there.
  for (const { number } of more) await github.updateIssue(number, { state: "closed" });
  if (there === undefined) {
    const { html_url } = await github.createIssue({ title, body: text, labels });
    return { done: "created", url: html_url };
  }
  if (there.title === title && there.body === text) return { done: "unchanged", url: there.html_url };
  await github.updateIssue(there.number, { title, body: text });
  return { done: "updated", url: there.html_url };
}

/** Closes it with a last word; may be repeated with the same one. Gives its address, if one was open. */
export async function closeIssue(github: GitHubApi, marker: string, comment: string): Promise<string | undefined> {
  const open = await ownIssues(github, marker);
  for (const { number } of open) {
    const comments = await github.comments(number, "issues: write");
    // It was said before closing failed.
    const said = comments.some(({ body }) => body === comment);
    if (!said) await github.createComment(number, comment, "issues: write");
    await github.updateIssue(number, { state: "closed" });
  }
  return open[0]?.html_url;
}

async function ownIssues(github: GitHubApi, marker: string): Promise<Issue[]> {
  const login = await github.login();
  return (await github.openIssues()).filter((issue) => isMarked(issue, marker, login));
}
