/** What a person plays with while a sandbox runs: the clock, faults, versions. And the page that shows what exists. */
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import { ok, Refusal } from "./answer";
import type { Clock } from "./clock";
import type { FaultKind, Faults } from "./faults";
import { type Inventory, KINDS } from "./inventory";
import type { RequestLog } from "./requestLog";
import { type Method, route, type Route } from "./router";
import type { Surroundings } from "./settings";

/** The part of the emulator that is moved from outside. */
export interface Control {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly surroundings: Surroundings;
  readonly inventory: Inventory;
  readonly checked: boolean;
  readonly violations: readonly unknown[];
  readonly minted: Readonly<Record<string, number>>;
  patchUpgrade(clusterId: string, version: string): void;
  withdrawVersion(slug: string): void;
  autoscale(clusterId: string, poolName: string, count: number): void;
}

const SHOWN_REQUESTS = 50;
const PAGE = join(__dirname, "page.html");

/** What the page shows, as JSON. */
const overview = (emulator: Control) => ({
  time: new Date(emulator.clock.now()).toISOString(),
  aheadMs: emulator.clock.offsetMs,
  kinds: Object.entries(KINDS).map(([kind, title]) => ({
    kind,
    title,
    items: emulator.inventory[kind as keyof typeof KINDS],
  })),
  versions: emulator.surroundings.versions,
  minted: emulator.minted,
  checked: emulator.checked,
  violations: emulator.violations.length,
  requests: [...emulator.log.last(SHOWN_REQUESTS)].reverse(),
});

const SPAN = z.object({
  days: z.number().optional(),
  hours: z.number().optional(),
  minutes: z.number().optional(),
  seconds: z.number().optional(),
});
const KIND = z.union([
  z.literal(429),
  z.literal(500),
  z.literal(503),
  z.literal(422),
  z.literal("cut"),
  z.literal("slow"),
]) satisfies z.ZodType<FaultKind>;
const FAULT = z.object({
  kind: KIND,
  method: z.string().optional(),
  /** A regular expression. */
  path: z.string().optional(),
  times: z.int().positive().optional(),
  when: z.enum(["before", "after"]).optional(),
  retryAfterSeconds: z.number().optional(),
  delayMs: z.number().optional(),
  message: z.string().optional(),
});

/**
 * Whether a request was sent by the machine that the emulator runs on: from the address that it listens on, or from
 * 127.0.0.1. The node's pods reach it too, from the node's address.
 */
function isOwn({ socket }: IncomingMessage): boolean {
  const plain = (address = ""): string => address.replace(/^::ffff:/, "");
  const remote = plain(socket.remoteAddress);
  // Of a connection that is gone, there is neither.
  return remote !== "" && [plain(socket.localAddress), "127.0.0.1"].includes(remote);
}

export const controlRoutes =
  (emulator: () => Control) =>
  (incoming: IncomingMessage): Route[] => {
    const own = (method: Method, path: string, handle: Route["handle"]): Route =>
      route(method, path, undefined, (call) => {
        // No page of another site can send this type without being asked first, which is not answered.
        const typed = method === "GET" || incoming.headers["content-type"]?.includes("application/json") === true;
        if (!isOwn(incoming) || !typed) {
          throw new Refusal(403, "only for the machine that the emulator runs on, as application/json");
        }
        return handle(call);
      });
    const time = () => ({ time: new Date(emulator().clock.now()).toISOString(), aheadMs: emulator().clock.offsetMs });
    return [
      route("GET", "/", undefined, () => ({
        status: 200,
        body: readFileSync(PAGE, "utf8"),
        type: "text/html; charset=utf-8",
      })),
      route("GET", "/overview.json", undefined, () => ok(overview(emulator()))),
      own("GET", "/_emulator/clock", () => ok(time())),
      own("POST", "/_emulator/clock", async (call) => {
        await emulator().clock.advance(call.read(SPAN));
        return ok(time());
      }),
      own("POST", "/_emulator/faults", (call) => {
        const { method, path, ...fault } = call.read(FAULT);
        const match = { method, path: path === undefined ? undefined : new RegExp(path) };
        emulator().faults.add({ ...defined(fault), kind: fault.kind, match: defined(match) });
        return ok({});
      }),
      own("POST", "/_emulator/faults/each-call-once", (call) => {
        emulator().faults.eachCallOnce(call.read(z.object({ kind: KIND })).kind);
        return ok({});
      }),
      own("DELETE", "/_emulator/faults", () => {
        emulator().faults.clear();
        return ok({});
      }),
      own("POST", "/_emulator/versions/withdraw", (call) => {
        emulator().withdrawVersion(call.read(z.object({ version: z.string() })).version);
        return ok({ versions: emulator().surroundings.versions });
      }),
      own("POST", "/_emulator/clusters/{cluster_id}/upgrade", (call) => {
        const { version } = call.read(z.object({ version: z.string() }));
        emulator().patchUpgrade(call.param("cluster_id"), version);
        return ok({});
      }),
      own("POST", "/_emulator/clusters/{cluster_id}/autoscale", (call) => {
        const { pool, count } = call.read(z.object({ pool: z.string(), count: z.int() }));
        emulator().autoscale(call.param("cluster_id"), pool, count);
        return ok({});
      }),
      own("GET", "/_emulator/requests", () => ok({ requests: emulator().log.all() })),
    ];
  };

/** An object without the keys that have no value. */
function defined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
