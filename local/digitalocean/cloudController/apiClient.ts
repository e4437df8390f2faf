/** DigitalOcean's API as its controllers use it: tried again when the API is busy, down, or cuts the line. */
import { setTimeout as sleep } from "node:timers/promises";

export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface ApiClientOptions {
  /** Without `/v2`. */
  url: string;
  token: string;
  /** How often in all a request is sent. Default: 5. */
  attempts?: number;
  /** The first pause between two of them; each further one is twice as long. Default: 0.5. */
  pauseSeconds?: number;
}

const LONGEST_PAUSE_SECONDS = 30;
const TIMEOUT_MS = 30_000;
const PAGE = 200;

type Method = "GET" | "POST" | "PUT" | "DELETE";

export class ApiClient {
  constructor(private readonly options: ApiClientOptions) {}

  /**
   * @param path After the API's URL, such as `/v2/volumes`.
   * @returns The answer's body; `undefined` when it has none.
   * @throws ApiError with DigitalOcean's own message.
   */
  async request<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const { attempts = 5, pauseSeconds = 0.5 } = this.options;
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#send(method, path, body);
      if (!(answer instanceof Failure)) return answer as T;
      if (!answer.again || attempt >= attempts) throw answer.error;
      await sleep(1000 * Math.min(answer.afterSeconds ?? pauseSeconds * 2 ** (attempt - 1), LONGEST_PAUSE_SECONDS));
    }
  }

  /** Like `request`, but nothing is an answer too: `undefined` for what is not there. */
  async find<T>(path: string): Promise<T | undefined> {
    return this.request<T>("GET", path).catch(ignoreMissing);
  }

  /** Deletes what may be gone already. */
  async remove(path: string): Promise<void> {
    await this.request("DELETE", path).catch(ignoreMissing);
  }

  /** A whole list, over all its pages. */
  async list<T>(path: string, key: string): Promise<T[]> {
    const all: T[] = [];
    for (let page = 1; ; page++) {
      const separator = path.includes("?") ? "&" : "?";
      const answer = await this.request<Record<string, unknown> & { links?: { pages?: { next?: string } } }>(
        "GET",
        `${path}${separator}page=${page}&per_page=${PAGE}`,
      );
      all.push(...((answer[key] ?? []) as T[]));
      if (answer.links?.pages?.next === undefined) return all;
    }
  }

  async #send(method: Method, path: string, body: unknown): Promise<unknown> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.options.url}${path}`, {
        method,
        headers: {
          "User-Agent": "digitalocean-cloud-controller-manager",
          Authorization: `Bearer ${this.options.token}`,
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      text = await response.text();
    } catch (error) {
      const { cause, message } = error as Error;
      const reason = cause instanceof Error ? cause.message : message;
      // A creation may have been done before the line was cut: whoever asked has to look first.
      return new Failure(new ApiError(0, `${method} ${this.options.url}${path}: ${reason}`), method !== "POST");
    }
    if (response.ok) return text === "" ? undefined : (JSON.parse(text) as unknown);
    const error = new ApiError(response.status, `${method} ${this.options.url}${path}: ${explain(response, text)}`);
    if (response.status === 429) return new Failure(error, true, retryAfter(response));
    return new Failure(error, response.status >= 500 && method !== "POST", retryAfter(response));
  }
}

class Failure {
  constructor(
    readonly error: ApiError,
    readonly again: boolean,
    readonly afterSeconds?: number,
  ) {}
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof ApiError && error.status === 404) return undefined;
  throw error;
}

function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
}

/** As DigitalOcean's Go client puts it: the status, the request's id and the message. */
function explain(response: Response, text: string): string {
  let said: { message?: string; request_id?: string } = {};
  try {
    said = JSON.parse(text) as typeof said;
  } catch {
    // No JSON: a proxy's own page, for instance.
  }
  const id = said.request_id === undefined ? "" : ` (request "${said.request_id}")`;
  return `${response.status}${id} ${said.message ?? text.slice(0, 200)}`;
}
