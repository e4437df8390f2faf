import { deepStrictEqual, match, rejects, strictEqual } from "node:assert/strict";
import type { RequestListener } from "node:http";
import { Client, pauseSeconds } from "../../../../../local/providers/digitalocean/client";
import { clientSettings } from "../../../../../local/providers/digitalocean";
import { deadUrl, type HttpServer, startServer } from "../../../../support/httpServer";

const settings = (url: string, retries = 4) => ({
  url,
  token: "t0ken",
  retries,
  waitSeconds: { least: 0.01, most: 1 },
});

describe("The stand-in's API client", () => {
  let server: HttpServer | undefined;
  const serve = async (answer: RequestListener): Promise<string> => {
    server = await startServer(answer);
    return server.url;
  };
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  it("sends a request again when it was too much, failed, or was cut off", async () => {
    let times = 0;
    const url = await serve((request, response) => {
      times++;
      if (times === 1) response.writeHead(429, { "Retry-After": "0" }).end();
      else if (times === 2) response.writeHead(503).end();
      else if (times === 3) request.socket.destroy();
      else response.end(JSON.stringify({ token: request.headers.authorization }));
    });
    deepStrictEqual(await new Client(settings(url)).post("/v2/vpcs", {}), { token: "Bearer t0ken" });
    strictEqual(times, 4);
  });

  it("gives up after four more tries, and says so", async () => {
    let times = 0;
    const url = await serve((_, response) => {
      times++;
      response.writeHead(500, { "x-request-id": "r1" }).end(JSON.stringify({ message: "oh no" }));
    });
    await rejects(new Client(settings(url)).get("/v2/account"), {
      message: `GET ${url}/v2/account: 500 (request "r1") oh no; giving up after 5 attempt(s)`,
    });
    strictEqual(times, 5);
  });

  it("takes a refusal as it is", async () => {
    let times = 0;
    const url = await serve((_, response) => {
      times++;
      const said = { id: "unprocessable_entity", message: "not that one", request_id: "abc" };
      response.writeHead(422).end(JSON.stringify(said));
    });
    await rejects(new Client(settings(url)).post("/v2/vpcs", {}), {
      message: `POST ${url}/v2/vpcs: 422 (request "abc") not that one`,
    });
    strictEqual(times, 1);
  });

  it("says when nobody answers", async () => {
    const url = await deadUrl();
    await rejects(new Client(settings(url, 1)).get("/v2/account"), (error: Error) => {
      match(
        error.message,
        /^Get "http:\/\/127\.0\.0\.1:\d+\/v2\/account": dial tcp 127\.0\.0\.1:\d+: connect: connection refused$/,
      );
      return true;
    });
  });

  it("waits as long as the API asks, else twice as long each time", () => {
    const wait = { least: 1, most: 30 };
    deepStrictEqual(
      [0, 1, 2, 3, 9].map((tries) => pauseSeconds(tries, wait)),
      [1, 2, 4, 8, 30],
    );
    strictEqual(pauseSeconds(0, wait, { status: 429, retryAfter: "7" }), 7);
    strictEqual(pauseSeconds(0, wait, { status: 500, retryAfter: "7" }), 1);
    const date = "Mon, 23 Nov 2026 10:00:05 GMT";
    strictEqual(pauseSeconds(0, wait, { status: 503, retryAfter: date }, Date.parse("2026-11-23T10:00:00Z")), 5);
  });

  it("collects the pages of a list", async () => {
    const url = await serve((request, response) => {
      const page = Number(new URL(request.url ?? "", "http://x").searchParams.get("page"));
      const links = page < 3 ? { pages: { next: "more" } } : {};
      response.end(JSON.stringify({ sizes: [page], links }));
    });
    deepStrictEqual(await new Client(settings(url)).all("/v2/sizes", "sizes"), [1, 2, 3]);
  });

  it("takes the address and the token from the settings, else from the environment", () => {
    const environment = { DIGITALOCEAN_ACCESS_TOKEN: "a", DIGITALOCEAN_API_URL: "http://api" };
    const found = clientSettings({}, environment);
    deepStrictEqual([found.url, found.token, found.retries], ["http://api", "a", 4]);
    const given = clientSettings({ apiEndpoint: "http://other", token: "b", httpRetryMax: "1" }, environment);
    deepStrictEqual([given.url, given.token, given.retries], ["http://other", "b", 1]);
    strictEqual(clientSettings({}, {}).url, "https://api.digitalocean.com");
  });
});
