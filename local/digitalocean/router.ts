/** Which route a request goes to. Paths are written as in DigitalOcean's OpenAPI file, which is keyed by them. */
import { z } from "zod";
import { type Answer, Refusal } from "./answer";
import type { ApiToken } from "./settings";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A request that has been let in. */
export class Call {
  constructor(
    readonly method: string,
    readonly url: URL,
    /** Values of the path's parameters. */
    readonly params: Readonly<Record<string, string>>,
    /** The body as it came; none for a request without. */
    readonly body: unknown,
    readonly token: ApiToken | undefined,
  ) {}

  /** A parameter of the path. */
  param(name: string): string {
    const value = this.params[name];
    if (value === undefined) throw new Error(`the route has no parameter ${name}`);
    return value;
  }

  query(name: string): string | undefined {
    return this.url.searchParams.get(name) ?? undefined;
  }

  /** The body, if it is of this shape; otherwise it is refused. What the shape does not name is dropped. */
  read<T>(shape: z.ZodType<T>): T {
    const result = shape.safeParse(this.body ?? {});
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    throw new Refusal(422, `${issue?.path.join(".") ?? "body"}: ${issue?.message ?? "is invalid"}`);
  }
}

export interface Route {
  method: Method;
  /** Such as `/v2/vpcs/{vpc_id}`. */
  path: string;
  /** The scope that a token needs for it; none for what needs no token. */
  scope: string | undefined;
  handle: (call: Call) => Answer | Promise<Answer>;
}

export const route = (method: Method, path: string, scope: string | undefined, handle: Route["handle"]): Route => ({
  method,
  path,
  scope,
  handle,
});

interface Found {
  route: Route;
  params: Record<string, string>;
}

const segments = (path: string): string[] => path.split("/").filter((part) => part !== "");

/** A part of a path as text; as it stands, if it is no good encoding. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function match(pattern: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== path.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const value = path[index] ?? "";
    if (part.startsWith("{")) {
      params[part.slice(1, -1)] = decoded(value);
    } else if (part !== value) {
      return undefined;
    }
  }
  return params;
}

export class Router {
  readonly #routes: { route: Route; pattern: string[] }[];

  constructor(readonly routes: readonly Route[]) {
    // A path that names a word goes before one that takes any: `/v2/projects/default` before `/v2/projects/{project_id}`.
    const fixed = ({ path }: Route): number => segments(path).filter((part) => !part.startsWith("{")).length;
    this.#routes = [...routes]
      .sort((a, b) => fixed(b) - fixed(a))
      .map((each) => ({ route: each, pattern: segments(each.path) }));
  }

  find(method: string, pathname: string): Found | undefined {
    const path = segments(pathname);
    for (const { route: each, pattern } of this.#routes) {
      const params = each.method === method ? match(pattern, path) : undefined;
      if (params !== undefined) return { route: each, params };
    }
    return undefined;
  }
}

/** A path with what looks like an id taken out, for requests that no route is there for. */
export const normalised = (pathname: string): string =>
  segments(pathname).reduce(
    (path, part) => `${path}/${/^(\d+|[0-9a-f]{8}-[0-9a-f-]{27,})$/i.test(part) ? "{id}" : part}`,
    "",
  );

/** A whole number, as clients write it, that may be absent or null. */
export const optionalInteger = z
  .int()
  .nullish()
  .transform((value) => value ?? undefined);
/** A text that may be absent; Go's clients write an empty one for none. */
export const optionalText = z
  .string()
  .nullish()
  .transform((value) => (value === null || value === "" ? undefined : value));
export const optionalFlag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? undefined);
/** A list of texts; Go's clients write null for an empty one. */
export const texts = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? undefined);
