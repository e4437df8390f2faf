import { API_URL, type ApiError } from "./client";

/** Where API tokens are made. */
export const TOKENS_PAGE = "https://cloud.digitalocean.com/account/api/tokens";

/** The right that each question wants, as the API's description says. */
const SCOPES: [RegExp, string][] = [
  [/^GET \/v2\/account$/, "account:read"],
  [/^GET \/v2\/regions$/, "regions:read"],
  [/^GET \/v2\/sizes$/, "sizes:read"],
  [/^GET \/v2\/kubernetes\//, "kubernetes:read"],
  [/^GET \/v2\/vpcs$/, "vpc:read"],
  [/^POST \/v2\/registries\/validate-name$/, "registry:create"],
  [/^GET \/v2\/registries/, "registry:read"],
  [/^GET \/v2\/domains\//, "domain:read"],
];

/**
 * One line for each reason why questions failed: what is wrong, and what to do. Several questions often fail for one.
 *
 * @param url Base URL of the API.
 */
export function failureLines(failures: readonly ApiError[], url: string): string[] {
  const of = (is: (error: ApiError) => boolean) => failures.filter(is);
  const lines: string[] = [];

  const [refused] = of(({ status }) => status === 401);
  if (refused !== undefined) {
    lines.push(
      `DIGITALOCEAN_TOKEN: DigitalOcean refuses it (401 ${quoted(refused)}): it is wrong, expired or revoked; ` +
        `make another at ${TOKENS_PAGE}`,
    );
  }

  const forbidden = of(({ status }) => status === 403);
  if (forbidden[0] !== undefined) {
    const scopes = unique(forbidden.map(scopeOf)).sort().join(", ");
    lines.push(
      `DIGITALOCEAN_TOKEN: lacks rights (403 ${quoted(forbidden[0])}): add ${scopes} to its scopes, ` +
        `or make one with full access, at ${TOKENS_PAGE}`,
    );
  }

  const [limited] = of(({ status }) => status === 429);
  if (limited !== undefined) {
    lines.push(`DigitalOcean: too many requests with this token (${quoted(limited)}); try again in some minutes`);
  }

  const faults = of(({ status }) => (status ?? 0) >= 500);
  if (faults[0] !== undefined) {
    lines.push(
      `DigitalOcean: answers ${faults[0].status ?? ""} ${quoted(faults[0])} to ${questions(faults)}${support(faults[0])}; ` +
        "try again later (https://status.digitalocean.com)",
    );
  }

  const unanswered = of(({ status }) => status === undefined);
  if (unanswered[0] !== undefined) {
    const where = url === API_URL ? url : `${url} (DIGITALOCEAN_API_URL)`;
    lines.push(
      `DigitalOcean: ${questions(unanswered)} at ${where}: ${unanswered[0].reason}; check the network and try again`,
    );
  }

  const others = of(
    ({ status }) => status !== undefined && status < 500 && status !== 401 && status !== 403 && status !== 429,
  );
  for (const error of others) {
    lines.push(`DigitalOcean: answers ${error.status ?? ""} ${quoted(error)} to ${error.question}${support(error)}`);
  }
  return lines;
}

const quoted = ({ reason }: ApiError): string => `"${reason}"`;

const support = ({ requestId }: ApiError): string => (requestId === undefined ? "" : ` (request ${requestId})`);

/** `GET /v2/sizes`, or `GET /v2/sizes and 2 more questions`. */
function questions(failures: readonly ApiError[]): string {
  const [first = "", ...more] = unique(failures.map(({ question }) => question)).sort();
  const count = more.length === 1 ? "1 more question" : `${more.length} more questions`;
  return more.length === 0 ? first : `${first} and ${count}`;
}

const scopeOf = ({ question }: ApiError): string =>
  SCOPES.find(([pattern]) => pattern.test(question))?.[1] ?? `those for ${question}`;

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
