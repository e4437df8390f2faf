import { API_URL } from "./client";
import { TOKENS_PAGE } from "./failureLines";

/** How DigitalOcean's API is reached. */
export interface Connection {
  /** Base URL, without `/v2`. */
  url: string;
  token: string;
}

/**
 * In place of the API's address: nobody is asked. Only for a program that no engine runs, such as that of
 * `npm run render`; the account check refuses it from an engine.
 */
export const NOBODY = "none";

/** Whether the environment says that nobody is to be asked. */
export const asksNobody = (env: NodeJS.ProcessEnv): boolean => env["DIGITALOCEAN_API_URL"] === NOBODY;

/**
 * Reads from the environment how the API is reached: `DIGITALOCEAN_TOKEN` and, for another place than DigitalOcean's own,
 * `DIGITALOCEAN_API_URL`. They are the provider's own variables, so that the program and the provider ask the same place.
 *
 * @returns The connection, or a line that says what is missing and what to do.
 */
export function connectionOf(env: NodeJS.ProcessEnv): Connection | string {
  const url = env["DIGITALOCEAN_API_URL"] ?? "";
  const token = env["DIGITALOCEAN_TOKEN"] ?? "";
  if (url !== "" && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) {
    return `DIGITALOCEAN_API_URL: is not a URL such as ${API_URL}`;
  }
  if (token === "") {
    const other = (env["DIGITALOCEAN_ACCESS_TOKEN"] ?? "") !== "";
    return other
      ? 'DIGITALOCEAN_TOKEN: is not set, and DIGITALOCEAN_ACCESS_TOKEN is: export DIGITALOCEAN_TOKEN="$DIGITALOCEAN_ACCESS_TOKEN"'
      : `DIGITALOCEAN_TOKEN: is not set; make a token at ${TOKENS_PAGE} and: export DIGITALOCEAN_TOKEN=…`;
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    return "DIGITALOCEAN_TOKEN: holds a blank, a line break or another character that no token has; copy it again";
  }
  return { url: url === "" ? API_URL : url.replace(/\/+$/, ""), token };
}

/**
 * A token in the stack's config would be kept in the state: it is refused.
 *
 * @param keys All keys of the config, with their projects in front.
 */
export function tokenInConfig(keys: readonly string[]): string[] {
  return keys.includes("digitalocean:token")
    ? [
        "digitalocean:token: a token in the config is kept in the state; remove it with: pulumi config rm digitalocean:token, " +
          "and give it as: export DIGITALOCEAN_TOKEN=…",
      ]
    : [];
}
