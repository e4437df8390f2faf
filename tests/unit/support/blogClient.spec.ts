import assert from "node:assert/strict";
import { BlogClient } from "../../support/blogClient";
import { startServer, type HttpServer } from "../../support/httpServer";

describe("The blog's client", () => {
  let server: HttpServer;
  let client: BlogClient;
  /** What was asked: the request, the cookies that came with it, and the form's fields. */
  let asked: [string, string | undefined, Record<string, string>][];
  /** What the server answers, beyond a form with a token and a redirect. */
  let page: (path: string) => string;
  let postStatus: number;
  const form = (token: string) => `<input type="hidden" name="csrf_token" value="${token}">`;

  beforeEach(async () => {
    asked = [];
    page = () => form("t-1");
    postStatus = 302;
    server = await startServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        asked.push([`${method} ${url}`, headers.cookie, Object.fromEntries(new URLSearchParams(body))]);
        const cookies = method === "POST" ? [`session=${asked.length}; Path=/; HttpOnly`, "theme=dark"] : ["seen=1"];
        response.writeHead(method === "POST" ? postStatus : 200, { "set-cookie": cookies, location: "/" });
        response.end(method === "POST" ? "said no" : page(url));
      });
    });
    client = new BlogClient(server.url);
  });
  afterEach(() => server.stop());

  it("fills in a page's form with its token, and shows the cookies it got, the last of each name", async () => {
    await client.post("A title", "a & b");
    await client.post("Another", "");
    const cookies = "seen=1; session=2; theme=dark";
    assert.deepStrictEqual(asked, [
      ["GET /create", "", {}],
      ["POST /create", "seen=1", { title: "A title", body: "a & b", csrf_token: "t-1" }],
      ["GET /create", cookies, {}],
      ["POST /create", cookies, { title: "Another", body: "", csrf_token: "t-1" }],
    ]);
  });
  it("registers and logs in, and is greeted", async () => {
    page = (path) => (path === "/" ? "Hello ada" : form("t-2"));
    await client.join("ada", "hunter2");
    const login = { username: "ada", password: "hunter2", csrf_token: "t-2" };
    assert.deepStrictEqual(
      asked.map(([line, , fields]) => [line, fields]),
      [
        ["GET /auth/register", {}],
        ["POST /auth/register", login],
        ["GET /auth/login", {}],
        ["POST /auth/login", login],
        ["GET /", {}],
      ],
    );
  });
  it("fails when it is not greeted", async () => {
    await assert.rejects(client.join("ada", "hunter2"), { message: "the front page does not greet ada" });
  });
  it("gives a page as it is, without following it elsewhere", async () => {
    page = () => "the page";
    assert.deepStrictEqual(await client.get("/1"), { status: 200, text: "the page" });
  });
  it("fails when a form has no token", async () => {
    page = () => "<form>";
    await assert.rejects(client.post("a", "b"), { message: "the form of /create has no CSRF token" });
  });
  it("fails when the blog does not take what was sent, with what it says", async () => {
    postStatus = 400;
    await assert.rejects(client.post("a", "b"), /POST \/create answers 400: said no$/m);
  });
});
