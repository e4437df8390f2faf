/** The requests to GitHub's API that the pipelines need. */
import { Octokit } from "@octokit/rest";
import { z } from "zod";
import { UserError } from "../../local/steps";
import { failureOf, GitHubFailure, type Connection, type Doing } from "./failure";

const author = z.object({ login: z.string() }).nullable();
const comment = z.object({ id: z.number(), body: z.string().nullish(), html_url: z.string(), user: author });
const issue = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  html_url: z.string(),
  user: author,
  // An issue with this is a pull request.
  pull_request: z.unknown().optional(),
});
const pullRequest = z.object({
  number: z.number(),
  labels: z.array(z.object({ name: z.string() })),
  // Without a repository when the fork is deleted.
  head: z.object({ sha: z.string(), ref: z.string(), repo: z.object({ full_name: z.string() }).nullable() }),
  base: z.object({ repo: z.object({ full_name: z.string() }) }),
});
const viewer = z.object({ viewer: z.object({ login: z.string() }) });

export type Comment = z.infer<typeof comment>;
export type Issue = z.infer<typeof issue>;
export type PullRequest = z.infer<typeof pullRequest>;

const REQUEST_MS = 15_000;
const PER_PAGE = 100;

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** One repository at GitHub. Each method is one question; a failure is a `GitHubFailure`. */
export class GitHubApi {
  private readonly octokit: Octokit;
  private readonly place: { owner: string; repo: string };

  constructor(private readonly connection: Connection) {
    const [owner = "", repo = ""] = connection.repository.split("/");
    this.place = { owner, repo };
    this.octokit = new Octokit({
      auth: connection.token,
      baseUrl: connection.url,
      userAgent: "flask-doks",
      log: silent,
      request: { fetch: fetchWhole },
    });
  }

  /** Whose token it is, as the author of comments is called. That of a job may ask it here only. */
  async login(): Promise<string> {
    const doing = { what: "tell whose token it is", permission: "pull-requests: write" };
    const answer = await this.ask(doing, viewer, () => this.octokit.graphql("query { viewer { login } }"));
    return answer.viewer.login;
  }

  /** Those of an issue or a pull request, the oldest first. */
  comments(number: number, permission: string): Promise<Comment[]> {
    const doing = { what: `read the comments on #${number}`, permission };
    const { listComments } = this.octokit.rest.issues;
    return this.ask(doing, z.array(comment), () =>
      this.octokit.paginate(listComments, { ...this.place, issue_number: number, per_page: PER_PAGE }),
    );
  }

  createComment(number: number, body: string, permission: string): Promise<Comment> {
    const doing = { what: `comment on #${number}`, permission };
    return this.ask(doing, comment, async () => {
      const { data } = await this.octokit.rest.issues.createComment({ ...this.place, issue_number: number, body });
      return data;
    });
  }

  updateComment(id: number, body: string, permission: string): Promise<Comment> {
    const doing = { what: "change its comment", permission };
    return this.ask(doing, comment, async () => {
      const { data } = await this.octokit.rest.issues.updateComment({ ...this.place, comment_id: id, body });
      return data;
    });
  }

  /** One that is gone already is as good. */
  async deleteComment(id: number, permission: string): Promise<void> {
    const doing = { what: "delete a comment of its own", permission };
    const asked = () => this.octokit.rest.issues.deleteComment({ ...this.place, comment_id: id });
    await this.ask(doing, z.unknown(), asked).catch((error: unknown) => {
      if (!(error instanceof GitHubFailure && error.status === 404)) throw error;
    });
  }

  /** Without pull requests, the oldest first. */
  async openIssues(): Promise<Issue[]> {
    const doing = { what: "read the issues", permission: "issues: write" };
    const { listForRepo } = this.octokit.rest.issues;
    const found = await this.ask(doing, z.array(issue), () =>
      this.octokit.paginate(listForRepo, { ...this.place, state: "open", direction: "asc", per_page: PER_PAGE }),
    );
    return found.filter(({ pull_request }) => pull_request === undefined);
  }

  createIssue(content: { title: string; body: string; labels: string[] }): Promise<Issue> {
    const doing = { what: "open an issue", permission: "issues: write" };
    return this.ask(doing, issue, async () => {
      const { data } = await this.octokit.rest.issues.create({ ...this.place, ...content });
      return data;
    });
  }

  updateIssue(number: number, changes: { title: string; body: string } | { state: "closed" }): Promise<Issue> {
    const doing = { what: `change issue #${number}`, permission: "issues: write" };
    return this.ask(doing, issue, async () => {
      const { data } = await this.octokit.rest.issues.update({ ...this.place, issue_number: number, ...changes });
      return data;
    });
  }

  openPullRequests(): Promise<PullRequest[]> {
    const doing = { what: "read the pull requests", permission: "pull-requests: read" };
    const { list } = this.octokit.rest.pulls;
    return this.ask(doing, z.array(pullRequest), () =>
      this.octokit.paginate(list, { ...this.place, state: "open", direction: "asc", per_page: PER_PAGE }),
    );
  }

  private async ask<T>(doing: Doing, schema: z.ZodType<T>, request: () => Promise<unknown>): Promise<T> {
    const answer = await request().catch((error: unknown) => {
      throw failureOf(error, doing, this.connection);
    });
    const parsed = schema.safeParse(answer);
    if (!parsed.success) {
      throw new UserError(`What answers at ${this.connection.url} is not GitHub's API. Does GITHUB_API_URL name it?`);
    }
    return parsed.data;
  }
}

/** Octokit by itself takes what is cut off, and what is no JSON, for an answer. */
async function fetchWhole(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...options, signal: AbortSignal.timeout(REQUEST_MS) });
  const text = await response.text();
  const type = response.headers.get("content-type") ?? "";
  if (response.ok && response.status !== 204 && !(type.includes("json") && isJson(text))) {
    throw new Error("what answers there is not its API");
  }
  return new Response(text === "" ? null : text, response);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
