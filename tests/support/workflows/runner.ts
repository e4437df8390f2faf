/**
 * Runs the project's workflows on this machine: the same files, jobs, conditions, expressions and scripts, with what
 * GitHub brings along done in a small way. One job runs at a time.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../local/command";
import { Artifacts } from "./artifacts";
import { githubContext, isFromFork, starts, type WorkflowEvent } from "./event";
import type { Status } from "./expressions";
import { concurrencyOf, needsOf, runJob, type JobResult, type JobTools } from "./jobs";
import { Secrets, type Settings } from "./secrets";
import type { Replacement } from "./steps";
import { combinations, inOrder, readWorkflow, type Concurrency, type Permissions } from "./workflow";

/** A run of a workflow. */
export interface RunOptions {
  /** Path in the repository, such as `.github/workflows/deploy.yml`; read at the event's commit. */
  workflow: string;
  /** The repository on this machine that stands for the one at GitHub. */
  source: string;
  event: WorkflowEvent;
  /** An empty folder for workspaces and artifacts. */
  folder: string;
  /** Default: `team/shop`. */
  repository?: string;
  /** What the repository has for all jobs. */
  settings?: Settings;
  /** What each environment has for the jobs that name it; none that are not here. */
  environments?: Readonly<Record<string, Settings>>;
  /** Whether a job may enter an environment: stands for its required reviewers. Default: each may. */
  approve?: (environment: string) => boolean | Promise<boolean>;
  /** The token of a job, `github.token`. Default: one that nobody knows. */
  token?: (job: string, permissions: Permissions) => string;
  /** Where GitHub's API is. Default: a port on which nothing answers. */
  apiUrl?: string;
  /** What the machine gives each step, beside PATH and HOME. */
  machine?: Record<string, string>;
  /** What is done instead of a command, by the command as the workflow has it. */
  replace?: Readonly<Record<string, Replacement>>;
  /** Packages for `npm ci` to link. Default: those of this checkout. */
  nodeModules?: string;
}

/** What became of a run. */
export interface RunResult {
  /** Whether the event starts the workflow at all. */
  started: boolean;
  conclusion: Status;
  /** One for each combination of a matrix, in the order in which they ran. */
  jobs: JobResult[];
  /** The whole run's. */
  concurrency: Concurrency | undefined;
  artifacts: Artifacts;
}

const ROOT = join(__dirname, "..", "..", "..");

/**
 * Runs what an event starts.
 *
 * @throws Error for whatever of a workflow the runner does not know, and LeakedSecret when a secret is seen in an output,
 *   a summary or an artifact.
 */
export async function runWorkflow(options: RunOptions): Promise<RunResult> {
  const { event, source, folder, repository = "team/shop", environments = {}, settings = {} } = options;
  const text = await run("git", ["-C", source, "show", `${event.sha}:${options.workflow}`]);
  const workflow = readWorkflow(options.workflow, text);
  const artifacts = new Artifacts(join(folder, "artifacts"));
  const jobs: JobResult[] = [];
  if (!starts(workflow, event)) {
    return { started: false, conclusion: "success", jobs, concurrency: undefined, artifacts };
  }
  const eventFile = join(folder, "event.json");
  mkdirSync(folder, { recursive: true });
  writeFileSync(eventFile, JSON.stringify(event.payload));

  const fork = isFromFork(event, repository);
  const apiUrl = options.apiUrl ?? "http://127.0.0.1:9";
  const github = githubContext(event, repository, workflow, apiUrl);
  const tools: JobTools = {
    workflow,
    source: { repository: source, ref: event.ref, sha: event.sha },
    folder,
    eventFile,
    artifacts,
    secrets: new Secrets({ "the repository": settings, ...environments }),
    settingsOf: (environment) => {
      const own = environment === undefined ? {} : (environments[environment] ?? {});
      return {
        secrets: fork ? {} : { ...settings.secrets, ...own.secrets },
        variables: { ...settings.variables, ...own.variables },
      };
    },
    readOnly: fork,
    approve: options.approve ?? (() => true),
    token: options.token ?? ((job) => `token-of-the-job-${job}`),
    machine: options.machine ?? {},
    replace: options.replace ?? {},
    nodeModules: options.nodeModules ?? join(ROOT, "node_modules"),
  };

  for (const id of inOrder(workflow.jobs)) {
    const job = workflow.jobs[id];
    if (job === undefined) continue;
    const legs: JobResult[] = [];
    const needs = needsOf(job, workflow, jobs);
    for (const matrix of combinations(job)) {
      const cut = legs.some(({ result }) => result === "failure") && job.strategy?.["fail-fast"] !== false;
      legs.push(await runJob({ id, job, matrix, needs, github, cut }, tools));
      // One that does not run at all is not made into several.
      if (legs[0]?.result === "skipped") break;
    }
    jobs.push(...legs);
  }
  const failed = jobs.some(({ id, result }) => result === "failure" && !workflow.jobs[id]?.["continue-on-error"]);
  return {
    started: true,
    conclusion: failed ? "failure" : "success",
    jobs,
    concurrency: await concurrencyOf(workflow.concurrency, { github }),
    artifacts,
  };
}
