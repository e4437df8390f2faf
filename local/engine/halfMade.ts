/**
 * What a run had begun to create at DigitalOcean and did not end. The engine knows only that it had begun; whether the
 * thing is there, and costs money, the vendor's API tells: names are fixed, and unique in an account.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { API_URL, ApiError, DigitalOceanClient } from "../../lib/digitalocean/client";
import { UserError } from "../steps";
import { type Candidate, NAMED_KINDS } from "./namedKinds";
import { shortName } from "./report";
import { type Origin, pendingOf, resourcesOf, type ExportedState } from "./state";

const NO_LIST = 404;

const GONE = new Set(["deleting", "deleted"]);
const BEING_MADE = new Set(["provisioning", "creating", "forking"]);

/** Why nothing is lost by forgetting something that has no name. */
const FORGOTTEN: Record<string, string> = {
  "digitalocean:index/containerRegistryDockerCredentials:ContainerRegistryDockerCredentials":
    "a credential has no name to be found by; if it was made, nobody holds it, and the next up makes another",
};

export interface SearchOptions {
  /** `DIGITALOCEAN_TOKEN` and `DIGITALOCEAN_API_URL` are taken from it. */
  env: Record<string, string | undefined>;
  /** Takes a sentence about each thing that was looked for. */
  note: (text: string) => void;
  /** How long to wait for what is still being made, 0 for not at all. Default: 30 minutes. */
  waitMs?: number;
  /** Pause between two looks. Default: 5 s. */
  pollMs?: number;
}

/** The creations that a run left and that can be looked for. */
export function halfMade(state: ExportedState) {
  return pendingOf(state).flatMap(({ resource, type, origin }) => {
    const kind = NAMED_KINDS[resource.type];
    return type === "creating" && kind !== undefined ? [{ resource, kind, origin }] : [];
  });
}

/** Says of the other pending creations why they are forgotten. */
export function forgotten(state: ExportedState): string[] {
  return pendingOf(state)
    .filter(({ resource, type }) => type === "creating" && resource.type.startsWith("digitalocean:"))
    .filter(({ resource }) => NAMED_KINDS[resource.type] === undefined)
    .map(({ resource }) => {
      const why = FORGOTTEN[resource.type] ?? "look for it in DigitalOcean's control panel";
      return `${shortName(resource.urn)}: forgotten; ${why}.`;
    });
}

/**
 * Looks for everything that was being created, and waits for what is still being made.
 *
 * @returns The ids of what is there and is the stack's, by URN.
 * @throws UserError when the vendor cannot be asked, or the answer is ambiguous; then nothing is known, and nothing may
 *   be forgotten.
 */
export async function findHalfMade(state: ExportedState, options: SearchOptions): Promise<Map<string, string>> {
  const { env, note } = options;
  const found = new Map<string, string>();
  const wanted = halfMade(state);
  if (wanted.length === 0) return found;
  const names = wanted.map(({ resource }) => shortName(resource.urn)).join(", ");
  const token = env["DIGITALOCEAN_TOKEN"] ?? "";
  if (token === "") {
    throw new UserError(`Set DIGITALOCEAN_TOKEN, so that what is perhaps there already can be looked for: ${names}.`);
  }
  const api = new DigitalOceanClient({ url: env["DIGITALOCEAN_API_URL"] ?? API_URL, token });
  // Of the same type: the id of a registry is its name, which something else may have for its own id.
  const known = new Set(resourcesOf(state).map(({ type, id }) => `${type} ${id ?? ""}`));
  for (const { resource, kind, origin } of wanted) {
    const inputs = resource.inputs ?? {};
    const look = async () =>
      (await asked(kind.search(api, inputs))).filter(
        ({ id, status = "" }) => !known.has(`${resource.type} ${id}`) && !GONE.has(status),
      );
    const name = shortName(resource.urn);
    const named = await look();
    const candidates = named.filter((each) => kind.within !== undefined || isFrom(origin, each, api.clockAheadMs));
    const [first] = candidates;
    if (first === undefined) {
      if (origin?.kind !== "planned") note(`${name}: ${named.length === 0 ? "it was never made" : foreign(named)}.`);
      continue;
    }
    if (candidates.length > 1) {
      const ids = candidates.map(({ id }) => id).join(", ");
      throw new UserError(
        `${name}: there are ${candidates.length} of that name (${ids}). Delete those that are not it.`,
      );
    }
    const made = await ready(name, first, look, options);
    found.set(resource.urn, made.id);
    const where = origin?.kind === "planned" ? "not in the state, but there is one of its name" : "it is there";
    note(`${name}: ${where} (${described(made, origin)}).`);
  }
  return found;
}

/** Times are told to the second, and an answer takes its time. */
const TOLERANCE_MS = 2_000;

/**
 * Whether it may be taken for what was being created. A create that failed in order may have failed because somebody
 * else's of the same name was there before: only what was made while it was tried counts.
 */
function isFrom(origin: Origin | undefined, { madeMs }: Candidate, clockAheadMs = 0): boolean {
  if (origin?.kind !== "failed") return true;
  if (madeMs === undefined) return false;
  const hereMs = madeMs - clockAheadMs;
  return hereMs >= origin.fromMs - TOLERANCE_MS && hereMs <= origin.toMs + TOLERANCE_MS;
}

function foreign([first]: Candidate[]): string {
  const [id, madeMs] = [first?.id ?? "", first?.madeMs];
  const why =
    madeMs === undefined
      ? "and DigitalOcean does not tell whether the run that failed made it"
      : `made ${when(madeMs)}, and not by the run that failed`;
  return `there is one of its name (${id}), ${why}; it is left alone (docs/runbook.md, "A name that is taken")`;
}

const when = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;

const described = ({ id, status, madeMs }: Candidate, origin?: Origin): string =>
  [id, status, origin?.kind === "planned" && madeMs !== undefined ? `made ${when(madeMs)}` : undefined]
    .filter((part) => part !== undefined)
    .join(", ");

/** The candidate once nothing more is being made of it: others build on it. */
async function ready(
  name: string,
  first: Candidate,
  look: () => Promise<Candidate[]>,
  { note, waitMs = 30 * 60_000, pollMs = 5_000 }: SearchOptions,
): Promise<Candidate> {
  const endMs = Date.now() + waitMs;
  let candidate = first;
  if (waitMs === 0) return first;
  if (BEING_MADE.has(candidate.status ?? "")) note(`${name}: DigitalOcean is still making it; waiting.`);
  while (BEING_MADE.has(candidate.status ?? "")) {
    if (Date.now() > endMs) {
      throw new UserError(`${name} is still being made after ${Math.round(waitMs / 60_000)} minutes. Try again later.`);
    }
    await sleep(pollMs);
    const again = (await look()).find(({ id }) => id === candidate.id);
    if (again === undefined) throw new UserError(`${name} went away while it was being made. Try again.`);
    candidate = again;
  }
  return candidate;
}

/** Nothing of that kind is as good as an empty list; any other failure is told as what it is. */
async function asked(search: Promise<Candidate[]>): Promise<Candidate[]> {
  try {
    return await search;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === NO_LIST) return [];
    throw new UserError(`What the last run left at DigitalOcean cannot be seen: ${error.message}`);
  }
}
