/** Who may do what: API tokens, as personal access tokens with their scopes. */
import type { ApiToken } from "./settings";

/** What "read" leaves out: whatever hands out further credentials. */
const CREDENTIALS = ["kubernetes:access_cluster", "registry:credentials"];

export const apiTokens = (tokens: readonly (string | ApiToken)[]): ApiToken[] =>
  tokens.map((token) => (typeof token === "string" ? { token } : { ...token }));

/** The token of an `Authorization` header, if it is one of these. */
export function tokenOf(tokens: readonly ApiToken[], authorization: string | undefined): ApiToken | undefined {
  const [, value] = /^Bearer\s+(\S+)$/i.exec(authorization ?? "") ?? [];
  return value === undefined ? undefined : tokens.find(({ token }) => token === value);
}

export function allows({ scopes = "full" }: ApiToken, scope: string): boolean {
  if (scopes === "full") return true;
  if (scopes === "read") return scope.endsWith(":read") && !CREDENTIALS.includes(scope);
  const [kind = ""] = scope.split(":");
  return scopes.includes(scope) || scopes.includes(`${kind}:*`);
}
