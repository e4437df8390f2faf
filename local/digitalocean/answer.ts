/** What a route answers: a body with its status, a page of a list, or a refusal in DigitalOcean's form. */

export interface Answer {
  status: number;
  /** Sent as JSON, unless `type` says otherwise. */
  body?: unknown;
  /** Media type of a `body` that is a string. */
  type?: string;
}

/** The short word that goes with a status in an error's body. */
const WORDS: Record<number, string> = {
  400: "bad_request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "not_found",
  405: "method_not_allowed",
  409: "conflict",
  412: "precondition_failed",
  422: "unprocessable_entity",
  429: "too_many_requests",
  500: "server_error",
  503: "service_unavailable",
};

/** What the API says no with. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export const errorBody = (status: number, message: string, requestId: string) => ({
  id: WORDS[status] ?? "server_error",
  message,
  request_id: requestId,
});

export const notFound = (message = "The resource you were accessing could not be found."): Refusal =>
  new Refusal(404, message);

export const unprocessable = (message: string): Refusal => new Refusal(422, message);

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const accepted = (body?: unknown): Answer => ({ status: 202, body });
export const NO_CONTENT: Answer = { status: 204 };

const DEFAULT_PER_PAGE = 20;
const MAX_PER_PAGE = 200;

const wholeNumber = (text: string | null, fallback: number, name: string): number => {
  if (text === null || text === "") return fallback;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new Refusal(400, `${name} must be a positive integer`);
  }
  return number;
};

/**
 * One page of a list, with the links that its readers follow.
 * @param url the address that was asked, with its query; the links keep every part of it but the page
 */
export function page(url: URL, key: string, items: readonly unknown[]): Answer {
  const perPage = Math.min(wholeNumber(url.searchParams.get("per_page"), DEFAULT_PER_PAGE, "per_page"), MAX_PER_PAGE);
  const number = wholeNumber(url.searchParams.get("page"), 1, "page");
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const linkTo = (to: number): string => {
    const link = new URL(url);
    link.searchParams.set("page", String(to));
    return link.href;
  };
  const pages = {
    ...(number > 1 ? { first: linkTo(1), prev: linkTo(Math.min(number - 1, last)) } : {}),
    ...(number < last ? { next: linkTo(number + 1), last: linkTo(last) } : {}),
  };
  return ok({
    [key]: items.slice((number - 1) * perPage, number * perPage),
    links: Object.keys(pages).length === 0 ? {} : { pages },
    meta: { total: items.length },
  });
}
