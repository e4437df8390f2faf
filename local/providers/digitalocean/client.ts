/** Speaks DigitalOcean's REST API as its Go client does: same retries, same words for what goes wrong. */

import { setTimeout as sleep } from "node:timers/promises";

export interface ClientSettings {
  /** URL that the paths are joined to. */
  url: string;
  token: string;
  /** How often a failed request is sent again. */
  retries: number;
  /** The first wait between two tries, and the longest; in seconds. */
  waitSeconds: { least: number; most: number };
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined };
export type JsonObject = Record<string, Json | undefined>;

/** An answer that is not a success. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    message: string,
    readonly status: number,
    /** What the API itself says. */
    readonly reason: string,
  ) {
    super(message);
  }
}

export const isGone = (error: unknown): boolean => error instanceof ApiError && error.status === 404;

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** The words of Go's HTTP client for a request that got no answer. */
function unanswered(method: Method, url: URL, error: unknown): Error {
  const cause = error instanceof Error ? (error.cause as { code?: string; message?: string } | undefined) : undefined;
  const words: Record<string, string> = {
    ECONNREFUSED: `dial tcp ${url.host}: connect: connection refused`,
    ENOTFOUND: `dial tcp: lookup ${url.hostname}: no such host`,
    ECONNRESET: "read: connection reset by peer",
    UND_ERR_SOCKET: "EOF",
  };
  const why = words[cause?.code ?? ""] ?? cause?.message ?? (error instanceof Error ? error.message : String(error));
  const verb = method.charAt(0) + method.slice(1).toLowerCase();
  return new Error(`${verb} "${url.href}": ${why}`);
}

/** Only what may pass: too many requests, and the server's own failures but for «not implemented». */
const worthAnotherTry = (status: number): boolean => status === 429 || (status >= 500 && status !== 501);

/** How long to wait before the next try: what the server asks for, or twice as long as before. */
export function pauseSeconds(
  tries: number,
  { least, most }: ClientSettings["waitSeconds"],
  answer?: { status: number; retryAfter: string | null },
  now = Date.now(),
): number {
  if (answer !== undefined && (answer.status === 429 || answer.status === 503) && (answer.retryAfter ?? "") !== "") {
    const asked = answer.retryAfter ?? "";
    if (/^\d+$/.test(asked)) return Number(asked);
    const until = Date.parse(asked);
    if (!Number.isNaN(until)) return Math.max(0, (until - now) / 1000);
  }
  return Math.min(most, least * 2 ** tries);
}

export class Client {
  constructor(
    readonly settings: ClientSettings,
    /** Ends the waiting between tries. */
    readonly signal?: AbortSignal,
  ) {}

  async get<T extends JsonObject>(path: string): Promise<T> {
    return (await this.#json("GET", path)) as T;
  }

  async post<T extends JsonObject>(path: string, body: JsonObject): Promise<T> {
    return (await this.#json("POST", path, body)) as T;
  }

  async put<T extends JsonObject>(path: string, body: JsonObject): Promise<T> {
    return (await this.#json("PUT", path, body)) as T;
  }

  async patch<T extends JsonObject>(path: string, body: JsonObject): Promise<T> {
    return (await this.#json("PATCH", path, body)) as T;
  }

  async delete(path: string, body?: JsonObject): Promise<void> {
    await this.send("DELETE", path, body);
  }

  /** All pages of a list. */
  async all<T extends Json>(path: string, key: string): Promise<T[]> {
    const items: T[] = [];
    for (let page = 1; ; page++) {
      const separator = path.includes("?") ? "&" : "?";
      const answer = await this.get(`${path}${separator}page=${page}&per_page=200`);
      items.push(...((answer[key] ?? []) as T[]));
      const links = answer["links"] as { pages?: { next?: string } } | undefined;
      if (links?.pages?.next === undefined || links.pages.next === "") return items;
    }
  }

  /** The answer as text. */
  async send(method: Method, path: string, body?: JsonObject): Promise<string> {
    const { settings } = this;
    const url = new URL(path, `${settings.url.replace(/\/+$/, "")}/`);
    const init: RequestInit = {
      method,
      headers: {
        Authorization: `Bearer ${settings.token}`,
        Accept: "application/json",
        ...(method === "GET" ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    for (let tries = 0; ; tries++) {
      let answer: Response | undefined;
      let text = "";
      let failure: unknown;
      try {
        answer = await fetch(url, init);
        text = await answer.text();
      } catch (error) {
        answer = undefined;
        failure = error;
      }
      if (answer?.ok === true) return text;
      const again = answer === undefined || worthAnotherTry(answer.status);
      if (!again || tries >= settings.retries || this.signal?.aborted === true) {
        if (answer === undefined) throw unanswered(method, url, failure);
        throw refusal(method, url, answer, text, again ? tries + 1 : 0);
      }
      const said =
        answer === undefined ? undefined : { status: answer.status, retryAfter: answer.headers.get("retry-after") };
      await this.pause(pauseSeconds(tries, settings.waitSeconds, said));
    }
  }

  /** Waits, or ends at once when the engine was asked to stop. */
  async pause(seconds: number): Promise<void> {
    await sleep(seconds * 1000, undefined, { signal: this.signal }).catch(() => undefined);
  }

  async #json(method: Method, path: string, body?: JsonObject): Promise<Json> {
    const text = await this.send(method, path, body);
    return text === "" ? {} : (JSON.parse(text) as Json);
  }
}

/** As the Go client writes it: `POST https://…: 422 (request "…") what the API says; giving up after 5 attempt(s)`. */
function refusal(method: Method, url: URL, answer: Response, text: string, attempts: number): ApiError {
  let reason = text;
  let request = "";
  try {
    const said = JSON.parse(text) as { message?: unknown; request_id?: unknown };
    reason = textOf(said.message);
    request = textOf(said.request_id);
  } catch {
    // Not every answer on the way is the API's own; then its text is all there is.
  }
  if (request === "") request = answer.headers.get("x-request-id") ?? "";
  const marked = request === "" ? "" : ` (request "${request}")`;
  const attempted = attempts === 0 ? "" : `; giving up after ${attempts} attempt(s)`;
  return new ApiError(`${method} ${url.href}: ${answer.status}${marked} ${reason}${attempted}`, answer.status, reason);
}
