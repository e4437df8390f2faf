import assert from "node:assert/strict";
import { refusalOf } from "../../../../scripts/status/refusals";

const self = (rest: string) =>
  `Waiting for HTTP-01 challenge propagation: failed to perform self check GET request 'http://a.test/.well-known/acme-challenge/x': ${rest}`;
const get = 'Get "http://a.test/.well-known/acme-challenge/x"';

describe("What cert-manager and ACME servers say", () => {
  const cases: [string, string, string, string][] = [
    [
      "a name that does not resolve",
      self(`${get}: dial tcp: lookup a.test on 10.96.0.10:53: no such host`),
      "unresolved",
      "a.test does not resolve yet",
    ],
    [
      "a refused connection",
      self(`${get}: dial tcp 203.0.113.9:80: connect: connection refused`),
      "unreachable",
      "http://a.test refuses connections from the cluster",
    ],
    [
      "no answer",
      self(`${get}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)`),
      "unreachable",
      "http://a.test cannot be reached from the cluster: no answer",
    ],
    [
      "a wrong answer",
      self("").replace(/: failed.*/, ": wrong status code '404', expected '200'"),
      "unreachable",
      "the challenge's address answers 404: the name leads elsewhere, or the Ingress is not served",
    ],
    [
      "a record that is on its way",
      'Waiting for DNS-01 challenge propagation: DNS record for "a.test" not yet propagated',
      "pending",
      "waiting for the DNS record of a.test to be seen everywhere",
    ],
    [
      "an error of the server's that has no case of its own",
      "Failed to finalize Order: 400 urn:ietf:params:acme:error:badCSR: the key is weak.",
      "refused",
      "the server refuses: the key is weak",
    ],
    [
      "a name that the server does not issue for",
      "Failed to create Order: 400 urn:ietf:params:acme:error:rejectedIdentifier: Domain name is an IP address",
      "refused",
      "the server does not issue for this name: Domain name is an IP address",
    ],
    ["anything else", "  something\n  odd. ", "refused", "something odd"],
  ];
  for (const [what, said, cause, text] of cases) {
    it(`is put shortly: ${what}`, () => {
      assert.deepStrictEqual(refusalOf(said), { cause, text });
    });
  }
  it("is nothing where it is empty", () => {
    assert.deepStrictEqual([refusalOf(undefined), refusalOf(" ")], [undefined, undefined]);
  });
});
