/** Asks a URL as a browser would, and looks at the certificate that is served there. */
import { request as plainRequest } from "node:http";
import { request, type RequestOptions } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { checkServerIdentity, rootCertificates, type PeerCertificate, type TLSSocket } from "node:tls";

export interface ProbeOptions {
  /** Addresses of names that do not resolve here. */
  addresses: ReadonlyMap<string, string>;
  /** Certificates of authorities to trust besides those that Node trusts, as PEM. */
  authorities?: string;
  /** Default: 5 s. */
  timeoutMs?: number;
}

/** Whether the certificate that is served proves the name that was asked for. */
export type Trust = "verified" | "self-signed" | "unknown authority" | "expired" | "not yet valid" | "wrong name";

/** A certificate as it is served. */
export interface ServedCertificate {
  issuer: string;
  subject: string;
  names: string[];
  expires: Date;
}

/** What came of asking a URL. */
export interface Answer {
  url: string;
  status?: number;
  /** Until the answer's headers were there. */
  milliseconds?: number;
  /** Why there is no answer, in a few words. */
  failure?: string;
  /** Of https only, when the handshake came to its end. */
  trust?: Trust;
  certificate?: ServedCertificate;
}

/** Asks once with GET; redirects are not followed. What goes wrong is part of the answer: it never throws. */
export function probe(url: string, options: ProbeOptions): Promise<Answer> {
  const { addresses, authorities, timeoutMs = 5_000 } = options;
  const target = new URL(url);
  const secure = target.protocol === "https:";
  const host = target.hostname.replace(/^\[|\]$/g, "");
  const address = addresses.get(host);
  const settings: RequestOptions = {
    method: "GET",
    headers: { "User-Agent": "flask-doks-status", Accept: "*/*" },
    agent: false,
    // Judged below: an unverified answer is still one that tells something, and nothing secret is sent.
    rejectUnauthorized: false,
    // Both are given: an option `ca` takes the place of the authorities that Node knows.
    ...(authorities === undefined ? {} : { ca: [...rootCertificates, authorities] }),
    ...(address === undefined ? {} : { lookup: lookupOf(address) }),
    signal: AbortSignal.timeout(timeoutMs),
  };
  const startMs = performance.now();
  return new Promise((resolve) => {
    let seen: Pick<Answer, "trust" | "certificate"> = {};
    const sent = (secure ? request : plainRequest)(target, settings, (response) => {
      const milliseconds = Math.round(performance.now() - startMs);
      resolve({ url, status: response.statusCode ?? 0, milliseconds, ...seen });
      // Only the headers were of interest.
      sent.destroy();
    });
    sent.on("socket", (socket) => {
      socket.on("secureConnect", () => {
        seen = judged(socket as TLSSocket, host);
      });
    });
    sent.on("error", (error) => {
      resolve({ url, failure: failureOf(error, timeoutMs), ...seen });
    });
    sent.end();
  });
}

/** Resolves every name to one address, as curl's `--resolve` does. */
const lookupOf =
  (address: string): LookupFunction =>
  (_host, { all = false }, done) => {
    const family = isIP(address);
    if (all) done(null, [{ address, family }]);
    else done(null, address, family);
  };

function judged(socket: TLSSocket, host: string): Pick<Answer, "trust" | "certificate"> {
  const peer = socket.getPeerCertificate();
  return {
    trust: trustOf(socket, peer, host),
    certificate: {
      issuer: nameOf(peer.issuer),
      subject: nameOf(peer.subject),
      names: (peer.subjectaltname ?? "")
        .split(", ")
        .flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? []),
      expires: new Date(peer.valid_to),
    },
  };
}

function trustOf(socket: TLSSocket, peer: PeerCertificate, host: string): Trust {
  // By the certificate itself: of several faults the engine of TLS names one, and not the one that says most.
  if (checkServerIdentity(host, peer) !== undefined) return "wrong name";
  if (new Date(peer.valid_to).getTime() < Date.now()) return "expired";
  if (new Date(peer.valid_from).getTime() > Date.now()) return "not yet valid";
  if (socket.authorized) return "verified";
  // In older declarations it is an Error, in fact it is a code.
  const code = String(socket.authorizationError);
  return code === "DEPTH_ZERO_SELF_SIGNED_CERT" ? "self-signed" : "unknown authority";
}

/** What people know an authority or an owner by. */
function nameOf({ O, CN }: Partial<Record<"O" | "CN", string | string[]>>): string {
  const [organization, name] = [O, CN].map((value) => (Array.isArray(value) ? value[0] : value));
  return [organization, name].filter((part) => part !== undefined && part !== "").join(" ");
}

const FAILURES: Record<string, string> = {
  ENOTFOUND: "does not resolve yet",
  ENODATA: "does not resolve yet",
  EAI_AGAIN: "does not resolve: no name server answers",
  ECONNREFUSED: "refuses connections",
  ECONNRESET: "closed the connection without an answer",
  EHOSTUNREACH: "cannot be reached from here",
  ENETUNREACH: "cannot be reached from here",
  EPROTO: "does not speak TLS",
  ERR_SSL_WRONG_VERSION_NUMBER: "does not speak TLS",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "does not speak TLS",
};

function failureOf(
  error: Error & { code?: string; errors?: (Error & { code?: string })[] },
  timeoutMs: number,
): string {
  // Where a name has several addresses, one failure each.
  const { code, message } = error.code === undefined ? (error.errors?.[0] ?? error) : error;
  if (code === "ABORT_ERR" || code === "ETIMEDOUT" || error.name === "TimeoutError") {
    return `no answer within ${timeoutMs / 1000} s`;
  }
  return FAILURES[code ?? ""] ?? `no answer: ${message.split("\n")[0] ?? message}`;
}
