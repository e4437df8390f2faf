/** What a job of GitHub Actions knows about the run that it is part of. */
import { appendFileSync, readFileSync } from "node:fs";
import { z } from "zod";
import { UserError } from "../../local/steps";

/** Where the run can be seen; nothing outside of one. */
export function runUrlOf(env: NodeJS.ProcessEnv): string | undefined {
  const { GITHUB_SERVER_URL: server = "https://github.com", GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  return repository === undefined || id === undefined ? undefined : `${server}/${repository}/actions/runs/${id}`;
}

/** Adds Markdown to the page of the run; nothing outside of one. */
export function addToSummary({ GITHUB_STEP_SUMMARY: file = "" }: NodeJS.ProcessEnv, text: string): void {
  if (file !== "") appendFileSync(file, `${text}\n\n`);
}

const event = z.object({
  action: z.string().optional(),
  pull_request: z.object({ number: z.number(), head: z.object({ sha: z.string() }).optional() }),
});

/** The newest commit of the pull request; what is checked out for it is its merge. Nothing in another run. */
export function headOf({ GITHUB_EVENT_PATH: file = "" }: NodeJS.ProcessEnv): string | undefined {
  return file === "" ? undefined : event.safeParse(readEvent(file)).data?.pull_request.head?.sha;
}

/** What was done to the pull request, such as `closed`. Nothing in another run. */
export function actionOf({ GITHUB_EVENT_PATH: file = "" }: NodeJS.ProcessEnv): string | undefined {
  return file === "" ? undefined : event.safeParse(readEvent(file)).data?.action;
}

/**
 * Number of the pull request.
 *
 * @param given As the arguments name it; otherwise it is that of the event that started the run.
 */
export function pullRequestOf(given: string | undefined, env: NodeJS.ProcessEnv): number {
  if (given !== undefined) {
    if (!/^[1-9]\d*$/.test(given)) throw new UserError(`--pull-request wants a number such as 7, not "${given}".`);
    return Number(given);
  }
  const { GITHUB_EVENT_PATH: file = "" } = env;
  const number = file === "" ? undefined : event.safeParse(readEvent(file)).data?.pull_request.number;
  if (number === undefined) {
    throw new UserError("Which pull request? This run is not one's: name it with --pull-request <n>.");
  }
  return number;
}

function readEvent(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`GITHUB_EVENT_PATH: ${file} cannot be read: ${(error as Error).message}.`);
  }
}
