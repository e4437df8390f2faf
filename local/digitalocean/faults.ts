/** Faults on demand: calls that fail as the real API's do on a bad day. */

/** What happens to a call: an error status, a connection that is cut, or a late answer. */
export type FaultKind = 429 | 500 | 503 | 422 | "cut" | "slow";

export interface Fault {
  /** Which calls; a part that is absent fits every call. */
  match?: {
    method?: string;
    /** Against the path, without the query. */
    path?: RegExp;
    userAgent?: RegExp;
    /** Only calls with this API token. */
    token?: string;
  };
  kind: FaultKind;
  /** How many calls it happens to. Default: every one, until it is removed. */
  times?: number;
  /**
   * Whether the call has its effect in spite of it. Default: a connection is cut `after` the effect, which is the
   * harsher; an error status comes `before` it. A `slow` call has its effect in any case: once the delay is over, or,
   * `after`, at once, and only its answer is late.
   */
  when?: "before" | "after";
  /** Seconds of a 429's or 503's `Retry-After`. Default: 1. */
  retryAfterSeconds?: number;
  /** How much later a `slow` answer comes. Default: 1000. */
  delayMs?: number;
  /** The message of an error status. */
  message?: string;
}

/** What every distinct call is to fail with once, and which of them are let be. */
export interface EachCallOnce extends Omit<Fault, "match" | "times" | "kind"> {
  /** Only calls of clients like this. */
  userAgent?: RegExp;
  /** Only calls with this API token. */
  token?: string;
}

interface Incoming {
  method: string;
  pathname: string;
  /** The path with its ids taken out. */
  pattern: string;
  userAgent: string;
  /** The API token that came with it, if any. */
  token: string | undefined;
}

interface Rule {
  fault: Fault;
  left: number;
}

const MESSAGES: Record<number, string> = {
  422: "the request could not be processed",
  429: "Too many requests",
  500: "Server Error",
  503: "Service Unavailable",
};

export const messageOf = ({ kind, message }: Fault): string => message ?? MESSAGES[Number(kind)] ?? "Server Error";

export const phaseOf = ({ kind, when }: Fault): "before" | "after" => when ?? (kind === "cut" ? "after" : "before");

export class Faults {
  #rules: Rule[] = [];
  #once: (EachCallOnce & { kind: FaultKind }) | undefined;
  #seen = new Set<string>();

  /** Adds a fault; gives back what removes it. */
  add(fault: Fault): () => void {
    const rule = { fault, left: fault.times ?? Infinity };
    this.#rules.push(rule);
    return () => {
      this.#rules = this.#rules.filter((each) => each !== rule);
    };
  }

  /** From now on each distinct call, a method on a path whatever its ids, fails the first time and works after it. */
  eachCallOnce(kind: FaultKind, options: EachCallOnce = {}): void {
    this.#once = { ...options, kind };
    this.#seen.clear();
  }

  /** The distinct calls that have failed by {@link eachCallOnce}, as `POST /v2/vpcs`. */
  get failedOnce(): string[] {
    return [...this.#seen].sort();
  }

  clear(): void {
    this.#rules = [];
    this.#once = undefined;
    this.#seen.clear();
  }

  /** What a call meets, if anything. It counts as met. */
  meet(call: Incoming): Fault | undefined {
    const rule = this.#rules.find(({ fault, left }) => left > 0 && Faults.#fits(fault, call));
    if (rule !== undefined) {
      rule.left--;
      return rule.fault;
    }
    const once = this.#once;
    const name = `${call.method} ${call.pattern}`;
    if (once === undefined || this.#seen.has(name)) return undefined;
    if (once.userAgent?.test(call.userAgent) === false || (once.token ?? call.token) !== call.token) return undefined;
    this.#seen.add(name);
    return once;
  }

  static #fits({ match = {} }: Fault, { method, pathname, userAgent, token }: Incoming): boolean {
    return (
      (match.method === undefined || match.method.toUpperCase() === method) &&
      (match.path === undefined || match.path.test(pathname)) &&
      (match.userAgent === undefined || match.userAgent.test(userAgent)) &&
      (match.token === undefined || match.token === token)
    );
  }
}
