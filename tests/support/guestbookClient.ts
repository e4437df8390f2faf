/** A visitor of the guestbook, past its page. */
import assert from "node:assert/strict";

/** An entry as the guestbook gives it. */
export interface Entry {
  id: string;
  name: string;
  text: string;
}

export class GuestbookClient {
  constructor(private readonly url: string) {}

  /** Signs the book; returns when the guestbook has acknowledged it. */
  async post(name: string, text: string): Promise<void> {
    const { status, body } = await this.send({ name, text });
    assert.equal(status, 201, `POST answers ${status}: ${body.slice(0, 300)}`);
  }

  /** Sends any entry, and gives the answer. */
  async send(entry: object): Promise<{ status: number; body: string }> {
    const response = await this.ask("/api/messages", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(entry),
    });
    return { status: response.status, body: await response.text() };
  }

  /** The latest entries, newest first. */
  async entries(limit = 50): Promise<Entry[]> {
    const response = await this.ask(`/api/messages?limit=${limit}`);
    assert.equal(response.status, 200);
    return ((await response.json()) as { messages: Entry[] }).messages;
  }

  /** What the guestbook of old was asked: `cmd` and what it takes. */
  async command(words: Record<string, string>): Promise<unknown> {
    const response = await this.ask(`/guestbook/?${new URLSearchParams(words).toString()}`);
    assert.equal(response.status, 200);
    return response.json();
  }

  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const { headers, ...rest } = init;
    return fetch(new URL(path, this.url), {
      ...rest,
      // A connection that is kept alive would stay with its old pod.
      headers: { connection: "close", ...(headers as Record<string, string> | undefined) },
      signal: AbortSignal.timeout(10_000),
    });
  }
}
