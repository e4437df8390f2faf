/** What was asked of the emulator, without bodies: nothing secret is in it. */

export interface LoggedRequest {
  /** The emulator's time, as ISO text. */
  time: string;
  method: string;
  /** The path with its query. */
  path: string;
  /** The path with its ids taken out. */
  pattern: string;
  /** `0` for a connection that was cut. */
  status: number;
  durationMs: number;
  userAgent: string;
  /** The fault that it met, such as `429`. */
  fault?: string;
  /** Why it failed, or that the emulator knows no such route. */
  note?: string;
}

const KEPT = 5000;

export class RequestLog {
  #requests: LoggedRequest[] = [];

  add(request: LoggedRequest): void {
    this.#requests.push(request);
    if (this.#requests.length > KEPT) this.#requests.splice(0, this.#requests.length - KEPT);
  }

  /** All that are kept, the oldest first. */
  all(): readonly LoggedRequest[] {
    return this.#requests;
  }

  last(count: number): readonly LoggedRequest[] {
    return this.#requests.slice(-count);
  }

  clear(): void {
    this.#requests = [];
  }
}
