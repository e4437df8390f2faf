import assert from "node:assert/strict";
import type { Answer } from "../../../../scripts/status/probe";
import { type Authority, canBeAsked, unasked, urlStatus } from "../../../../scripts/status/urls";
import { inDays, NOW } from "./chain";

const url = "https://shop.example.com";
const certificate = { issuer: "Pebble", subject: "x", names: ["a.test", "b.test"], expires: new Date(inDays(-3)) };
const judged = (answer: Partial<Answer>, authority: Authority = "public") => {
  const { ok, note, problem } = urlStatus(
    { url, status: 200, milliseconds: 34, certificate, ...answer },
    authority,
    NOW,
  );
  return [ok, note ?? problem];
};

describe("The status of a URL", () => {
  it("is good with an answer below 500, and holds its code and time", () => {
    assert.deepStrictEqual(urlStatus({ url, status: 404, milliseconds: 5, trust: "verified" }, "public", NOW), {
      url,
      ok: true,
      status: 404,
      milliseconds: 5,
    });
  });
  it("is bad with an answer from 500, and without one", () => {
    assert.deepStrictEqual(
      [judged({ status: 503, trust: "verified" }), judged({ failure: "does not resolve yet" })],
      [
        [false, "answers 503"],
        [false, "does not resolve yet"],
      ],
    );
  });
  it("is bad when nobody can verify the certificate, where the issuer is one that is trusted", () => {
    assert.deepStrictEqual(
      [judged({ trust: "self-signed" }), judged({ trust: "unknown authority" })],
      [
        [false, "not verified: self-signed"],
        [false, "not verified: issued by an authority that is not known here, Pebble (--ca names one)"],
      ],
    );
  });
  it("is good when nobody can verify the certificate, where the issuer is self-signed or staging, and says so", () => {
    assert.deepStrictEqual(
      [judged({ trust: "self-signed" }, "private"), judged({ trust: "unknown authority" }, "staging")],
      [
        [true, "not verified: self-signed"],
        [true, "not verified: a staging certificate"],
      ],
    );
  });
  it("is bad with an expired certificate or one for another name, whoever issues them", () => {
    assert.deepStrictEqual(
      [judged({ trust: "expired" }, "private"), judged({ trust: "wrong name" }, "staging")],
      [
        [false, "its certificate expired 3 days ago"],
        [false, "its certificate is for another name: a.test, b.test"],
      ],
    );
  });
  it("is not asked for of a wildcard", () => {
    assert.deepStrictEqual(
      [canBeAsked("https://*.example.com"), canBeAsked(url), unasked("https://*.example.com")],
      [false, true, { url: "https://*.example.com", ok: true, note: "not asked: a wildcard" }],
    );
  });
});
