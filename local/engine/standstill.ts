/** Notices that an operation will not end by itself. */

import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

/** Seconds without any news, after which nothing more is to be expected. */
const QUIET_SECONDS = 15;

/** Whether something is done to a real thing. A component is only told of, and the stack itself ends last. */
const isWork = (step: StepEventMetadata): boolean => (step.new ?? step.old)?.custom === true;

/**
 * Watches an operation whose program runs in this process. When the program has failed at one resource, whatever depends
 * on that waits for ever, and the engine for the program; as a process of its own it would have ended.
 */
export class Standstill {
  readonly #working = new Set<string>();
  #failed = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param atStandstill Called once: after an error, when nothing is being done and no news has come for a while.
   * @param quietMs How long a while is.
   */
  constructor(
    private readonly atStandstill: () => void,
    private readonly quietMs = QUIET_SECONDS * 1000,
  ) {}

  readonly onEvent = ({ diagnosticEvent, resourcePreEvent, resOutputsEvent, resOpFailedEvent }: EngineEvent): void => {
    if (diagnosticEvent?.severity === "error") this.#failed = true;
    if (resourcePreEvent !== undefined && isWork(resourcePreEvent.metadata)) {
      this.#working.add(resourcePreEvent.metadata.urn);
    }
    const ended = resOutputsEvent ?? resOpFailedEvent;
    if (ended !== undefined) this.#working.delete(ended.metadata.urn);
    this.stop();
    if (this.#failed && this.#working.size === 0) this.#timer = setTimeout(this.atStandstill, this.quietMs);
  };

  /** The operation has ended. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
