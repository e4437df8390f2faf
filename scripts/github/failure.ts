/** Why GitHub did not do what it was asked, in sentences. */
import { utc } from "../data/figures";
import { UserError } from "../../local/steps";

/** What was to be done, for sentences about why it was not. */
export interface Doing {
  /** Such as `comment on pull request 7`. */
  what: string;
  /** The permission that a job needs for it, such as `pull-requests: write`. */
  permission: string;
}

/** The parts of octokit's error that count. Without `response` there was no answer. */
interface RequestError extends Error {
  status: number;
  response?: { headers: Record<string, string | undefined>; data?: unknown };
}

/** A request that failed. */
export class GitHubFailure extends UserError {
  constructor(
    message: string,
    readonly status: number | undefined,
    /** How long to wait before another try, where one may help; 0 where GitHub does not say. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** Where the requests go, and with what. */
export interface Connection {
  /** Base URL of the API. */
  url: string;
  /** Stands in one header of each request, and in no message. */
  token: string;
  /** Such as `ada/shop`. */
  repository: string;
}

/** What a failure of octokit means; any other error is a defect of ours, and stays what it is. */
export function failureOf(error: unknown, doing: Doing, connection: Connection): unknown {
  if (!(error instanceof Error)) return error;
  const fromGraph = error.name === "GraphqlResponseError";
  if (!fromGraph && !("status" in error)) return error;
  const { message, status, retryAfterMs } = fromGraph
    ? // It answers 200 whatever happens, and does not say whether it may be gone.
      { message: `GitHub failed to ${doing.what} (${error.message}).`, status: 200, retryAfterMs: 0 }
    : explained(error as RequestError, doing, connection);
  // Whatever GitHub or the network say, the token is not among it.
  return new GitHubFailure(message.replaceAll(connection.token, "[token]"), status, retryAfterMs);
}

function explained(
  error: RequestError,
  { what, permission }: Doing,
  { url, repository }: Connection,
): { message: string; status?: number; retryAfterMs?: number } {
  const { status, response } = error;
  if (response === undefined) {
    return { message: `GitHub at ${url} does not answer: ${error.message}.`, retryAfterMs: 0 };
  }
  const said = `${status} ${messageOf(response.data)}`.trim();
  const waitMs = rateLimitMs(status, response.headers, said);
  if (waitMs !== undefined) {
    const until = utc(new Date(Date.now() + waitMs));
    return { message: `GitHub takes no more requests until ${until} (${said}).`, status, retryAfterMs: waitMs };
  }
  if (status >= 500) {
    return { message: `GitHub failed to ${what} (${said}).`, status, retryAfterMs: 0 };
  }
  if (status === 401) {
    return {
      message: `GitHub does not accept the token in GITHUB_TOKEN: it has expired, or is none (${said}).`,
      status,
    };
  }
  if (status === 404) {
    const message = `GitHub cannot ${what} in ${repository}: it is not there, or the token may not see it (${said}).`;
    return { message: `${message} A job needs "permissions: ${permission}".`, status };
  }
  if (status === 403) {
    const fork = "; for a pull request from a fork, it only ever reads";
    const message = `The token in GITHUB_TOKEN may not ${what} in ${repository} (${said}).`;
    return { message: `${message} A job needs "permissions: ${permission}"${fork}.`, status };
  }
  return { message: `GitHub refuses to ${what} in ${repository} (${said}).`, status };
}

const messageOf = (data: unknown): string =>
  typeof data === "object" && data !== null && "message" in data && typeof data.message === "string"
    ? data.message
    : "";

/** How long a rate limit lasts; nothing when it is none. A second one, against haste, is a 403 with `Retry-After`. */
function rateLimitMs(status: number, headers: Record<string, string | undefined>, said: string): number | undefined {
  const usedUp = headers["x-ratelimit-remaining"] === "0";
  const limited = status === 429 || (status === 403 && (usedUp || /rate limit/i.test(said)));
  if (!limited) return undefined;
  const seconds = Number(headers["retry-after"] ?? "x");
  if (!Number.isNaN(seconds)) return seconds * 1000;
  const reset = Number(headers["x-ratelimit-reset"] ?? "x");
  // GitHub's rule for an answer that says nothing.
  return usedUp && !Number.isNaN(reset) ? Math.max(reset * 1000 - Date.now(), 0) : 60_000;
}
