/** Puts what cert-manager and ACME servers say into a few words, and tells what kind of trouble it is. */
import type { CertificateCause } from "./model";

export interface Refusal {
  cause: CertificateCause;
  text: string;
}

/** Errors of RFC 8555, section 6.7, by the end of their URN; whatever else a server says is `refused`. */
const ACME_ERRORS: Record<string, [cause: CertificateCause, what: string]> = {
  dns: ["unresolved", ""],
  connection: ["unreachable", ""],
  unauthorized: ["unreachable", ""],
  tls: ["unreachable", ""],
  rateLimited: ["rate-limited", "the server's rate limit is reached: "],
  caa: ["caa", "a CAA record forbids it: "],
  invalidContact: ["contact", "the e-mail address is refused: "],
  unsupportedContact: ["contact", "the e-mail address is refused: "],
  rejectedIdentifier: ["refused", "the server does not issue for this name: "],
};

/** What cert-manager finds when it asks for its own challenge, before the server is let to. */
const SELF_CHECKS: [RegExp, (match: RegExpExecArray) => Refusal][] = [
  [
    /lookup (\S+?)(?: on \S+)?: (?:no such host|server misbehaving)/,
    ([, host = "the name"]) => ({ cause: "unresolved", text: `${host} does not resolve yet` }),
  ],
  [
    /Get "?(https?:\/\/[^/"\s]+)\S*: .*(?:connection refused|no route to host)/,
    ([, url = "the name"]) => ({ cause: "unreachable", text: `${url} refuses connections from the cluster` }),
  ],
  [
    /Get "?(https?:\/\/[^/"\s]+)\S*: .*(?:timeout|deadline exceeded|EOF)/,
    ([, url = "the name"]) => ({ cause: "unreachable", text: `${url} cannot be reached from the cluster: no answer` }),
  ],
  [
    /wrong status code '(\d+)', expected '200'/,
    ([, status = ""]) => ({
      cause: "unreachable",
      text: `the challenge's address answers ${status}: the name leads elsewhere, or the Ingress is not served`,
    }),
  ],
  [
    /DNS record for "?([^"\s]+?)"? not yet propagated/,
    ([, host = ""]) => ({ cause: "pending", text: `waiting for the DNS record of ${host} to be seen everywhere` }),
  ],
];

/** The reason in what a status or an event says; nothing where that is empty. */
export function refusalOf(text: string | undefined, otherwise: CertificateCause = "refused"): Refusal | undefined {
  const said = (text ?? "").replace(/\s+/g, " ").trim();
  if (said === "") return undefined;
  const acme = /(?:\d{3} )?urn:ietf:params:acme:error:(\w+): (.*)$/.exec(said);
  if (acme !== null) {
    const [, code = "", rest = ""] = acme;
    const [cause, what] = ACME_ERRORS[code] ?? ["refused", "the server refuses: "];
    return { cause, text: `${what}${clipped(rest)}` };
  }
  for (const [pattern, refusal] of SELF_CHECKS) {
    const match = pattern.exec(said);
    if (match !== null) return refusal(match);
  }
  return { cause: otherwise, text: clipped(said) };
}

/** Without the advice that servers add, and without repetitions for the second kind of address. */
function clipped(text: string): string {
  return text
    .replace(/ - check that a DNS record exists for this domain/g, "")
    .replace(/; DNS problem: .*$/, "")
    .replace(/[,:;]? ?see https?:\/\/\S+$/, "")
    .replace(/[\s.:;]+$/, "");
}
