import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { OperationFailed } from "../../../../local/engine/stack";
import { startAccount, type AccountServer, vendorError } from "../../../support/accountServer";
import { type HttpServer, startServer } from "../../../support/httpServer";
import { app } from "../../../support/stackFiles";
import { lendingFile, Team } from "./team";

const OK = { status: 200 };
const FAILED = new OperationFailed('The up of "review-7" failed: timed out', [], []);

describe("npm run review -- up", () => {
  let team: Team | undefined;
  let server: AccountServer | HttpServer | undefined;
  const teamOf = (changes: Record<string, unknown> = {}) => (team = new Team(lendingFile(changes)));
  afterEach(async () => {
    team?.remove();
    await server?.stop();
    [team, server] = [undefined, undefined];
  });

  it("deploys the stack of the pull request, and tells where it answers and when it goes", async () => {
    const it = teamOf({ review: { maxAgeDays: 3 } });
    assert.deepStrictEqual(await it.up(OK), "");
    assert.deepStrictEqual(it.done, ["up review-7", "close review-7"]);
    const [{ name, config, secrets } = assert.fail()] = it.opened;
    assert.deepStrictEqual(
      [name, config["cluster"], config["registry"], secrets],
      ["review-7", { kind: "shared", stack: "dev" }, { kind: "digitalocean", create: false, name: "team" }, []],
    );
    assert.match(it.printed, /^\nReview app 7 is up after \d+ s:\n\n {2}shop {2}http:\/\/7\.review\.example\.com\n\n/);
    assert.match(it.printed, /npm run review -- down 7\n.* from 2026-11-29 on, 3 days after its last deployment\.\n$/);
    assert.deepStrictEqual(it.told, []);
  });

  it("tells the pull request of it", async () => {
    const it = teamOf();
    assert.deepStrictEqual(await it.up(OK, true), "");
    assert.deepStrictEqual(it.told, [
      {
        number: 7,
        state: "up",
        urls: { shop: "http://7.review.example.com" },
        expires: "2026-12-03T12:00:00.000Z",
        commit: "0123456789abcdef0123456789abcdef01234567",
      },
    ]);
  });

  it("tells the pull request's own newest commit: the one that is checked out is its merge, which nobody knows", async () => {
    const it = teamOf();
    const event = join(it.folder, "event.json");
    writeFileSync(event, JSON.stringify({ pull_request: { number: 7, head: { sha: "c0ffee" } } }));
    it.env = { GITHUB_EVENT_PATH: event };
    assert.deepStrictEqual(await it.up(OK, true), "");
    it.fails = () => FAILED;
    await it.up(OK, true);
    assert.deepStrictEqual(
      it.told.map((review) => "commit" in review && `${review.state} ${review.commit}`),
      ["up c0ffee", "failed c0ffee"],
    );
  });

  it("asks DigitalOcean for the account in the name of the registry, where its config gives none", async () => {
    server = await startAccount();
    const it = teamOf({ registry: { kind: "digitalocean" } });
    it.env = (server as AccountServer).env;
    assert.deepStrictEqual(await it.up(OK), "");
    const { name } = it.opened[0]?.config["registry"] as { name: string };
    assert.match(name, /^flask-doks-dev-[0-9a-f]{6}$/);
    assert.deepStrictEqual((server as AccountServer).asked, ["GET /v2/account"]);
  });

  it("says so where DigitalOcean does not tell it", async () => {
    server = await startAccount({ "GET /v2/account": vendorError(401, "Unauthorized", "no") });
    const it = teamOf({ registry: { kind: "digitalocean" } });
    it.env = (server as AccountServer).env;
    assert.match(await it.up(OK), /^DIGITALOCEAN_TOKEN: DigitalOcean refuses it \(401/);
    it.env = {};
    assert.match(await it.up(OK), /^DIGITALOCEAN_TOKEN: is not set/);
    assert.deepStrictEqual(it.opened, []);
  });

  it("gives the app secrets of its own, from the environment", async () => {
    const shop = app({
      name: "shop",
      expose: "ingress",
      hosts: ["example.com"],
      secrets: { API_KEY: { secure: "v1" } },
    });
    const registry = { kind: "external", server: "ghcr.io/team", username: "bot", password: { secure: "v1" } };
    const it = teamOf({ apps: [shop], registry });
    assert.deepStrictEqual(
      await it.up(OK),
      "A review app gets none of the secrets of Pulumi.dev.yaml, for its code is not reviewed yet. Set in the " +
        "environment, each to a value that may leak: REGISTRY_PASSWORD, REVIEW_API_KEY",
    );
    assert.deepStrictEqual(it.opened.length, 0);
    it.env = { REGISTRY_PASSWORD: "p4ss", REVIEW_API_KEY: "k3y" };
    assert.deepStrictEqual(await it.up(OK), "");
    const [{ config, secrets } = assert.fail()] = it.opened;
    assert.deepStrictEqual(secrets, [
      { path: "registry.password", value: "p4ss" },
      { path: "apps[0].secrets.API_KEY", value: "k3y" },
    ]);
    assert.ok(!/p4ss|k3y/.test(JSON.stringify(config)));
  });

  it("is refused without a stack file, and without a way in to share, before anything is opened", async () => {
    const it = teamOf({ apps: [app({ name: "shop", expose: "loadBalancer" })] });
    const base = await it.run("up", "7", "--base", "staging");
    assert.deepStrictEqual(base, "There is no Pulumi.staging.yaml here. There are: dev.");
    assert.match(await it.up(OK), /^The stack "dev" has no way in to share with review apps/);
    assert.deepStrictEqual(it.opened, []);
  });

  it("ends with what its pods say when it does not come up, and tells the pull request", async () => {
    const conditions = [{ type: "PodScheduled", status: "False", message: "1 Insufficient memory." }];
    const pods = [{ metadata: { name: "shop-1" }, status: { phase: "Pending", conditions } }];
    const asked: string[] = [];
    server = await startServer(({ url = "" }, response) => {
      asked.push(url);
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ items: pods }));
    });
    const it = teamOf();
    it.api = server.url;
    it.fails = () => FAILED;
    const said = await it.up(OK, true);
    assert.deepStrictEqual(said.split("\n"), [
      'The up of "review-7" failed: timed out',
      "Pod review-7-shop/shop-1: no node has room for it: 1 Insufficient memory.",
      "The nodes have no room left: lower apps[].resources.requests or apps[].replicas, or add nodes.",
    ]);
    assert.ok(
      asked.every((path) => path.startsWith("/api/v1/namespaces/review-7-shop/")),
      asked.join("\n"),
    );
    assert.deepStrictEqual(it.done.at(-1), "close review-7");
    const commit = "0123456789abcdef0123456789abcdef01234567";
    assert.deepStrictEqual(it.told, [{ number: 7, state: "failed", error: said, commit }]);
  });

  it("ends with what its URL says when that does not answer", async () => {
    const it = teamOf();
    assert.deepStrictEqual(
      await it.up({ status: 503 }),
      "http://7.review.example.com is deployed, and does not answer: answers 503.\nHow it is: npm run status -- review-7",
    );
    assert.deepStrictEqual([it.printed, it.done], ["", ["up review-7", "close review-7"]]);
  });

  it("ends with its own failure where the pull request cannot be told of it", async () => {
    const it = teamOf();
    it.silent = new Error("GitHub is away");
    assert.match(await it.up({ failure: "refuses connections" }, true), /does not answer: refuses connections\./);
    assert.deepStrictEqual(it.notes.at(-1), "The pull request was not told: GitHub is away");
  });

  it("tells the pull request of a defect without its stack trace", async () => {
    const it = teamOf();
    it.fails = () => new TypeError("undefined is not a function");
    await assert.rejects(it.up(OK, true), TypeError);
    assert.deepStrictEqual(
      it.told.map((review) => "error" in review && review.error),
      ["It ended with a defect of the program: see the log."],
    );
  });
});
