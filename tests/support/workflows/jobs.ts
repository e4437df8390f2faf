/** Runs one job: whether it may, with what, and what comes out. */
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Place } from "./actions";
import { fillIn, fillInAll, holds, type Contexts, type Status } from "./expressions";
import type { Settings } from "./secrets";
import { runSteps, type JobState, type Replacement, type StepResult } from "./steps";
import type { Concurrency, Job, Permissions, Workflow } from "./workflow";

/** What became of a job, or of one combination of its matrix. */
export interface JobResult {
  /** Its key in the file. */
  id: string;
  /** As GitHub shows it, such as `preview (dev)`. */
  name: string;
  result: Status;
  environment: string | undefined;
  permissions: Permissions;
  concurrency: Concurrency | undefined;
  steps: StepResult[];
  outputs: Record<string, string>;
  /** What its steps wrote for the run's page, as Markdown. */
  summary: string;
  seconds: number;
}

/** What all jobs of a run share. */
export interface JobTools extends Pick<Place, "source" | "artifacts" | "secrets"> {
  workflow: Workflow;
  folder: string;
  /** File with the event's payload. */
  eventFile: string;
  settingsOf: (environment: string | undefined) => Required<Settings>;
  /** Whether the token may only read, whatever the job asks for. */
  readOnly: boolean;
  approve: (environment: string) => boolean | Promise<boolean>;
  token: (job: string, permissions: Permissions) => string;
  machine: Record<string, string>;
  replace: Readonly<Record<string, Replacement>>;
  nodeModules: string;
}

/** What a job needs, and how all that went: whatever those jobs need in turn counts as well. */
export interface Needs {
  context: Record<string, { result: string; outputs: Record<string, string> }>;
  status: Status;
}

/** One job to run. */
export interface JobRun {
  id: string;
  job: Job;
  matrix: Record<string, string | number | boolean>;
  needs: Needs;
  github: Record<string, unknown>;
  /** Whether another combination of the matrix has failed, and this one is cancelled for it. */
  cut: boolean;
}

/** The result of a job of which there may be several. */
function resultOf(id: string, jobs: readonly JobResult[]): Status {
  const results = jobs.filter((each) => each.id === id).map(({ result }) => result);
  return (["failure", "cancelled", "success"] as const).find((each) => results.includes(each)) ?? "skipped";
}

/** What a job needs, as far as it has run. */
export function needsOf(job: Job, { jobs: all }: Workflow, done: readonly JobResult[]): Needs {
  const above = (ids: readonly string[]): string[] => ids.flatMap((id) => [id, ...above(all[id]?.needs ?? [])]);
  const results = above(job.needs).map((id) => resultOf(id, done));
  const outputs = (id: string): Record<string, string> =>
    Object.assign({}, ...done.filter((each) => each.id === id).map((each) => each.outputs)) as Record<string, string>;
  return {
    context: Object.fromEntries(job.needs.map((id) => [id, { result: resultOf(id, done), outputs: outputs(id) }])),
    status: (["failure", "cancelled", "skipped"] as const).find((each) => results.includes(each)) ?? "success",
  };
}

const mayOf = (permissions: Permissions, readOnly: boolean): Permissions =>
  Object.fromEntries(
    Object.entries(permissions).map(([name, right]) => [name, readOnly && right === "write" ? "read" : right]),
  );

/** Runs a job, if its condition and its environment's reviewers let it. */
export async function runJob({ id, job, matrix, needs, github, cut }: JobRun, tools: JobTools): Promise<JobResult> {
  const startMs = Date.now();
  const combination = Object.values(matrix).join(", ");
  const permissions = mayOf(job.permissions ?? tools.workflow.permissions ?? {}, tools.readOnly);
  const nothing = {
    id,
    name: `${job.name ?? id}${combination === "" ? "" : ` (${combination})`}`,
    environment: job.environment,
    permissions,
    concurrency: undefined,
    steps: [],
    outputs: {},
    summary: "",
    seconds: 0,
  };
  const outside: Contexts = { github, needs: needs.context, vars: tools.settingsOf(undefined).variables, inputs: {} };
  if (!(await holds(job.if, outside, needs.status))) {
    return { ...nothing, name: job.name ?? id, result: "skipped" };
  }
  if (cut) {
    return { ...nothing, result: "cancelled" };
  }
  const concurrency = await concurrencyOf(job.concurrency, { ...outside, matrix });
  if (job.environment !== undefined && !(await tools.approve(job.environment))) {
    return { ...nothing, concurrency, result: "failure", seconds: (Date.now() - startMs) / 1000 };
  }

  const { secrets, variables } = tools.settingsOf(job.environment);
  const token = tools.token(id, permissions);
  tools.secrets.add(`the token of ${id}`, token);
  const own = join(tools.folder, "jobs", [id, ...Object.values(matrix)].join("-"));
  const place: Place = { ...tools, workspace: join(own, "workspace"), temp: join(own, "temp") };
  for (const folder of [place.workspace, place.temp]) mkdirSync(folder, { recursive: true });
  const contexts: Contexts = {
    ...outside,
    github: { ...github, job: id, token, workspace: place.workspace },
    vars: variables,
    secrets: { ...secrets, GITHUB_TOKEN: token },
    matrix,
    strategy: { "fail-fast": job.strategy?.["fail-fast"] ?? true },
    runner: { os: "Linux", arch: process.arch === "arm64" ? "ARM64" : "X64", temp: place.temp },
  };
  const state: JobState = {
    job: nothing.name,
    where: nothing.name,
    place,
    env: await fillInAll({ ...tools.workflow.env, ...job.env }, contexts),
    path: [],
    machine: machineOf(contexts, place, tools),
    status: "success",
    endMs: startMs + job["timeout-minutes"] * 60_000,
    results: [],
    summary: "",
    replace: tools.replace,
    nodeModules: tools.nodeModules,
  };
  const steps = await runSteps(job.steps, state, contexts);
  const outputs = await fillInAll(job.outputs, { ...contexts, steps });
  const seconds = (Date.now() - startMs) / 1000;
  const { status: result, results, summary } = state;
  return { ...nothing, result, concurrency, steps: results, outputs, summary, seconds };
}

/** With its group's name filled in. */
export async function concurrencyOf(
  concurrency: Concurrency | undefined,
  contexts: Contexts,
): Promise<Concurrency | undefined> {
  return concurrency && { ...concurrency, group: await fillIn(concurrency.group, contexts) };
}

/** What every step has in its environment. */
function machineOf(contexts: Contexts, { workspace, temp }: Place, tools: JobTools): Record<string, string> {
  const github = contexts["github"] as Record<string, unknown>;
  const told = Object.entries(github).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && entry[0] !== "token",
  );
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: homedir(),
    LANG: "C.UTF-8",
    CI: "true",
    GITHUB_ACTIONS: "true",
    ...Object.fromEntries(told.map(([key, value]) => [`GITHUB_${key.toUpperCase()}`, value])),
    GITHUB_WORKSPACE: workspace,
    GITHUB_EVENT_PATH: tools.eventFile,
    RUNNER_OS: "Linux",
    RUNNER_TEMP: temp,
    ...tools.machine,
  };
}
