import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { canAskGithub, githubFrom } from "../../../../scripts/github/github";
import { runUrlOf } from "../../../../scripts/github/run";
import { startGithub, type GithubServer } from "../../../support/githubServer";
import { startServer } from "../../../support/httpServer";

const TOKEN = "ghs_0123456789abcdef";
const from = (url: string) =>
  githubFrom(
    { GITHUB_TOKEN: TOKEN, GITHUB_REPOSITORY: "ada/shop", GITHUB_API_URL: url },
    { pause: () => Promise.resolve() },
  );

describe("GitHub, as the pipelines see it", () => {
  let github: GithubServer;
  before(async () => {
    github = await startGithub({ repository: "ada/shop", token: TOKEN });
  });
  after(() => github.stop());

  it("lists the open pull requests, all or those with a label, and tells which are from forks", async () => {
    for (let number = 1; number <= 120; number++) github.pullRequest({ number, state: "closed" });
    for (let number = 121; number <= 230; number++) github.pullRequest({ number });
    github.pullRequest({ number: 200, labels: ["bug", "review"], head: "mallory/shop", commit: "c0ffee" });
    const all = await from(github.url).openPullRequests();
    assert.deepStrictEqual([all.length, all[0]?.number, all[0]?.fork, all.at(-1)?.number], [110, 121, false, 230]);
    assert.deepStrictEqual(await from(github.url).openPullRequests("review"), [
      { number: 200, commit: "c0ffee", branch: "branch-200", labels: ["bug", "review"], fork: true },
    ]);
  });

  it("keeps comments of two kinds apart", async () => {
    const api = from(github.url);
    await api.setComment(200, "<!-- one -->", "first");
    await api.setComment(200, "<!-- two -->", "second");
    await api.setComment(200, "<!-- one -->", "third");
    assert.deepStrictEqual(
      github.comments(200).map(({ body }) => body),
      ["<!-- one -->\n\nthird", "<!-- two -->\n\nsecond"],
    );
  });

  it("changes a comment that it wrote before, and writes none where there is none", async () => {
    const api = from(github.url);
    github.addComment(201, { body: "<!-- one -->\n\ncopied by somebody" });
    assert.deepStrictEqual(await api.changeComment(201, "<!-- one -->", "first"), undefined);
    assert.deepStrictEqual(github.comments(201).length, 1);
    await api.setComment(202, "<!-- one -->", "first");
    const written = await api.changeComment(202, "<!-- one -->", "second");
    assert.deepStrictEqual(
      [written?.done, github.comments(202).map(({ body }) => body)],
      ["updated", ["<!-- one -->\n\nsecond"]],
    );
  });

  it("can be asked with a token and a repository", () => {
    const [GITHUB_TOKEN, GITHUB_REPOSITORY] = [TOKEN, "ada/shop"];
    assert.deepStrictEqual(
      [{ GITHUB_TOKEN, GITHUB_REPOSITORY }, { GITHUB_TOKEN }, { GITHUB_TOKEN: "", GITHUB_REPOSITORY }].map(
        canAskGithub,
      ),
      [true, false, false],
    );
  });

  const others: [what: string, answer: RequestListener, message: (url: string) => string][] = [
    [
      "a page of somebody else's",
      (_request, response) => response.end("<html>Welcome</html>"),
      (url) => `GitHub at ${url} does not answer: what answers there is not its API.`,
    ],
    [
      "another API",
      (_request, response) => response.setHeader("content-type", "application/json").end('{"hello": "world"}'),
      (url) => `What answers at ${url} is not GitHub's API. Does GITHUB_API_URL name it?`,
    ],
    [
      "an answer that is cut off",
      (_request, response) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
        response.write("[", () => response.destroy());
      },
      (url) => `GitHub at ${url} does not answer: other side closed.`,
    ],
  ];
  for (const [what, listener, message] of others) {
    it(`does not take ${what} for GitHub's`, async () => {
      const { url, stop } = await startServer(listener);
      try {
        await assert.rejects(from(url).openPullRequests(), { name: "UserError", message: message(url) });
      } finally {
        await stop();
      }
    });
  }

  it("says what GitHub's query language answers with an error, after it asked again", async () => {
    let asked = 0;
    const { url, stop } = await startServer((_request, response) => {
      asked++;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ errors: [{ message: "Something went wrong" }] }));
    });
    try {
      await assert.rejects(from(url).setComment(7, "<!-- one -->", "first"), {
        name: "UserError",
        message: /^GitHub failed to tell whose token it is \([^]*Something went wrong\)\.$/,
      });
      assert.deepStrictEqual(asked, 4);
    } finally {
      await stop();
    }
  });

  it("knows where its run can be seen, and that it is in none", () => {
    const run = { GITHUB_REPOSITORY: "ada/shop", GITHUB_RUN_ID: "42" };
    assert.deepStrictEqual(runUrlOf(run), "https://github.com/ada/shop/actions/runs/42");
    assert.deepStrictEqual(
      runUrlOf({ ...run, GITHUB_SERVER_URL: "https://github.example.com" }),
      "https://github.example.com/ada/shop/actions/runs/42",
    );
    assert.deepStrictEqual(runUrlOf({ GITHUB_REPOSITORY: "ada/shop" }), undefined);
  });
});
