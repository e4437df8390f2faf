import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OpenApi } from "../../../../local/digitalocean/openapi";
import { Account } from "./account";

/** A description as small as can be, with what OpenAPI 3.0 has of its own. */
const DOCUMENT = {
  paths: {
    "/v2/things": {
      post: {
        security: [{ bearer: ["thing:create"] }],
        parameters: [{ $ref: "#/components/parameters/count" }],
        requestBody: {
          required: true,
          content: {
            "application/json": {
              schema: {
                anyOf: [{ $ref: "#/components/schemas/a" }, { $ref: "#/components/schemas/b" }],
                discriminator: {
                  propertyName: "type",
                  mapping: { A: "#/components/schemas/a", B: "#/components/schemas/b" },
                },
              },
            },
          },
        },
        responses: {
          201: {
            headers: { "ratelimit-limit": {} },
            content: { "application/json": { schema: { $ref: "#/components/schemas/thing" } } },
          },
          204: {},
          default: { content: { "application/json": { schema: { type: "object", required: ["message"] } } } },
        },
      },
    },
  },
  components: {
    parameters: { count: { in: "query", name: "count", schema: { type: "integer", maximum: 3 } } },
    schemas: {
      a: { type: "object", required: ["type", "name"], properties: { type: { type: "string" } } },
      b: { type: "object", required: ["type", "size"], properties: { size: { type: "integer" } } },
      // As in DigitalOcean's own: a pattern that only the older syntax of expressions takes, and null by a word.
      thing: {
        oneOf: [{ type: "object" }, { $ref: "#/components/schemas/named" }],
        required: ["nullable"],
      },
      named: {
        type: "object",
        properties: {
          nullable: { type: "string", nullable: true, enum: ["x"] },
          range: { type: "string", format: "cidr" },
          tag: { type: "string", pattern: "^[a-z\\-\\:]+$" },
        },
      },
    },
  },
};

describe("DigitalOcean's description of its API", () => {
  const folder = mkdtempSync(join(tmpdir(), "openapi-"));
  const file = join(folder, "openapi.json");
  let api: OpenApi;
  before(() => {
    writeFileSync(file, JSON.stringify(DOCUMENT));
    const read = OpenApi.read(file);
    assert.ok(read !== undefined);
    api = read;
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const request = (body: unknown, query = "") =>
    api.requestProblems("POST", "/v2/things", new URLSearchParams(query), body);
  const answer = (status: number, body: unknown, headers = ["ratelimit-limit"]) =>
    api.answerProblems("POST", "/v2/things", status, headers, body);

  it("need not be there", () => {
    assert.equal(OpenApi.read(join(folder, "none.json")), undefined);
  });

  it("judges bodies by the alternative that their type names", () => {
    assert.deepEqual(request({ type: "A", name: "x" }), []);
    assert.deepEqual(request({ type: "A", size: 1 }), [
      "/ must have required property 'name'",
      '/ must match "then" schema',
    ]);
    assert.deepEqual(request({ type: "C" }), ["/type must be equal to one of the allowed values"]);
    assert.deepEqual(request(undefined), ["the body is missing"]);
  });

  it("judges queries as the values that they stand for", () => {
    assert.deepEqual(request({ type: "B", size: 1 }, "count=3&other=x"), []);
    assert.deepEqual(request({ type: "B", size: 1 }, "count=4"), ["count: / must be <= 3"]);
    assert.deepEqual(request({ type: "B", size: 1 }, "count=x"), ["count: / must be integer"]);
  });

  it("judges answers by status, headers and body", () => {
    assert.deepEqual(answer(201, { nullable: null, range: "10.0.0.0/8", tag: "a:b" }), []);
    assert.deepEqual(answer(201, { nullable: "x" }, []), ["the header ratelimit-limit is missing"]);
    assert.deepEqual(answer(201, {}), ["/ must have required property 'nullable'"]);
    assert.deepEqual(answer(204, undefined), []);
    assert.deepEqual(answer(204, {}), ["there is a body where none is described"]);
    assert.deepEqual(answer(200, {}), ["the status 200 is not one of the described"]);
    assert.deepEqual(answer(418, {}), ["/ must have required property 'message'"]);
  });

  it("names scopes, and says nothing of what it does not know", () => {
    assert.deepEqual(api.scopes("POST", "/v2/things"), ["thing:create"]);
    assert.equal(api.scopes("GET", "/v2/things"), undefined);
    assert.deepEqual(api.requestProblems("GET", "/v2/none", new URLSearchParams(), {}), []);
    assert.deepEqual(api.answerProblems("GET", "/v2/none", 200, [], {}), []);
  });

  it("has an emulator without it run unchecked", async () => {
    const account = await Account.open({ openapiFile: join(folder, "none.json") });
    assert.equal(account.emulator.checked, false);
    assert.equal((await account.call("POST", "/v2/vpcs", { name: 5 })).status, 422);
    await account.close();
  });

  it("has the answers of an emulator that are not like it told, and the requests with who sent them", async () => {
    const strange = join(folder, "strange.json");
    const get = { responses: { 200: { content: { "application/json": { schema: { required: ["none"] } } } } } };
    const query = [{ in: "query", name: "page", schema: { type: "integer", maximum: 1 } }];
    writeFileSync(strange, JSON.stringify({ paths: { "/v2/account": { get: { ...get, parameters: query } } } }));
    const account = await Account.open({ openapiFile: strange });
    await account.do("GET", "/v2/account?page=2");
    const { violations, requestViolations } = account.emulator;
    const call = "GET /v2/account";
    assert.deepEqual(violations, [{ call, problem: "200: / must have required property 'none'", userAgent: "test" }]);
    assert.deepEqual(requestViolations, [{ call, problem: "page: / must be <= 1", userAgent: "test" }]);
    await account.emulator.stop();
  });
});
