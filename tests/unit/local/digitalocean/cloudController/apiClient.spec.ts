import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiClient } from "../../../../../local/digitalocean/cloudController/apiClient";
import { startServer, type HttpServer } from "../../../../support/httpServer";

type Answer = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_, outgoing) =>
    outgoing.writeHead(status, headers).end(JSON.stringify(body));
const cut: Answer = (incoming) => incoming.socket.destroy();

describe("the controllers' client of the API", () => {
  let server: HttpServer;
  let answers: Answer[];
  let asked: string[];
  let api: ApiClient;
  beforeEach(async () => {
    answers = [];
    asked = [];
    server = await startServer((incoming, outgoing) => {
      asked.push(`${incoming.method ?? ""} ${incoming.url ?? ""}`);
      (answers.shift() ?? json(500, { message: "nothing prepared" }))(incoming, outgoing);
    });
    api = new ApiClient({ url: server.url, token: "t", attempts: 3, pauseSeconds: 0.01 });
  });
  afterEach(async () => {
    await server.stop();
  });

  it("asks again when the API is busy, down, or cuts the line", async () => {
    for (const bad of [json(429, {}, { "retry-after": "0" }), json(503, {}), cut]) {
      answers = [bad, json(200, { good: true })];
      assert.deepEqual(await api.request("GET", "/v2/x"), { good: true });
    }
  });

  it("does not send a creation again that may have been done", async () => {
    for (const [bad, times] of [
      [cut, 1],
      [json(500, { message: "broken" }), 1],
      [json(429, { message: "slow down" }, { "retry-after": "0" }), 3],
    ] as const) {
      asked = [];
      answers = [bad, bad, bad];
      await assert.rejects(api.request("POST", "/v2/x", {}));
      assert.equal(asked.length, times);
    }
  });

  it("fails with the vendor's message, and the request's id", async () => {
    answers = [json(422, { id: "unprocessable_entity", message: "limit reached", request_id: "r1" })];
    await assert.rejects(api.request("POST", "/v2/x", {}), {
      name: "ApiError",
      status: 422,
      message: `POST ${server.url}/v2/x: 422 (request "r1") limit reached`,
    });
  });

  it("takes what is missing for an answer where it may be missing", async () => {
    answers = [json(404, {}), json(404, {})];
    assert.equal(await api.find("/v2/x/1"), undefined);
    await api.remove("/v2/x/1");
  });

  it("reads a list to its last page", async () => {
    answers = [json(200, { xs: [1, 2], links: { pages: { next: "…" } } }), json(200, { xs: [3], links: {} })];
    assert.deepEqual(await api.list("/v2/xs?region=fra1", "xs"), [1, 2, 3]);
    assert.deepEqual(asked, [
      "GET /v2/xs?region=fra1&page=1&per_page=200",
      "GET /v2/xs?region=fra1&page=2&per_page=200",
    ]);
  });
});
