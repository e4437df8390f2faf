/** Credentials for a registry, as the content of Docker's configuration file. */

import type { Values } from "../values";
import { ApiError, type Client } from "./client";
import { registryPath } from "./containerRegistry";
import { type Kind, numberOf, textOf, unlessGone } from "./kind";
import { between, notEmpty } from "./rules";
import { optional, output, required } from "./schema";

/** About 50 years: what the API allows at most, and what it takes when nothing is said (D10). */
const LONGEST_SECONDS = 1_576_800_000;

const expiryAfter = (seconds: number): string =>
  new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+/, "");

async function minted(client: Client, wanted: Values): Promise<string> {
  const write = wanted["write"] === true;
  const seconds = numberOf(wanted["expirySeconds"]);
  const path = `${registryPath(textOf(wanted["registryName"]))}/docker-credentials`;
  try {
    return await client.send("GET", `${path}?expiry_seconds=${seconds}&read_write=${write}`);
  } catch (error) {
    const gone = error instanceof ApiError && error.status === 404;
    const what = gone ? "docker credentials not found:" : "Error retrieving docker credentials:";
    throw new Error(`${what} ${(error as Error).message}`, { cause: error });
  }
}

/** The password in the credentials; undefined when they are not of the usual form. */
function tokenIn(credentials: string): string | undefined {
  const config = JSON.parse(credentials) as { auths?: Record<string, { auth?: string } | undefined> };
  const auth = config.auths?.["registry.digitalocean.com"]?.auth ?? "";
  const [, token, ...rest] = Buffer.from(auth, "base64").toString("utf8").split(":");
  return rest.length === 0 ? token : undefined;
}

/** The vendor's own address is outside the API; an emulated API serves it itself. */
function revocationUrl(apiUrl: string): URL {
  const api = new URL(apiUrl);
  return new URL("/v1/oauth/revoke", api.hostname === "api.digitalocean.com" ? "https://cloud.digitalocean.com" : api);
}

async function read(was: Values, client: Client): Promise<Values | undefined> {
  const name = textOf(was["registryName"]);
  const registry = await unlessGone(`registry "${name}" not found:`, () => client.get(registryPath(name)));
  if (registry === undefined) return undefined;
  const expiry = Date.parse(textOf(was["credentialExpirationTime"]));
  const state = { ...was, write: was["write"] === true, expirySeconds: numberOf(was["expirySeconds"]) };
  if (!Number.isNaN(expiry) && expiry >= Date.now()) return state;
  const dockerCredentials = await minted(client, state);
  return { ...state, dockerCredentials, credentialExpirationTime: expiryAfter(state.expirySeconds) };
}

export const dockerCredentials: Kind = {
  fields: {
    registryName: required("string", { forceNew: true, validate: notEmpty }),
    write: optional("bool", { default: false }),
    expirySeconds: optional("int", { default: LONGEST_SECONDS, validate: between(0, LONGEST_SECONDS) }),
    dockerCredentials: output("string", { sensitive: true }),
    credentialExpirationTime: output("string"),
  },
  autoname: undefined,
  timeouts: {},

  // Reading mints them, now and whenever they have expired.
  create: (wanted) => Promise.resolve({ id: textOf(wanted["registryName"]) }),
  read: (_, was, { client }) => read(was, client),

  async update({ after, changes }, { client }) {
    if (!changes("expirySeconds", "write")) return after;
    const fresh = { ...after, dockerCredentials: await minted(client, after) };
    return changes("expirySeconds")
      ? { ...fresh, credentialExpirationTime: expiryAfter(numberOf(after["expirySeconds"])) }
      : fresh;
  },

  /** What cannot be revoked is let go, as with the real provider. */
  async delete(_, was, { client }) {
    const token = tokenIn(textOf(was["dockerCredentials"]));
    if (token === undefined) return;
    await fetch(revocationUrl(client.settings.url), {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      body: new URLSearchParams({ token }),
    }).catch(() => undefined);
  },
};
