import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { ApiError, type ClientOptions, DigitalOceanClient } from "../../../../lib/digitalocean/client";
import { type AccountServer, type FixedAnswer, startAccount, TOKEN, vendorError } from "../../../support/accountServer";
import { deadUrl, startServer } from "../../../support/httpServer";

const thing = z.object({ name: z.string() });
const fine: FixedAnswer = { body: { name: "it", more: true } };

describe("the client of DigitalOcean's API", () => {
  let server: AccountServer | undefined;
  let pauses: number[] = [];

  const clientAt = (url: string, options: Partial<ClientOptions> = {}) =>
    new DigitalOceanClient({
      url,
      token: TOKEN,
      pause: (milliseconds) => {
        pauses.push(milliseconds);
        return Promise.resolve();
      },
      ...options,
    });
  const clientFor = async (changes: Parameters<typeof startAccount>[0], options: Partial<ClientOptions> = {}) => {
    server = await startAccount(changes);
    return clientAt(server.url, options);
  };
  const failure = async (answer: Promise<unknown>): Promise<ApiError> => {
    const error = await answer.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof ApiError, String(error));
    return error;
  };

  beforeEach(() => {
    pauses = [];
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  it("sends the token in a header, and gives the fields that are wanted of the answer", async () => {
    const client = await clientFor({ "GET /v2/thing": fine });
    assert.deepStrictEqual(await client.get("/v2/thing", thing), { name: "it" });
  });

  it("takes an address with a slash at its end", async () => {
    await clientFor({ "GET /v2/thing": fine });
    assert.deepStrictEqual(await clientAt(`${server?.url ?? ""}/`).get("/v2/thing", thing), { name: "it" });
  });

  it("reads a list to its last page, 200 at a time", async () => {
    const page = (name: string, next: boolean): FixedAnswer => ({
      body: { things: [{ name }], links: next ? { pages: { next: "http://192.0.2.1/v2/things?page=9" } } : {} },
    });
    const client = await clientFor({ "GET /v2/things": [page("a", true), page("b", true), page("c", false)] });
    assert.deepStrictEqual(await client.list("/v2/things", "things", thing), [
      { name: "a" },
      { name: "b" },
      { name: "c" },
    ]);
    // The page after is asked for at the API's own address, never at one that stands in an answer: the token goes along.
    assert.deepStrictEqual(server?.asked, [
      "GET /v2/things?page=1&per_page=200",
      "GET /v2/things?page=2&per_page=200",
      "GET /v2/things?page=3&per_page=200",
    ]);
  });

  it("takes a list without its key for an empty one", async () => {
    const client = await clientFor({ "GET /v2/things": { body: {} } });
    assert.deepStrictEqual(await client.list("/v2/things", "things", thing), []);
  });

  it("posts JSON, and takes an empty answer", async () => {
    const bodies: string[] = [];
    const { url, stop } = await startServer((request, response) => {
      request.setEncoding("utf8").on("data", (text: string) => bodies.push(text));
      request.on("end", () => response.writeHead(204).end());
    });
    await clientAt(url).post("/v2/question", { name: "free" });
    await stop();
    assert.deepStrictEqual(bodies, ['{"name":"free"}']);
  });

  it("tells the vendor's status, id, sentence and request", async () => {
    const client = await clientFor({ "GET /v2/thing": vendorError(422, "unprocessable_entity", "It is not so.") });
    const { message, question, status, id, reason, requestId } = await failure(client.get("/v2/thing", thing));
    assert.deepStrictEqual(
      { message, question, status, id, reason, requestId },
      {
        message: "GET /v2/thing: 422 It is not so. (request 4d9d8375)",
        question: "GET /v2/thing",
        status: 422,
        id: "unprocessable_entity",
        reason: "It is not so.",
        requestId: "4d9d8375",
      },
    );
    assert.deepStrictEqual(server?.asked.length, 1);
  });

  it("waits as long as a rate limit asks, but for ten seconds at most, and asks again", async () => {
    const limited = (seconds: string): FixedAnswer => ({
      ...vendorError(429, "too_many_requests", "Too many requests"),
      headers: { "retry-after": seconds },
    });
    const client = await clientFor({ "GET /v2/thing": [limited("3"), limited("3600"), fine] });
    assert.deepStrictEqual(await client.get("/v2/thing", thing), { name: "it" });
    assert.deepStrictEqual(pauses, [3_000, 10_000]);
  });

  it("takes a date for the end of a rate limit", async () => {
    const until = new Date(Date.now() + 5_000).toUTCString();
    const limited = { ...vendorError(429, "too_many_requests", "Too many"), headers: { "retry-after": until } };
    const client = await clientFor({ "GET /v2/thing": [limited, fine] });
    await client.get("/v2/thing", thing);
    assert.ok((pauses[0] ?? 0) > 2_000 && (pauses[0] ?? 0) <= 5_000, String(pauses[0]));
  });

  it("asks again after a fault of the API and after a cut connection, each time later", async () => {
    const fault: FixedAnswer = { status: 503, body: "<html>busy</html>" };
    const client = await clientFor({ "GET /v2/thing": [fault, { cut: true }, { status: 500 }, fine] });
    assert.deepStrictEqual(await client.get("/v2/thing", thing), { name: "it" });
    assert.deepStrictEqual(pauses, [500, 1_000, 2_000]);
  });

  it("gives up after four tries, with what the last one met", async () => {
    const faults = ["first", "second", "third", "last", "never"].map((text) => vendorError(500, "server_error", text));
    const client = await clientFor({ "GET /v2/thing": faults });
    assert.deepStrictEqual((await failure(client.get("/v2/thing", thing))).reason, "last");
    assert.deepStrictEqual(server?.asked.length, 4);
  });

  it("does not start a pause that outlasts the time it has", async () => {
    const limited = {
      ...vendorError(429, "too_many_requests", "Too many requests"),
      headers: { "retry-after": "8" },
    };
    const client = await clientFor({ "GET /v2/thing": [limited, fine] }, { totalMs: 5_000 });
    assert.deepStrictEqual((await failure(client.get("/v2/thing", thing))).status, 429);
    assert.deepStrictEqual(pauses, []);
  });

  for (const status of [400, 401, 403, 404, 409, 412, 422]) {
    it(`asks once only when the answer is ${status}: it would be the same again`, async () => {
      const client = await clientFor({ "GET /v2/thing": [vendorError(status, "no", "No."), fine] });
      assert.deepStrictEqual((await failure(client.get("/v2/thing", thing))).status, status);
    });
  }

  it("waits for one answer as long as it may, no longer", async () => {
    const { url, stop } = await startServer((_, response) => {
      void setTimeout(2_000).then(() => response.end("{}"));
    });
    const error = await failure(clientAt(url, { requestMs: 100, tries: 2 }).get("/v2/thing", thing));
    await stop();
    assert.deepStrictEqual(error.status, undefined);
    assert.deepStrictEqual(error.message, "GET /v2/thing: no answer within 0.1 s");
  });

  it("tells why nobody answered", async () => {
    const url = await deadUrl();
    const { message } = await failure(clientAt(url).get("/v2/thing", thing));
    assert.match(message, /^GET \/v2\/thing: no answer: .*ECONNREFUSED/);
    assert.deepStrictEqual(pauses, [500, 1_000, 2_000]);
  });

  it("does not follow a redirection: it would take the token elsewhere", async () => {
    const elsewhere = { status: 302, headers: { location: "http://192.0.2.1/" } };
    const client = await clientFor({ "GET /v2/thing": elsewhere });
    assert.deepStrictEqual((await failure(client.get("/v2/thing", thing))).status, 302);
  });

  it("tells an answer that is not the API's, and where it differs", async () => {
    const client = await clientFor({
      "GET /v2/thing": { body: { name: 7 } },
      "GET /v2/page": { body: "<html>Log in to the hotel's network</html>" },
    });
    assert.deepStrictEqual(
      (await failure(client.get("/v2/thing", thing))).message,
      'GET /v2/thing: an answer that is not of the API\'s form, at "name"',
    );
    assert.deepStrictEqual(
      (await failure(client.get("/v2/page", thing))).message,
      "GET /v2/page: an answer that is not JSON; does DIGITALOCEAN_API_URL name the API?",
    );
  });

  it("keeps the token out of what it tells, even when the other side repeats it", async () => {
    const echo = vendorError(403, "forbidden", `the token ${TOKEN} may not`);
    const client = await clientFor({ "GET /v2/thing": echo });
    const error = await failure(client.get("/v2/thing", thing));
    assert.deepStrictEqual(error.reason, "the token [token] may not");
    assert.ok(!JSON.stringify([error, error.stack, error.cause]).includes(TOKEN));
  });
});
