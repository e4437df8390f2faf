/** A reader and writer of the blog, as a browser would be: cookies, and the form's CSRF token. */
import assert from "node:assert/strict";

export class BlogClient {
  private readonly cookies = new Map<string, string>();

  constructor(private readonly url: string) {}

  async get(path: string): Promise<{ status: number; text: string }> {
    const response = await this.request(path, {});
    return { status: response.status, text: await response.text() };
  }

  /** Registers and logs in. */
  async join(username: string, password: string): Promise<void> {
    await this.submit("/auth/register", { username, password });
    await this.submit("/auth/login", { username, password });
    const { text } = await this.get("/");
    assert.ok(text.includes(username), `the front page does not greet ${username}`);
  }

  /** Writes a post; returns when the blog has acknowledged it. */
  async post(title: string, body: string): Promise<void> {
    await this.submit("/create", { title, body });
  }

  /** Fills in the form of a page, as the browser does, and expects to be sent on. */
  private async submit(path: string, fields: Record<string, string>): Promise<void> {
    const { status, text } = await this.get(path);
    assert.equal(status, 200, `GET ${path} answers ${status}`);
    const token = /name="csrf_token"[^>]*value="([^"]+)"/.exec(text)?.[1] ?? "";
    assert.notEqual(token, "", `the form of ${path} has no CSRF token`);
    const body = new URLSearchParams({ ...fields, csrf_token: token });
    const response = await this.request(path, { method: "POST", body });
    const said = await response.text();
    assert.equal(response.status, 302, `POST ${path} answers ${response.status}: ${said.slice(0, 300)}`);
  }

  private async request(path: string, init: RequestInit): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(new URL(path, this.url), {
      ...init,
      redirect: "manual",
      // A connection that is kept alive would stay with its old pod.
      headers: { cookie, connection: "close" },
      signal: AbortSignal.timeout(10_000),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) {
        this.cookies.set(name, value);
      }
    }
    return response;
  }
}
