/** Runs a task in a pod, tells what it says on the way, and what came of it. */
import type { V1Job, V1Pod } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { podProblem } from "../../local/diagnose";
import { UserError } from "../../local/steps";
import { limitsOf, type Following } from "./appAccess";
import type { AppNamespace } from "./appNamespace";
import { failedWord, type LastWord } from "./lastWord";
import { closed, hasEnded, hasStarted, newestPod, verdict } from "./taskVerdict";

/** How a task ended. */
export interface TaskEnd {
  word: LastWord;
  /** What it said on the way. */
  lines: string[];
  /** Whether that is certainly all: else it may have done more than it is known to have. */
  complete: boolean;
}

/** How it ends for whom it is ended early. */
export const INTERRUPTED = "interrupted";

/** How often a task that has ended is asked once more what it has said: what is done next may depend on that. */
const LAST_TRIES = 10;

/** Trouble that lasts this long is told, in seconds. */
const LASTING = 10;

/**
 * Runs a Job as a step. One that is ended early, by the signal, is deleted, and its pod is gone when this returns.
 *
 * @throws UserError when the cluster does not let itself be asked: what came of the task is not known then.
 */
export async function runTask(title: string, space: AppNamespace, job: V1Job, following: Following): Promise<TaskEnd> {
  const FAILED = new Error("the task failed");
  let end: TaskEnd | undefined;
  const work = async (): Promise<TaskEnd> => {
    end = await follow(space, job, following);
    if (!end.word.ok) throw FAILED;
    return end;
  };
  return following.step(title, work).catch((error: unknown) => {
    if (error === FAILED && end !== undefined) return end;
    throw error;
  });
}

/** Deletes a Job, and waits until nothing of it runs any more. */
export async function stopTask(space: AppNamespace, name: string, following: Following): Promise<void> {
  const { gone, pollMs } = limitsOf(following);
  const endMs = Date.now() + gone * 1000;
  await space.deleteJob(name);
  while ((await space.podsOfJob(name)).some(({ status }) => !["Succeeded", "Failed"].includes(status?.phase ?? ""))) {
    if (Date.now() > endMs) {
      throw new UserError(`The pod of the Job ${space.name}/${name}, which was deleted, still runs.`);
    }
    await sleep(pollMs);
  }
}

async function follow(space: AppNamespace, job: V1Job, following: Following): Promise<TaskEnd> {
  const name = job.metadata?.name ?? "";
  const { pollMs } = limitsOf(following);
  const teller = new Teller(space, name, following);
  await space.createJob(job);
  for (;;) {
    // The Job first: a pod that ends in between has then still said so.
    const now = await space.job(name);
    const pod = newestPod(await space.podsOfJob(name));
    const word = verdict(now, pod);
    if (hasStarted(pod) || word !== undefined) await teller.hear(pod);
    if (word !== undefined) {
      for (let tries = LAST_TRIES; tries > 0 && pod !== undefined && !teller.complete; tries--) {
        await sleep(pollMs);
        await teller.hear(pod);
      }
      await settled(space, name, pollMs);
      return teller.ended(word);
    }
    if (following.signal?.aborted === true) {
      await stopTask(space, name, following);
      // What it did in its last second is not known.
      return { ...teller.ended(failedWord(INTERRUPTED, "It was interrupted.")), complete: false };
    }
    const hopeless = hasStarted(pod) ? undefined : await teller.wait(pod);
    if (hopeless !== undefined) {
      await stopTask(space, name, following);
      return { word: failedWord("not-started", hopeless), lines: [], complete: true };
    }
    await sleep(pollMs, undefined, { signal: following.signal }).catch(() => undefined);
  }
}

/** The Job itself ends a moment after its pod. Until then it would count as work that goes on. */
async function settled(space: AppNamespace, name: string, pollMs: number): Promise<void> {
  for (let tries = LAST_TRIES; tries > 0; tries--) {
    const job = await space.job(name);
    if (job === undefined || hasEnded(job)) return;
    await sleep(pollMs);
  }
}

/** Tells of a task what is new. */
class Teller {
  readonly #beganMs = Date.now();
  readonly #lines: string[] = [];
  /** Whether all that it has said is known. */
  complete = true;
  #told: string | undefined;

  constructor(
    private readonly space: AppNamespace,
    private readonly job: string,
    private readonly following: Following,
  ) {}

  /** Tells what the task has said since. */
  async hear(pod: V1Pod | undefined): Promise<void> {
    const log = pod === undefined ? undefined : await this.space.log(pod.metadata?.name ?? "");
    this.complete = log !== undefined || (pod !== undefined && !hasStarted(pod));
    // A last line without its end is still being written.
    const lines = (log ?? "").split("\n").slice(0, -1);
    const fresh = lines.slice(this.#lines.length);
    this.#lines.push(...fresh);
    // What is not progress is for programs.
    for (const line of fresh.filter((each) => each.startsWith("["))) this.#tell(line);
  }

  /** Tells why it does not start yet; gives the reason when that has lasted too long. */
  async wait(pod: V1Pod | undefined): Promise<string | undefined> {
    const { broken, start } = limitsOf(this.following);
    const waited = (Date.now() - this.#beganMs) / 1000;
    const problem = pod && podProblem(pod);
    const trouble =
      (problem?.passing === true ? undefined : problem?.text) ??
      (waited < LASTING ? undefined : await this.space.warning([this.job, pod?.metadata?.name ?? this.job]));
    const limit = trouble?.includes("cannot start") === true ? broken : start;
    if (waited >= limit) return closed(`Its pod could not start: ${trouble ?? problem?.text ?? "there is none"}`);
    if (this.#told === undefined) this.#tell((this.#told = "waiting for its pod"));
    if (trouble !== undefined && waited >= LASTING && this.#told !== trouble) this.#tell((this.#told = trouble));
    return undefined;
  }

  ended(word: LastWord): TaskEnd {
    return { word, lines: this.#lines, complete: this.complete };
  }

  #tell(text: string): void {
    const seconds = Math.floor((Date.now() - this.#beganMs) / 1000);
    this.following.note(`${`${seconds} s`.padStart(6)}  ${text}`);
  }
}
