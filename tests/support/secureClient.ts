/** Requests by HTTPS whose chain of certificates is verified, to a name that nobody resolves here. */
import { request, type RequestOptions } from "node:https";
import type { LookupFunction } from "node:net";
import type { TLSSocket } from "node:tls";
import { text } from "node:stream/consumers";

export interface SecureOptions {
  /** Where the name leads. */
  address: string;
  /** Authorities to trust, and no others, as PEM. Without them nothing is verified. */
  authorities?: string;
  method?: string;
  headers?: Record<string, string>;
  /** Size of a body in bytes that is announced and never sent: a server that finds it too large says so at once. */
  announced?: number;
  /** How long to wait for the answer. Default: 10. */
  seconds?: number;
  /** Newest version of TLS to speak. */
  maxVersion?: "TLSv1.1" | "TLSv1.2" | "TLSv1.3";
}

export interface SecureAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** Serial number of the certificate, and the names that it is for. */
  serial: string;
  names: string[];
}

/** Asks once, on a connection of its own. Fails when the chain or the name is not right. */
export function askSecurely(url: string, options: SecureOptions): Promise<SecureAnswer> {
  const { address, authorities, method = "GET", headers = {}, announced, maxVersion, seconds = 10 } = options;
  const lookup: LookupFunction = (_, { all }, callback) => {
    if (all === true) callback(null, [{ address, family: 4 }]);
    else callback(null, address, 4);
  };
  const settings: RequestOptions = {
    method,
    headers: {
      connection: "close",
      ...headers,
      ...(announced === undefined ? {} : { "content-length": String(announced) }),
    },
    agent: false,
    lookup,
    signal: AbortSignal.timeout(seconds * 1000),
    ...(authorities === undefined ? { rejectUnauthorized: false } : { ca: authorities }),
    ...(maxVersion === undefined ? {} : { maxVersion, minVersion: "TLSv1" }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, settings, (response) => {
      const certificate = (response.socket as TLSSocket).getPeerCertificate();
      const names = (certificate.subjectaltname ?? "").split(", ").map((name) => name.replace(/^DNS:/, ""));
      text(response).then((content) => {
        sent.destroy();
        const { statusCode: status = 0, headers: received } = response;
        resolve({ status, headers: received, text: content, serial: certificate.serialNumber, names });
      }, reject);
    });
    sent.on("error", reject);
    if (announced === undefined) sent.end();
    else sent.flushHeaders();
  });
}
