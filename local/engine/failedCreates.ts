/**
 * What an `up` has failed to create. It may be there all the same: the answer was lost and the second try refused, or
 * the wait for it ended badly. The engine keeps nothing of it in the state, so this file is the only trace.
 */

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { registered } from "./eventResource";
import { NAMED_KINDS } from "./namedKinds";
import type { PendingOperation } from "./state";

const SECOND_MS = 1000;

export class FailedCreates {
  /** When each began, in milliseconds since 1970. */
  readonly #begunMs = new Map<string, number>();

  constructor(private readonly file: string) {}

  /** Follows an `up`. What failed is written down at once: the process may be killed before the run ends. */
  readonly onEvent = ({ timestamp, resourcePreEvent, resOpFailedEvent }: EngineEvent): void => {
    if (resourcePreEvent !== undefined) this.#begunMs.set(resourcePreEvent.metadata.urn, timestamp * SECOND_MS);
    const { op, urn, type, new: created } = resOpFailedEvent?.metadata ?? {};
    if (op !== "create" && op !== "create-replacement") return;
    if (urn === undefined || created === undefined || NAMED_KINDS[type ?? ""] === undefined) return;
    const toMs = (timestamp + 1) * SECOND_MS;
    const origin = { kind: "failed", fromMs: this.#begunMs.get(urn) ?? timestamp * SECOND_MS, toMs } as const;
    const others = this.read().filter(({ resource }) => resource.urn !== urn);
    const all: PendingOperation[] = [...others, { resource: registered(created), type: "creating", origin }];
    writeFileSync(this.file, JSON.stringify(all), { mode: 0o600 });
  };

  /** Those of the last `up`, as if they were still under way. */
  read(): PendingOperation[] {
    if (!existsSync(this.file)) return [];
    try {
      return JSON.parse(readFileSync(this.file, "utf8")) as PendingOperation[];
    } catch {
      // Cut off while it was written. What it named is found by hand: docs/runbook.md.
      return [];
    }
  }

  /** Once all of them have been looked for. */
  clear(): void {
    rmSync(this.file, { force: true });
  }
}
