/** Several clients that write posts, to the blog or into the guestbook, some a second each, and remember which of them were acknowledged. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { BlogClient } from "./blogClient";
import type { Post } from "./blogDatabase";
import { GuestbookClient } from "./guestbookClient";

/** Between two posts of a client: steady, and not a test of how much the machine can take. */
const PAUSE_MS = 250;

/** More than one byte in a character, quotes, and a line break, as people write them. */
const WORDS = ["naïve", "“quoted”", "it's", "日本語", "100 %", "back\\slash", "new\r\nline"];

/** Who can write a post, and learn that it was acknowledged. */
interface Poster {
  post: (title: string, body: string) => Promise<void>;
}

export class Writers {
  /** Posts of which the app has said that it has them. */
  readonly acknowledged: Post[] = [];
  /** What went wrong with the others, one line each. Whether such a post is there nobody knows. */
  readonly failed: string[] = [];
  private readonly stopped = new AbortController();
  private readonly loops: Promise<void>[];

  private constructor(clients: readonly Poster[]) {
    this.loops = clients.map((client, index) => this.write(client, index + 1));
  }

  /** Clients that sign a guestbook; for ten minutes at most. */
  static sign(url: string, count: number): Writers {
    return new Writers(Array.from({ length: count }, () => new GuestbookClient(url)));
  }

  /** Registers clients of a blog, and begins; for ten minutes at most. */
  static async begin(url: string, count: number): Promise<Writers> {
    const mark = randomBytes(3).toString("hex");
    const clients = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const client = new BlogClient(url);
        await client.join(`writer-${mark}-${index + 1}`, `a long password ${mark}`);
        return client;
      }),
    );
    return new Writers(clients);
  }

  /** Waits until so many more have been acknowledged. */
  async more(count: number): Promise<void> {
    const wanted = this.acknowledged.length + count;
    const endMs = Date.now() + 120_000;
    while (this.acknowledged.length < wanted) {
      if (Date.now() > endMs)
        throw new Error(`nothing was acknowledged; the last failures: ${this.failed.slice(-3).join("; ")}`);
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await Promise.all(this.loops);
  }

  private async write(client: Poster, writer: number): Promise<void> {
    const endMs = Date.now() + 600_000;
    for (let number = 1; !this.stopped.signal.aborted && Date.now() < endMs; number++) {
      const post = {
        title: `Post ${number} of writer ${writer}`,
        body: `${randomBytes(12).toString("hex")} ${WORDS[number % WORDS.length] ?? ""}`,
      };
      await client.post(post.title, post.body).then(
        () => this.acknowledged.push(post),
        (error: unknown) => this.failed.push(told(error)),
      );
      await sleep(PAUSE_MS);
    }
  }
}

function told(error: unknown): string {
  const { message, cause } = error as Error;
  const [first = ""] = message.split("\n");
  return cause instanceof Error ? `${first}: ${cause.message}` : first;
}

/** Those of some posts that are not among others, by content. */
export function missing(wanted: readonly Post[], among: readonly Post[]): Post[] {
  // The blog keeps line breaks as browsers send them, or as one character.
  const key = ({ title, body }: Post) => JSON.stringify([title, body.replaceAll("\r\n", "\n")]);
  const there = new Set(among.map(key));
  return wanted.filter((post) => !there.has(key(post)));
}
