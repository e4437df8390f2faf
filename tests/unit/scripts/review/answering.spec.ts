import assert from "node:assert/strict";
import { UserError } from "../../../../local/steps";
import { untilAnswered } from "../../../../scripts/review/answering";
import type { Answer, Trust } from "../../../../scripts/status/probe";
import { startServer } from "../../../support/httpServer";

const URL_OF_SHOP = "https://7.review.example.com";

/** What is answered with a certificate, and how far that can be trusted. */
const answer = (status: number, trust: Trust): Answer => ({
  url: URL_OF_SHOP,
  status,
  trust,
  certificate: { issuer: "Pebble", subject: "", names: ["default"], expires: new Date() },
});

describe("a review app that is waited for", () => {
  /** Waits for answers that are given one after the other, the last again and again; gives what was noted. */
  async function noted(answers: Answer[]): Promise<string[]> {
    const notes: string[] = [];
    const left = [...answers];
    const ask = () => Promise.resolve((left.length > 1 ? left.shift() : left[0]) ?? assert.fail());
    const step = async <T>(_title: string, work: () => Promise<T> | T) => work();
    const how = { step, note: (text: string) => notes.push(text) };
    await untilAnswered([["shop", URL_OF_SHOP]], how, { waitMs: 20, pauseMs: 1, ask });
    assert.deepStrictEqual(left.length, 1, "it did not wait for the last answer");
    return notes;
  }

  it("answers when the certificate is for its name: until then the controller's own is served", async () => {
    const url = URL_OF_SHOP;
    const waiting = [{ url, failure: "does not resolve yet" }, answer(404, "wrong name"), answer(503, "verified")];
    assert.deepStrictEqual(await noted([...waiting, answer(200, "verified")]), []);
  });

  it("may have a certificate of an authority that is not known here", async () => {
    assert.deepStrictEqual(await noted([answer(200, "unknown authority")]), [
      "Its certificate is not verified: issued by an authority that is not known here, Pebble.",
    ]);
  });

  it("is told of with the last answer when its time is over", async () => {
    await assert.rejects(noted([answer(200, "wrong name")]), (error) => {
      assert.ok(error instanceof UserError);
      assert.deepStrictEqual(
        error.message,
        `${URL_OF_SHOP} is deployed, and does not answer: its certificate is for another name: default.`,
      );
      return true;
    });
  });

  it("is asked at the load balancer, whatever its name resolves to", async () => {
    const hosts: (string | undefined)[] = [];
    const server = await startServer(({ headers }, response) => {
      hosts.push(headers.host);
      response.end();
    });
    const { port } = new URL(server.url);
    const step = async <T>(_title: string, work: () => Promise<T> | T) => work();
    try {
      const url = `http://7.review.nowhere.invalid:${port}`;
      await untilAnswered([["shop", url]], { address: "127.0.0.1", step, note: () => undefined }, { waitMs: 0 });
      assert.deepStrictEqual(hosts, [`7.review.nowhere.invalid:${port}`]);
    } finally {
      await server.stop();
    }
  });
});
