/** Judges what came of asking an app's URLs. */
import type { Answer, Trust } from "./probe";
import type { UrlStatus } from "./model";
import { span } from "./spans";

/** Who issues a stack's certificates, as far as it matters for whom one trusts. */
export type Authority = "public" | "staging" | "private" | "unknown";

/** Whether there is something to ask at a URL: a wildcard is a pattern, not a name. */
export const canBeAsked = (url: string): boolean => !url.includes("*");

/** The status of a URL that cannot be asked. */
export const unasked = (url: string): UrlStatus => ({ url, ok: true, note: "not asked: a wildcard" });

/**
 * Whether an answer is good: below 500, and with a certificate that is what the stack wants it to be.
 *
 * @param authority Who issues the app's certificates: of some, nobody can verify them.
 */
export function urlStatus(answer: Answer, authority: Authority, now: Date): UrlStatus {
  const { url, status, milliseconds, failure, trust } = answer;
  const measured = {
    ...(status === undefined ? {} : { status }),
    ...(milliseconds === undefined ? {} : { milliseconds }),
  };
  const doubt = trust === undefined || trust === "verified" ? undefined : doubtOf(trust, answer, now);
  const meant = trust === "self-signed" || trust === "unknown authority" ? authority : "public";
  const expected = meant === "staging" || meant === "private";
  if (failure !== undefined) return { url, ok: false, ...measured, problem: failure };
  if (status !== undefined && status >= 500) return { url, ok: false, ...measured, problem: `answers ${status}` };
  if (doubt !== undefined && !expected) return { url, ok: false, ...measured, problem: doubt };
  if (doubt === undefined) return { url, ok: true, ...measured };
  return { url, ok: true, ...measured, note: meant === "staging" ? "not verified: a staging certificate" : doubt };
}

function doubtOf(trust: Exclude<Trust, "verified">, { certificate }: Answer, now: Date): string {
  const { names = [], issuer = "", subject = "", expires = now } = certificate ?? {};
  switch (trust) {
    case "wrong name":
      return `its certificate is for another name: ${names.length > 0 ? names.join(", ") : subject}`;
    case "expired":
      return `its certificate expired ${span(now.getTime() - expires.getTime())} ago`;
    case "not yet valid":
      return "its certificate is not valid yet: compare the clocks";
    case "self-signed":
      return "not verified: self-signed";
    case "unknown authority":
      return `not verified: issued by an authority that is not known here, ${issuer} (--ca names one)`;
  }
}
