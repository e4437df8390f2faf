/** The emulator's HTTP server: lets requests in, has them answered, checked and logged, and spoils them on demand. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../steps";
import { type Answer, errorBody, notFound, Refusal } from "./answer";
import { allows, tokenOf } from "./apiTokens";
import { type Fault, type Faults, messageOf, phaseOf } from "./faults";
import type { OpenApi } from "./openapi";
import type { RequestLog } from "./requestLog";
import { Call, normalised, type Route, Router } from "./router";
import type { ApiToken } from "./settings";
import type { World } from "./world";

export interface ServerParts {
  address: string;
  port: number;
  world: World;
  faults: Faults;
  log: RequestLog;
  routes: readonly Route[];
  /** Routes beside the API: the page and what moves the clock. Neither checked nor logged nor spoiled. */
  controlRoutes: (incoming: IncomingMessage) => readonly Route[];
  openApi: OpenApi | undefined;
}

interface LetIn {
  method: string;
  url: URL;
  found: ReturnType<Router["find"]>;
  incoming: IncomingMessage;
  userAgent: string;
  token: ApiToken | undefined;
}

interface Violation {
  call: string;
  problem: string;
  userAgent: string;
}

const HOUR_MS = 3_600_000;
/** How much later a slow answer comes, where nothing else is said. */
const DELAY_MS = 1000;
const JSON_TYPE = "application/json; charset=utf-8";

async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  if (text.trim() === "") return undefined;
  if (incoming.headers["content-type"]?.includes("x-www-form-urlencoded") === true) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Refusal(400, "error parsing request body: invalid JSON");
  }
}

export class ApiServer {
  readonly url: string;
  readonly answerViolations: Violation[] = [];
  readonly requestViolations: Violation[] = [];
  readonly #parts: ServerParts;
  readonly #router: Router;
  readonly #server: Server;
  #hour = { endsMs: 0, requests: 0 };

  private constructor(server: Server, parts: ServerParts) {
    this.#server = server;
    this.#parts = parts;
    this.#router = new Router(parts.routes);
    const { address, port } = server.address() as AddressInfo;
    this.url = `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
  }

  static async listen(parts: ServerParts): Promise<ApiServer> {
    const late: { server?: ApiServer } = {};
    const server = createServer((incoming, outgoing) => {
      void late.server?.serve(incoming, outgoing);
    }).listen(parts.port, parts.address);
    try {
      await once(server, "listening");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
      throw new UserError(`${parts.address}:${parts.port} is in use: the emulated API cannot listen there.`);
    }
    late.server = new ApiServer(server, parts);
    return late.server;
  }

  get routes(): readonly Route[] {
    return this.#router.routes;
  }

  get checked(): boolean {
    return this.#parts.openApi !== undefined;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server.close(), "close");
    this.#server.closeAllConnections();
    await closed;
  }

  async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const method = incoming.method ?? "GET";
    // The links in answers lead back to where the client asked.
    const url = new URL(incoming.url ?? "/", `http://${incoming.headers.host ?? "localhost"}`);
    try {
      if (/^\/v[12]\//.test(url.pathname)) {
        await this.#serveApi(method, url, incoming, outgoing);
      } else {
        await this.#serveControl(method, url, incoming, outgoing);
      }
    } catch {
      // The client went away, or sent what is no HTTP.
      outgoing.destroy();
    }
  }

  async #serveApi(method: string, url: URL, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { world, faults, log } = this.#parts;
    const startMs = Date.now();
    const userAgent = incoming.headers["user-agent"] ?? "";
    const found = this.#router.find(method, url.pathname);
    const pattern = found?.route.path ?? normalised(url.pathname);
    const token = tokenOf(world.tokens, incoming.headers.authorization);
    const fault = faults.meet({ method, pathname: url.pathname, pattern, userAgent, token: token?.token });
    const requestId = randomUUID();
    let answer: Answer | undefined;
    let note: string | undefined;
    const delayIn = async (phase: ReturnType<typeof phaseOf>): Promise<void> => {
      if (fault?.kind === "slow" && phaseOf(fault) === phase) await sleep(fault.delayMs ?? DELAY_MS);
    };
    await delayIn("before");
    if (fault === undefined || fault.kind === "slow" || phaseOf(fault) === "after") {
      try {
        answer = await this.#answer({ method, url, found, incoming, userAgent, token });
      } catch (error) {
        const refusal = error instanceof Refusal ? error : new Refusal(500, "Server Error");
        note = error instanceof Error ? error.message : String(error);
        if (!(error instanceof Refusal)) {
          // An error of the emulator itself, not one that it emulates.
          const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
          this.answerViolations.push({ call: `${method} ${pattern}`, problem, userAgent });
        }
        answer = { status: refusal.status, body: errorBody(refusal.status, refusal.message, requestId) };
      }
      world.save();
    }
    await delayIn("after");
    const spoiled = fault === undefined || fault.kind === "slow" ? undefined : fault;
    const status = spoiled === undefined ? (answer?.status ?? 500) : spoiled.kind === "cut" ? 0 : Number(spoiled.kind);
    if (found === undefined && answer !== undefined) note = "the emulator has no such route";
    if (spoiled === undefined) {
      this.#send(outgoing, answer ?? { status: 500 }, requestId, { method, pattern, userAgent });
    } else {
      this.#spoil(outgoing, spoiled, requestId);
    }
    log.add({
      time: new Date(world.clock.now()).toISOString(),
      method,
      path: `${url.pathname}${url.search}`,
      pattern,
      status,
      durationMs: Date.now() - startMs,
      userAgent,
      ...(fault === undefined ? {} : { fault: String(fault.kind) }),
      ...(note === undefined ? {} : { note }),
    });
  }

  async #answer({ method, url, found, incoming, userAgent, token }: LetIn): Promise<Answer> {
    const { openApi } = this.#parts;
    const scope = found?.route.scope;
    if (token === undefined && (found === undefined || scope !== undefined)) {
      throw new Refusal(401, "Unable to authenticate you");
    }
    if (found === undefined) throw notFound();
    if (token !== undefined && scope !== undefined && !allows(token, scope)) {
      throw new Refusal(403, "You are not authorized to perform this operation");
    }
    const body = await bodyOf(incoming);
    const { path } = found.route;
    for (const problem of openApi?.requestProblems(method, path, url.searchParams, body) ?? []) {
      this.requestViolations.push({ call: `${method} ${path}`, problem, userAgent });
    }
    return found.route.handle(new Call(method, url, found.params, body, token));
  }

  #send(
    outgoing: ServerResponse,
    answer: Answer,
    requestId: string,
    { method, pattern, userAgent }: { method: string; pattern: string; userAgent: string },
  ): void {
    const type = answer.body === undefined ? undefined : (answer.type ?? JSON_TYPE);
    const headers: Record<string, string> = {
      ...this.#rate(),
      "x-request-id": requestId,
      ...(type === undefined ? {} : { "content-type": type }),
    };
    const json = answer.type === undefined ? answer.body : undefined;
    const problems = this.#parts.openApi?.answerProblems(method, pattern, answer.status, Object.keys(headers), json);
    for (const problem of problems ?? []) {
      this.answerViolations.push({ call: `${method} ${pattern}`, problem: `${answer.status}: ${problem}`, userAgent });
    }
    outgoing.writeHead(answer.status, headers);
    outgoing.end(typeof answer.body === "string" ? answer.body : answer.body && JSON.stringify(answer.body));
  }

  #spoil(outgoing: ServerResponse, fault: Fault, requestId: string): void {
    if (fault.kind === "cut") {
      outgoing.destroy();
      return;
    }
    const status = Number(fault.kind);
    outgoing.writeHead(status, {
      ...this.#rate(),
      "content-type": JSON_TYPE,
      "x-request-id": requestId,
      ...(status === 429 || status === 503 ? { "retry-after": String(fault.retryAfterSeconds ?? 1) } : {}),
    });
    outgoing.end(JSON.stringify(errorBody(status, messageOf(fault), requestId)));
  }

  #rate(): Record<string, string> {
    const { clock, surroundings } = this.#parts.world;
    const now = clock.now();
    if (now >= this.#hour.endsMs) this.#hour = { endsMs: now + HOUR_MS, requests: 0 };
    this.#hour.requests++;
    return {
      "ratelimit-limit": String(surroundings.rateLimit),
      "ratelimit-remaining": String(Math.max(0, surroundings.rateLimit - this.#hour.requests)),
      "ratelimit-reset": String(Math.ceil(this.#hour.endsMs / 1000)),
    };
  }

  async #serveControl(method: string, url: URL, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const found = new Router(this.#parts.controlRoutes(incoming)).find(method, url.pathname);
    let answer: Answer;
    try {
      if (found === undefined) throw notFound();
      const body = await bodyOf(incoming);
      answer = await found.route.handle(new Call(method, url, found.params, body, undefined));
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, "Server Error");
      answer = { status: refusal.status, body: { message: refusal.message } };
    }
    outgoing.writeHead(answer.status, {
      "content-type": answer.type ?? JSON_TYPE,
      "cache-control": "no-store",
      "content-security-policy":
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:",
    });
    outgoing.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {}));
  }
}
