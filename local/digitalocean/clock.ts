/** A clock that runs like the machine's, and that can be moved on. All that expires in the emulator expires by it. */

/** How far to move a clock; the parts add up. */
export interface Span {
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
}

interface Appointment {
  atMs: number;
  work: () => Promise<void> | void;
}

const SECOND_MS = 1000;
/** A timer of Node's cannot wait for longer than about 24 days; it is set anew each hour at the latest. */
const LONGEST_WAIT_MS = 3600 * SECOND_MS;

export const spanMs = ({ days = 0, hours = 0, minutes = 0, seconds = 0 }: Span): number =>
  (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * SECOND_MS;

/** A time as DigitalOcean writes it: UTC, to the second. */
export const timestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

export class Clock {
  #offsetMs: number;
  #appointments: Appointment[] = [];
  #timer: NodeJS.Timeout | undefined;
  #failures: unknown[] = [];

  constructor(offsetMs = 0) {
    this.#offsetMs = offsetMs;
  }

  /** How far it is ahead of the machine's clock. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Calls `work` when this time has come, or at once if it has passed. */
  at(atMs: number, work: () => Promise<void> | void): void {
    this.#appointments.push({ atMs, work });
    this.#appointments.sort((a, b) => a.atMs - b.atMs);
    this.#arm();
  }

  /**
   * Moves on by this span. What was due within it is done in order, each at its own time, before this ends.
   * An appointment that fails makes this fail, after all others were kept.
   */
  async advance(span: Span): Promise<void> {
    const moveMs = spanMs(span);
    if (moveMs < 0) {
      throw new RangeError("the clock cannot be moved back");
    }
    const targetMs = this.now() + moveMs;
    for (let next = this.#due(targetMs); next !== undefined; next = this.#due(targetMs)) {
      this.#offsetMs += Math.max(0, next.atMs - this.now());
      await this.#keep(next);
    }
    this.#offsetMs += Math.max(0, targetMs - this.now());
    this.#arm();
    const [failure] = this.#failures.splice(0);
    if (failure !== undefined) {
      throw failure instanceof Error ? failure : new Error("an appointment of the clock failed");
    }
  }

  /** Forgets every appointment. */
  stop(): void {
    this.#appointments = [];
    clearTimeout(this.#timer);
  }

  #due(untilMs: number): Appointment | undefined {
    const [first] = this.#appointments;
    return first !== undefined && first.atMs <= untilMs ? this.#appointments.shift() : undefined;
  }

  async #keep({ work }: Appointment): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failures.push(error);
    }
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const [first] = this.#appointments;
    if (first === undefined) return;
    const waitMs = Math.min(Math.max(first.atMs - this.now(), 0), LONGEST_WAIT_MS);
    this.#timer = setTimeout(() => {
      for (let next = this.#due(this.now()); next !== undefined; next = this.#due(this.now())) {
        void this.#keep(next);
      }
      this.#arm();
    }, waitMs).unref();
  }
}
