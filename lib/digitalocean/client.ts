import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

/** Where DigitalOcean's API is, unless `DIGITALOCEAN_API_URL` says otherwise. */
export const API_URL = "https://api.digitalocean.com";

/** Arguments of {@link DigitalOceanClient}. Times are in milliseconds. */
export interface ClientOptions {
  /** Base URL of the API, without `/v2`. */
  url: string;
  /** API token. It stands in one header of each request, and in no message. */
  token: string;
  /** How long one request may take. Default: 10 s. */
  requestMs?: number;
  /** How long a question may take with all its tries and pauses. Default: 30 s. */
  totalMs?: number;
  /** How often a question is asked at most. Default: 4. */
  tries?: number;
  /** How the client waits between tries. */
  pause?: (milliseconds: number) => Promise<unknown>;
}

/** What an {@link ApiError} knows of the failed question. */
interface Failure {
  /** The question, such as `GET /v2/account`. */
  question: string;
  /** Status of the answer; none when no answer came. */
  status?: number | undefined;
  /** The vendor's short identifier, such as `unauthorized`. */
  id?: string | undefined;
  /** The vendor's sentence; without an answer, why there is none. */
  reason: string;
  /** With it the vendor's support finds the request. */
  requestId?: string | undefined;
}

/** A question that DigitalOcean's API did not answer, or answered with an error. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly question: string;
  readonly status: number | undefined;
  readonly id: string | undefined;
  readonly reason: string;
  readonly requestId: string | undefined;

  constructor({ question, status, id, reason, requestId }: Failure) {
    const request = requestId === undefined ? "" : ` (request ${requestId})`;
    super(`${question}: ${status === undefined ? "" : `${status} `}${reason}${request}`);
    this.question = question;
    this.status = status;
    this.id = id;
    this.reason = reason;
    this.requestId = requestId;
  }
}

const PER_PAGE = 200;

/** A page without an end would be a fault of the API; 100 pages are 20,000 objects. */
const MOST_PAGES = 100;

/** A rate limit may ask for an hour; a person waits for the answer. */
const LONGEST_PAUSE_MS = 10_000;

const vendorError = z.object({ id: z.string(), message: z.string(), request_id: z.string().optional() });

const nextPage = z.object({ links: z.object({ pages: z.object({ next: z.string() }) }) });

/** Asks DigitalOcean's API, with patience for rate limits, faults of the API and cut connections. */
export class DigitalOceanClient {
  /** How far the vendor's clock is ahead of this machine's, to about a second; none before the first answer. */
  clockAheadMs: number | undefined;
  private readonly options: Required<ClientOptions>;

  constructor(options: ClientOptions) {
    this.options = { requestMs: 10_000, totalMs: 30_000, tries: 4, pause: sleep, ...options };
  }

  /** Asks for one object. @throws {@link ApiError} */
  async get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.parsed(`GET ${path}`, await this.ask("GET", path), schema);
  }

  /** Asks for a whole list, page after page. @throws {@link ApiError} */
  async list<T>(path: string, key: string, item: z.ZodType<T>): Promise<T[]> {
    const items: T[] = [];
    for (let page = 1; page <= MOST_PAGES; page++) {
      const answer = await this.ask("GET", `${path}?page=${page}&per_page=${PER_PAGE}`);
      const found = z.object({ [key]: z.array(item).nullish() });
      const part = this.parsed(`GET ${path}`, answer, found)[key] ?? [];
      items.push(...part);
      // The address of the next page is not followed: it stands in an answer, and the token would go there.
      if (part.length === 0 || !nextPage.safeParse(answer).success) {
        break;
      }
    }
    return items;
  }

  /**
   * Posts a question that changes nothing, such as whether a name is free: it is repeated like a read.
   *
   * @throws {@link ApiError}
   */
  async post(path: string, body: unknown): Promise<void> {
    await this.ask("POST", path, body);
  }

  private parsed<T>(question: string, answer: unknown, schema: z.ZodType<T>): T {
    const parsed = schema.safeParse(answer);
    if (!parsed.success) {
      const where = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
      throw this.failure({ question, reason: `an answer that is not of the API's form, at "${where}"` });
    }
    return parsed.data;
  }

  /** Asks until there is an answer, the tries are used up, or the time is. */
  private async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const { tries, totalMs, pause } = this.options;
    const endMs = Date.now() + totalMs;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(method, path, body, Math.max(endMs - Date.now(), 1));
      } catch (error) {
        if (!(error instanceof Passing)) {
          throw error;
        }
        const waitMs = Math.min(error.retryAfterMs ?? 500 * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
        if (attempt >= tries || Date.now() + waitMs >= endMs) {
          throw error.failure;
        }
        await pause(waitMs);
      }
    }
  }

  private async once(method: string, path: string, body: unknown, leftMs: number): Promise<unknown> {
    const { url, token, requestMs } = this.options;
    const question = `${method} ${path.replace(/\?.*$/, "")}`;
    const limitMs = Math.min(requestMs, leftMs);
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${url.replace(/\/+$/, "")}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          accept: "application/json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // The API redirects nowhere; whoever does is not the API.
        redirect: "manual",
        signal: AbortSignal.timeout(limitMs),
      });
      text = await response.text();
    } catch (error) {
      throw new Passing(this.failure({ question, reason: noAnswer(error as Error, limitMs) }));
    }
    const answeredMs = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(answeredMs)) {
      this.clockAheadMs = answeredMs - Date.now();
    }
    if (response.ok) {
      return text === "" ? undefined : this.json(question, text);
    }
    const { status, headers } = response;
    const vendor = vendorError.safeParse(jsonOf(text)).data;
    const failure = this.failure({
      question,
      status,
      id: vendor?.id,
      reason: vendor?.message ?? (response.statusText || "no reason given"),
      requestId: vendor?.request_id ?? headers.get("x-request-id") ?? undefined,
    });
    throw status === 429 || status >= 500 ? new Passing(failure, retryAfterMs(headers)) : failure;
  }

  private json(question: string, text: string): unknown {
    const answer = jsonOf(text);
    if (answer === undefined) {
      throw this.failure({ question, reason: "an answer that is not JSON; does DIGITALOCEAN_API_URL name the API?" });
    }
    return answer;
  }

  /** Whatever the vendor or the network say, the token is not among it. */
  private failure(failure: Failure): ApiError {
    return new ApiError({ ...failure, reason: failure.reason.replaceAll(this.options.token, "[token]") });
  }
}

/** A failure that may be gone at the next try. */
class Passing extends Error {
  constructor(
    readonly failure: ApiError,
    readonly retryAfterMs?: number,
  ) {
    super(failure.message);
  }
}

/** `Retry-After` is seconds or a date. */
function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) {
    return undefined;
  }
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.max(milliseconds, 0);
}

/** Why fetch got no answer: its own error says "fetch failed", and the cause tells what happened. */
function noAnswer(error: Error & { cause?: unknown }, limitMs: number): string {
  if (error.name === "TimeoutError") {
    return `no answer within ${Math.round(limitMs / 100) / 10} s`;
  }
  const cause = (error.cause ?? error) as Error & { code?: string };
  return `no answer: ${cause.message === "" ? (cause.code ?? error.message) : cause.message}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
