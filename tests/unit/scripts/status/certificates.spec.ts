import assert from "node:assert/strict";
import { authorityOf, certificateStatus, type CertificateFacts } from "../../../../scripts/status/certificates";
import type { CertManagerObjects } from "../../../../scripts/status/customObjects";
import type { Warning } from "../../../../scripts/status/events";
import { chain, condition, inDays, NOW, type Chain } from "./chain";

const status = (objects: CertManagerObjects | undefined, facts: Partial<CertificateFacts> = {}) =>
  certificateStatus({ objects, warnings: [], wantedSecrets: ["shop-tls"], now: NOW, ...facts });

/** Cause and problem of a certificate that is not there. */
function obstacle(left: Chain, warnings: Warning[] = []): unknown[] {
  const { ok, cause, problem } = status(chain(left), { warnings }) ?? {};
  return [ok, cause, problem];
}

const pending = {
  conditions: [condition("Ready", "False", "Pending", 'Waiting on order shop/shop-tls-1-7: "pending"')],
};
const failed = {
  conditions: [condition("Ready", "False", "Failed", "Failed to wait for order resource to become ready")],
};
const ready = (days: number) => ({
  conditions: [condition("Ready", "True", "Ready", "Certificate is up to date and has not expired")],
  notAfter: inDays(days),
  renewalTime: inDays(days - 30),
});
const accepting = (detail: string) =>
  `Error accepting authorization: acme: authorization error for shop.example.com: 400 urn:ietf:params:acme:error:${detail}`;

describe("A certificate that is issued", () => {
  it("tells its issuer, the days left, and when it will be renewed", () => {
    assert.deepStrictEqual(status(chain({ certificate: ready(62) })), {
      ok: true,
      issuer: "letsencrypt",
      expires: inDays(62),
      daysLeft: 62,
      renewedDaysBefore: 30,
    });
  });
  it("is a problem when it has expired, whatever its condition still says", () => {
    const { ok, problem } = status(chain({ certificate: ready(-1) })) ?? {};
    assert.deepStrictEqual([ok, problem], [false, "expired 24 hours ago"]);
  });
  it("is a problem when its renewal fails, while it is still good", () => {
    const certificate = {
      ...ready(12),
      conditions: [...ready(12).conditions, condition("Issuing", "False", "Failed", "The request has failed")],
      lastFailureTime: inDays(-1),
    };
    const left = {
      certificate,
      request: failed,
      order: { state: "errored", reason: accepting("caa: CAA record for example.com prevents issuance") },
    };
    const { ok, daysLeft, cause, problem } = status(chain(left)) ?? {};
    assert.deepStrictEqual(
      [ok, daysLeft, cause, problem],
      [
        false,
        12,
        "caa",
        "12 days left, but it cannot be renewed: a CAA record forbids it: CAA record for example.com prevents issuance",
      ],
    );
  });
  it("says when another one is served in its place", () => {
    const certificate = {
      issuer: "Acme Fake",
      subject: "fake",
      names: ["shop.example.com"],
      expires: new Date(inDays(3)),
    };
    const { ok, note } =
      status(chain({ certificate: ready(62) }), { served: { certificate, trust: "self-signed" } }) ?? {};
    assert.deepStrictEqual([ok, note], [true, "another one is served, of Acme Fake, 3 days left"]);
  });
  it("is looked for below the one that fails, where an app has several", () => {
    const good = chain({ certificate: ready(62) });
    const bad = chain({ certificate: { conditions: [] } });
    const both = { ...good, certificates: [...good.certificates, ...bad.certificates] };
    assert.deepStrictEqual(status(both)?.ok, false);
  });
});

describe("A certificate that is not issued", () => {
  it("waits for a name that does not resolve: the challenge's own words, shortened", () => {
    const reason =
      "Waiting for HTTP-01 challenge propagation: failed to perform self check GET request " +
      "'http://shop.example.com/.well-known/acme-challenge/x': Get \"http://shop.example.com/.well-known/acme-challenge/x\": " +
      "dial tcp: lookup shop.example.com on 10.96.0.10:53: no such host";
    assert.deepStrictEqual(
      obstacle({ request: pending, order: { state: "pending" }, challenges: [{ state: "pending", reason }] }),
      [false, "unresolved", "not issued: shop.example.com does not resolve yet"],
    );
  });
  it("was refused because the server does not resolve the name", () => {
    const reason = accepting(
      "dns: DNS problem: NXDOMAIN looking up A for shop.example.com - check that a DNS record exists for this domain; " +
        "DNS problem: NXDOMAIN looking up AAAA for shop.example.com - check that a DNS record exists for this domain",
    );
    assert.deepStrictEqual(
      obstacle({ request: failed, order: { state: "invalid" }, challenges: [{ state: "invalid", reason }] }),
      [false, "unresolved", "not issued: DNS problem: NXDOMAIN looking up A for shop.example.com"],
    );
  });
  it("was refused because the server cannot connect", () => {
    const reason = accepting(
      "connection: 203.0.113.9: Fetching http://shop.example.com/.well-known/acme-challenge/x: Timeout during connect (likely firewall problem)",
    );
    const [ok, cause] = obstacle({
      request: failed,
      order: { state: "invalid" },
      challenges: [{ state: "invalid", reason }],
    });
    assert.deepStrictEqual([ok, cause], [false, "unreachable"]);
  });
  it("was refused by the rate limit, as the order says", () => {
    const reason =
      "Failed to create Order: 429 urn:ietf:params:acme:error:rateLimited: too many certificates (5) already issued for " +
      "this exact set of identifiers in the last 168h0m0s, retry after 2026-03-02 07:14:01 UTC: see https://letsencrypt.org/docs/rate-limits/#x";
    assert.deepStrictEqual(obstacle({ request: failed, order: { state: "errored", reason } }), [
      false,
      "rate-limited",
      "not issued: the server's rate limit is reached: too many certificates (5) already issued for this exact set of " +
        "identifiers in the last 168h0m0s, retry after 2026-03-02 07:14:01 UTC",
    ]);
  });
  it("was refused by a CAA record, though every challenge went well", () => {
    const reason =
      "Failed to finalize Order: 403 urn:ietf:params:acme:error:caa: CAA record for example.com prevents issuance";
    const challenges = [{ state: "valid", reason: "Successfully authorized domain" }];
    assert.deepStrictEqual(obstacle({ request: failed, order: { state: "errored", reason }, challenges }), [
      false,
      "caa",
      "not issued: a CAA record forbids it: CAA record for example.com prevents issuance",
    ]);
  });
  it("waits for an issuer whose e-mail address the server refuses", () => {
    const message =
      "Failed to register ACME account: 400 urn:ietf:params:acme:error:invalidContact: Error validating contact(s) :: " +
      'contact email has forbidden domain "example.com"';
    const issuer = { status: { conditions: [condition("Ready", "False", "ErrRegisterACMEAccount", message)] } };
    assert.deepStrictEqual(obstacle({ issuer, request: pending }), [
      false,
      "contact",
      "not issued: the issuer letsencrypt is not ready: the e-mail address is refused: Error validating contact(s) :: " +
        'contact email has forbidden domain "example.com"',
    ]);
  });
  it("waits for an issuer that there is not", () => {
    const objects = { ...chain({}), clusterIssuers: [] };
    assert.deepStrictEqual(status(objects)?.problem, "not issued: there is no ClusterIssuer letsencrypt");
  });
  it("has the newest warning for its reason where no status says more", () => {
    const about = { kind: "Order", name: "shop-tls-1-7", uid: "uid-of-shop-tls-1-7" };
    const warnings = [
      { about, reason: "Old", message: "older", lastMs: 1 },
      { about, reason: "Failed", message: "the server is down for maintenance", lastMs: 2 },
      { about: { ...about, uid: "another" }, reason: "Other", message: "another order's", lastMs: 3 },
    ];
    assert.deepStrictEqual(obstacle({ request: pending, order: { state: "pending" } }, warnings), [
      false,
      "refused",
      "not issued: the server is down for maintenance",
    ]);
  });
  it("is pending while its challenge is, and while nobody has looked at it", () => {
    assert.deepStrictEqual(
      [
        obstacle({ request: pending, order: { state: "pending" }, challenges: [{ state: "pending" }] }),
        obstacle({ request: pending }),
        obstacle({}),
        obstacle({ certificate: {} }),
      ],
      [
        [false, "pending", "not issued yet: waiting for the challenge of shop.example.com"],
        [false, "pending", 'not issued yet: Waiting on order shop/shop-tls-1-7: "pending"'],
        [false, "pending", "not issued yet: Issuing certificate as Secret does not exist"],
        [false, "pending", "not issued yet: cert-manager has not looked at it yet"],
      ],
    );
  });
  it("goes by the order of its newest request, not by that of an earlier certificate of the same name", () => {
    const objects = chain({ request: pending, order: { state: "errored", reason: "of another life" } });
    for (const { metadata } of objects.requests)
      metadata.ownerReferences = [{ kind: "Certificate", name: "shop-tls", uid: "old" }];
    assert.deepStrictEqual(status(objects)?.problem, "not issued yet: Issuing certificate as Secret does not exist");
  });
});

describe("A certificate that nobody made", () => {
  const none = { ...chain({}), certificates: [] };
  it("is a problem where an Ingress wants one", () => {
    assert.deepStrictEqual(status(none), {
      ok: false,
      cause: "issuer",
      problem: "none: cert-manager has made no Certificate for the Secret shop-tls",
    });
  });
  it("is none where nothing wants one, or cert-manager is not installed", () => {
    assert.deepStrictEqual([status(none, { wantedSecrets: [] }), status(undefined)], [undefined, undefined]);
  });
  it("is the one that is served, where that can be verified", () => {
    const certificate = {
      issuer: "R11",
      subject: "shop",
      names: ["shop.example.com"],
      expires: new Date(inDays(40.5)),
    };
    assert.deepStrictEqual(status(undefined, { served: { certificate, trust: "verified" } }), {
      ok: true,
      issuer: "R11",
      expires: inDays(40.5),
      daysLeft: 40,
    });
  });
});

describe("The authority of an app's certificates", () => {
  it("is read off its issuer", () => {
    const by = (spec: object) => authorityOf(chain({ issuer: { spec } }));
    assert.deepStrictEqual(
      [
        by({ acme: { server: "https://acme-v02.api.letsencrypt.org/directory" } }),
        by({ acme: { server: "https://acme-staging-v02.api.letsencrypt.org/directory" } }),
        by({ selfSigned: {} }),
        by({ ca: { secretName: "ca" } }),
        authorityOf(undefined),
      ],
      ["public", "staging", "private", "private", "unknown"],
    );
  });
});
