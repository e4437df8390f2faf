/** Tells of a certificate whether it is there, for how long, and otherwise why not. */
import { conditionOf, ownedBy, type Certificate, type CertManagerObjects, type Issuer } from "./customObjects";
import { lastWarning, type Warning } from "./events";
import type { CertificateStatus } from "./model";
import type { ServedCertificate, Trust } from "./probe";
import { refusalOf, type Refusal } from "./refusals";
import { counted, DAY_MS, span } from "./spans";
import type { Authority } from "./urls";

/** What an app's certificate is judged by. */
export interface CertificateFacts {
  /** None where the cluster knows no such kinds: cert-manager is not installed. */
  objects: CertManagerObjects | undefined;
  warnings: readonly Warning[];
  /** Secrets that the app's Ingress wants certificates in. */
  wantedSecrets: readonly string[];
  /** What is served at the app's URLs. */
  served?: { certificate: ServedCertificate; trust: Trust } | undefined;
  now: Date;
}

/** The status of an app's certificate; none for an app that wants none. Of several, the one that is worst. */
export function certificateStatus(facts: CertificateFacts): CertificateStatus | undefined {
  const { objects, wantedSecrets, served, now } = facts;
  const found = (objects?.certificates ?? []).map((certificate) => ofObject(certificate, facts));
  const worst = found.find(({ ok }) => !ok) ?? found.sort((a, b) => (a.daysLeft ?? 0) - (b.daysLeft ?? 0))[0];
  if (worst !== undefined) return worst;
  // Somebody else's doing, such as a load balancer's own or one that was put into the Secret by hand.
  if (served?.trust === "verified") {
    const { issuer, expires } = served.certificate;
    return { ok: true, issuer, ...until(expires, now) };
  }
  if (objects === undefined || wantedSecrets.length === 0) return undefined;
  const problem = `none: cert-manager has made no Certificate for the Secret ${wantedSecrets.join(", ")}`;
  return { ok: false, cause: "issuer", problem };
}

/** Who issues the certificates of a namespace: of some issuers nobody can verify what they issue. */
export function authorityOf(objects: CertManagerObjects | undefined): Authority {
  const [certificate] = objects?.certificates ?? [];
  const { spec } = (certificate && issuerOf(certificate, objects)) ?? {};
  if (spec === undefined) return "unknown";
  if (spec.selfSigned !== undefined || spec.ca !== undefined) return "private";
  return /staging/.test(spec.acme?.server ?? "") ? "staging" : "public";
}

/** Why an issuer cannot issue; nothing of one that can. */
export function issuerProblem(issuer: Issuer): Refusal | undefined {
  const ready = conditionOf(issuer, "Ready");
  if (ready?.status === "True") return undefined;
  if (ready === undefined) return { cause: "pending", text: "it is not set up yet" };
  return refusalOf(ready.message ?? ready.reason, "issuer") ?? { cause: "issuer", text: "it is not ready" };
}

function issuerOf({ spec }: Certificate, objects: CertManagerObjects | undefined): Issuer | undefined {
  const { kind = "Issuer", name } = spec?.issuerRef ?? { name: "" };
  const all = kind === "ClusterIssuer" ? objects?.clusterIssuers : objects?.issuers;
  return all?.find(({ metadata }) => metadata.name === name);
}

function ofObject(certificate: Certificate, facts: CertificateFacts): CertificateStatus {
  const { notAfter, renewalTime } = certificate.status ?? {};
  const issuer = certificate.spec?.issuerRef.name;
  const named = issuer === undefined ? {} : { issuer };
  const expires = notAfter === undefined ? undefined : new Date(notAfter);
  const isReady = conditionOf(certificate, "Ready")?.status === "True";
  if (expires !== undefined && expires <= facts.now) {
    const { cause, text } = obstacle(certificate, facts);
    const why = cause === "pending" ? "" : `, and cannot be renewed: ${text}`;
    const problem = `expired ${span(facts.now.getTime() - expires.getTime())} ago${why}`;
    return { ok: false, ...named, ...until(expires, facts.now), cause, problem };
  }
  if (!isReady || expires === undefined) {
    const { cause, text } = obstacle(certificate, facts);
    const before = cause === "pending" ? "not issued yet" : "not issued";
    return { ok: false, ...named, cause, problem: `${before}: ${text}` };
  }
  const dates = until(expires, facts.now);
  const renewed =
    renewalTime === undefined
      ? {}
      : { renewedDaysBefore: Math.round((expires.getTime() - Date.parse(renewalTime)) / DAY_MS) };
  const failed = conditionOf(certificate, "Issuing");
  if (failed?.status === "False" && certificate.status?.lastFailureTime !== undefined) {
    const { cause, text } = obstacle(certificate, facts);
    const problem = `${counted(dates.daysLeft, "day")} left, but it cannot be renewed: ${text}`;
    return { ok: false, ...named, ...dates, ...renewed, cause, problem };
  }
  return { ok: true, ...named, ...dates, ...renewed, ...otherServed(expires, facts) };
}

/** One that was renewed and is not served yet, or not at all because the Ingress takes another Secret. */
function otherServed(expires: Date, { served, now }: CertificateFacts): { note?: string } {
  if (served === undefined || Math.abs(served.certificate.expires.getTime() - expires.getTime()) < 60_000) return {};
  const { issuer, expires: end } = served.certificate;
  return { note: `another one is served, of ${issuer}, ${counted(until(end, now).daysLeft, "day")} left` };
}

const until = (expires: Date, now: Date) => ({
  expires: expires.toISOString(),
  daysLeft: Math.max(Math.floor((expires.getTime() - now.getTime()) / DAY_MS), 0),
});

const FAILED_STATES = ["invalid", "errored", "expired"];

/**
 * What holds a certificate up, looked for where it shows first: the issuer, then down the chain of Certificate,
 * CertificateRequest, Order and Challenge, of which the last one that says something knows best.
 */
function obstacle(certificate: Certificate, { objects, warnings }: CertificateFacts): Refusal {
  const { kind = "Issuer", name } = certificate.spec?.issuerRef ?? { name: "" };
  const issuer = issuerOf(certificate, objects);
  if (issuer === undefined) return { cause: "issuer", text: `there is no ${kind} ${name}` };
  const issuerSays = issuerProblem(issuer);
  if (issuerSays !== undefined) return { ...issuerSays, text: `the issuer ${name} is not ready: ${issuerSays.text}` };

  const [request] = ownedBy(objects?.requests ?? [], "Certificate", certificate);
  const [order] = request === undefined ? [] : ownedBy(objects?.orders ?? [], "CertificateRequest", request);
  const challenges = order === undefined ? [] : ownedBy(objects?.challenges ?? [], "Order", order);
  const open = challenges.filter(({ status }) => status?.state !== "valid");
  const hasFailed = (state: string | undefined) => FAILED_STATES.includes(state ?? "");
  const challenge = open.find(({ status }) => hasFailed(status?.state)) ?? open.find(({ status }) => status?.reason);
  const chain = [...challenges, order, request, certificate].filter((each) => each !== undefined);
  const warned = refusalOf(lastWarning(warnings, chain)?.message);

  const challengeSays = refusalOf(
    challenge?.status?.reason,
    hasFailed(challenge?.status?.state) ? "refused" : "pending",
  );
  if (challengeSays !== undefined) return challengeSays;
  const { state, reason } = order?.status ?? {};
  const orderSays = refusalOf(reason, hasFailed(state) ? "refused" : "pending") ?? warned;
  if (orderSays !== undefined) return orderSays;
  if (hasFailed(state)) return { cause: "refused", text: `the order is ${state ?? ""}` };

  const requested = request === undefined ? undefined : conditionOf(request, "Ready");
  const isPending = requested?.reason === "Pending" || requested?.reason === undefined;
  const issuing = conditionOf(certificate, "Issuing");
  return (
    refusalOf(isPending ? undefined : requested.message) ??
    refusalOf(issuing?.status === "False" ? issuing.message : undefined) ??
    // Every order goes through these: said only where nothing else is.
    refusalOf(
      challenges[0] && `waiting for the challenge of ${challenges[0].spec?.dnsName ?? "its name"}`,
      "pending",
    ) ??
    refusalOf(requested?.message, "pending") ??
    refusalOf(conditionOf(certificate, "Ready")?.message, "pending") ?? {
      cause: "pending",
      text: "cert-manager has not looked at it yet",
    }
  );
}
