/** Work on things that are known by a key: one piece at a time for each, again and again until it succeeds. */

/** Thrown by work that has to come back later although nothing is wrong. */
export class ComeBack extends Error {
  override readonly name = "ComeBack";
  constructor(
    message: string,
    readonly seconds: number,
  ) {
    super(message);
  }
}

export interface WorkQueueOptions {
  work: (key: string) => Promise<void>;
  /** Told of every failure. */
  failed: (key: string, error: unknown) => void;
  /** The first pause after a failure; each further one is twice as long. Default: 1. */
  pauseSeconds?: number;
  /** Default: 30. */
  longestPauseSeconds?: number;
}

interface Entry {
  running: boolean;
  /** Whether there is something new since the work began. */
  again: boolean;
  failures: number;
  timer?: NodeJS.Timeout;
}

export class WorkQueue {
  readonly #entries = new Map<string, Entry>();
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  constructor(private readonly options: WorkQueueOptions) {}

  /** Says that there is something to do. */
  add(key: string): void {
    if (this.#stopped) return;
    const entry = this.#entries.get(key) ?? { running: false, again: false, failures: 0 };
    this.#entries.set(key, entry);
    if (entry.running) {
      entry.again = true;
      return;
    }
    clearTimeout(entry.timer);
    entry.running = true;
    const run = this.#run(key, entry).finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  /** Begins nothing more, and waits for what has begun. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { timer } of this.#entries.values()) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  async #run(key: string, entry: Entry): Promise<void> {
    let pauseSeconds: number | undefined;
    try {
      await this.options.work(key);
      entry.failures = 0;
    } catch (error) {
      const { pauseSeconds: first = 1, longestPauseSeconds = 30 } = this.options;
      if (!this.#stopped) this.options.failed(key, error);
      pauseSeconds =
        error instanceof ComeBack ? error.seconds : Math.min(first * 2 ** entry.failures++, longestPauseSeconds);
    }
    entry.running = false;
    if (entry.again) {
      entry.again = false;
      this.add(key);
    } else if (pauseSeconds === undefined) {
      this.#entries.delete(key);
    } else if (!this.#stopped) {
      entry.timer = setTimeout(() => {
        this.add(key);
      }, pauseSeconds * 1000);
    }
  }
}
