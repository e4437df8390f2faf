/** GitHub's REST API for one repository, in memory: what the pipelines ask of it, with its pages and its refusals. */
import { json } from "node:stream/consumers";
import { startServer } from "./httpServer";

/** A comment, as a reader sees it. */
export interface GithubComment {
  id: number;
  login: string;
  body: string;
}

export interface GithubIssue {
  number: number;
  title: string;
  body: string;
  state: "open" | "closed";
  labels: string[];
  login: string;
}

export interface GithubPullRequest {
  number: number;
  commit?: string;
  labels?: string[];
  state?: "open" | "closed";
  /** Full name of the repository of its branch. Default: the repository itself. */
  head?: string;
}

/** How a request fails. `lost`: it is done, and its answer is not told. */
export interface GithubFault {
  status: 403 | 429 | 502;
  message?: string;
  headers?: Record<string, string>;
  lost?: boolean;
}

export interface GithubOptions {
  /** Such as `ada/shop`. */
  repository: string;
  token: string;
  /** Whose token it is. Default: that of a job of GitHub Actions. */
  login?: string;
  /** Whether the token may write. Default: true. */
  writes?: boolean;
}

export interface GithubServer {
  url: string;
  /** Such as `POST /repos/ada/shop/issues/7/comments`, with its query. */
  requests: string[];
  /** On an issue or a pull request, the oldest first. */
  comments: (number: number) => GithubComment[];
  /** Open and closed ones, the oldest first. */
  issues: () => GithubIssue[];
  /** Makes one, or changes it. */
  pullRequest: (pull: GithubPullRequest) => void;
  /** Somebody's comment; default: by a person. Gives its id. */
  addComment: (number: number, comment: { body: string; login?: string }) => number;
  /** Somebody's issue; default: by a person. Gives its number. */
  addIssue: (issue: Partial<GithubIssue>) => number;
  /** Lets the next request fail, or the next ones, or the next that the pattern fits. */
  fail: (fault: GithubFault, on?: { times?: number; request?: RegExp }) => void;
  stop: () => Promise<void>;
}

const LONGEST_BODY = 65_536;
const PERSON = "grace";

type Body = Record<string, unknown>;

interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

const answer = (status: number, body?: unknown): Answer => ({ status, body });
const refusal = (status: number, message: string): Answer =>
  answer(status, { message, documentation_url: "https://docs.github.com/rest", status: String(status) });
const failed = ({ status, message = "Something went wrong", headers = {} }: GithubFault): Answer => ({
  ...refusal(status, message),
  headers,
});
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const named = (labels: readonly string[]) => labels.map((name) => ({ name }));

export async function startGithub(options: GithubOptions): Promise<GithubServer> {
  const { repository, token, login = "github-actions[bot]", writes = true } = options;
  const requests: string[] = [];
  const issues = new Map<number, GithubIssue>();
  const pulls = new Map<number, Required<GithubPullRequest>>();
  const comments = new Map<number, GithubComment[]>();
  const faults: { fault: GithubFault; left: number; request: RegExp }[] = [];
  let lastId = 1_000;
  const page = `https://github.example/${repository}`;

  const nextNumber = () => Math.max(0, ...issues.keys(), ...pulls.keys()) + 1;
  const add = (number: number, comment: Omit<GithubComment, "id">): GithubComment => {
    const made = { id: ++lastId, ...comment };
    comments.set(number, [...(comments.get(number) ?? []), made]);
    return made;
  };
  const addIssue = (given: Partial<GithubIssue>): GithubIssue => {
    const number = nextNumber();
    const made = { number, title: "", body: "", state: "open" as const, labels: [], login: PERSON, ...given };
    issues.set(made.number, made);
    return made;
  };
  const commentJson = (number: number, { id, login: by, body }: GithubComment) => ({
    id,
    body,
    user: { login: by, type: by.endsWith("[bot]") ? "Bot" : "User" },
    html_url: `${page}/issues/${number}#issuecomment-${id}`,
  });
  const issueJson = ({ login: by, labels, ...issue }: GithubIssue) => ({
    ...issue,
    labels: named(labels),
    user: { login: by },
    html_url: `${page}/issues/${issue.number}`,
  });
  const pullJson = ({ number, state, labels, commit, head }: Required<GithubPullRequest>) => ({
    number,
    state,
    labels: named(labels),
    head: { sha: commit, ref: `branch-${number}`, repo: { full_name: head } },
    base: { ref: "main", repo: { full_name: repository } },
  });
  // To the list of issues, a pull request is one of them.
  const pullAsIssue = ({ number, state, labels }: Required<GithubPullRequest>) => ({
    ...issueJson({ number, title: "A change", body: "", state, labels, login: PERSON }),
    pull_request: { url: `${page}/pull/${number}` },
  });

  const routes: [pattern: RegExp, handle: (ids: number[], body: Body, query: URLSearchParams) => Answer][] = [
    // Of a query, the only one that is asked.
    [/^POST \/graphql$/, () => answer(200, { data: { viewer: { login } } })],
    [
      /^GET issues\/(\d+)\/comments$/,
      ([number = 0], _body, query) =>
        known(number)
          ? listed(
              query,
              (comments.get(number) ?? []).map((each) => commentJson(number, each)),
            )
          : missing(),
    ],
    [
      /^POST issues\/(\d+)\/comments$/,
      ([number = 0], { body }) =>
        known(number) ? answer(201, commentJson(number, add(number, own(body)))) : missing(),
    ],
    [
      /^PATCH issues\/comments\/(\d+)$/,
      ([id = 0], { body }) => {
        const [number, comment] = commentOf(id);
        return comment === undefined ? missing() : answer(200, commentJson(number, Object.assign(comment, own(body))));
      },
    ],
    [
      /^DELETE issues\/comments\/(\d+)$/,
      ([id = 0]) => {
        const [number, comment] = commentOf(id);
        comments.set(
          number,
          (comments.get(number) ?? []).filter((each) => each !== comment),
        );
        return comment === undefined ? missing() : answer(204);
      },
    ],
    [
      /^GET issues$/,
      (_ids, _body, query) => {
        const all = [...[...issues.values()].map(issueJson), ...[...pulls.values()].map(pullAsIssue)];
        return listed(query, ordered(query, all));
      },
    ],
    [
      /^POST issues$/,
      (_ids, { title, body, labels }) =>
        answer(201, issueJson(addIssue({ title: textOf(title), labels: (labels ?? []) as string[], ...own(body) }))),
    ],
    [
      /^PATCH issues\/(\d+)$/,
      ([number = 0], changes) => {
        const issue = issues.get(number);
        return issue === undefined ? missing() : answer(200, issueJson(Object.assign(issue, changes)));
      },
    ],
    [/^GET pulls$/, (_ids, _body, query) => listed(query, ordered(query, [...pulls.values()].map(pullJson)))],
  ];

  const missing = () => refusal(404, "Not Found");
  const known = (number: number) => issues.has(number) || pulls.has(number);
  const own = (body: unknown) => ({ login, body: textOf(body) });
  const commentOf = (id: number): [number, GithubComment?] => {
    const found = [...comments].find(([, list]) => list.some((each) => each.id === id));
    return found === undefined ? [0] : [found[0], found[1].find((each) => each.id === id)];
  };
  const ordered = <T extends { number: number; state: string }>(query: URLSearchParams, all: T[]): T[] => {
    const state = query.get("state") ?? "open";
    const sorted = all.sort((a, b) => a.number - b.number).filter((each) => state === "all" || each.state === state);
    return query.get("direction") === "asc" ? sorted : sorted.reverse();
  };
  const listed = (query: URLSearchParams, items: unknown[]): Answer => {
    const size = Math.min(Number(query.get("per_page") ?? 30), 100);
    const at = Number(query.get("page") ?? 1);
    const next = new URLSearchParams({ ...Object.fromEntries(query), page: String(at + 1) }).toString();
    const more = at * size < items.length;
    return { status: 200, body: items.slice((at - 1) * size, at * size), headers: more ? { next } : {} };
  };

  const handle = (method: string, path: string, query: URLSearchParams, body: Body): Answer => {
    const root = `/repos/${repository}/`;
    const question = `${method} ${path.startsWith(root) ? path.slice(root.length) : path}`;
    for (const [pattern, run] of routes) {
      const match = pattern.exec(question);
      if (match === null) continue;
      if (!writes && method !== "GET" && path !== "/graphql")
        return refusal(403, "Resource not accessible by integration");
      if (textOf(body["body"]).length > LONGEST_BODY) return refusal(422, "Validation Failed");
      return run(match.slice(1).map(Number), body, query);
    }
    return missing();
  };

  const nextFault = (question: string): GithubFault | undefined => {
    const found = faults.find(({ left, request }) => left > 0 && request.test(question));
    if (found !== undefined) found.left--;
    return found?.fault;
  };

  const { url, stop } = await startServer((request, response) => {
    void (async () => {
      const { method = "GET", url: target = "/" } = request;
      const { pathname, searchParams } = new URL(target, "http://github.example");
      const question = `${method} ${target}`;
      requests.push(question);
      const body = method === "POST" || method === "PATCH" ? ((await json(request)) as Body) : {};
      const authorized = /^(?:token|bearer) (.*)$/i.exec(request.headers.authorization ?? "")?.[1] === token;
      const done = () => (authorized ? handle(method, pathname, searchParams, body) : refusal(401, "Bad credentials"));
      const fault = nextFault(question);
      if (fault?.lost === true) done();
      const given = fault === undefined ? done() : failed(fault);
      const { next, ...headers } = given.headers ?? {};
      if (next !== undefined) headers["link"] = `<${url}${pathname}?${next}>; rel="next"`;
      response.writeHead(given.status, { "content-type": "application/json; charset=utf-8", ...headers });
      response.end(given.body === undefined ? undefined : JSON.stringify(given.body));
    })();
  });

  return {
    url,
    requests,
    comments: (number) => comments.get(number) ?? [],
    issues: () => [...issues.values()],
    pullRequest: ({ number, ...pull }) => {
      const commit = number.toString(16).repeat(40).slice(0, 40);
      const before = pulls.get(number) ?? { commit, labels: [], state: "open", head: repository };
      pulls.set(number, { ...before, number, ...pull });
    },
    addComment: (number, comment) => add(number, { login: PERSON, ...comment }).id,
    addIssue: (issue) => addIssue(issue).number,
    fail: (fault, { times = 1, request = /./ } = {}) => {
      faults.push({ fault, left: times, request });
    },
    stop,
  };
}
