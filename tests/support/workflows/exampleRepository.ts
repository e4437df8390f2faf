/** A small repository in a temporary folder, for the specs of the runner. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import type { WorkflowEvent } from "./event";
import { runWorkflow, type RunOptions, type RunResult } from "./runner";

/** Where the repository's one workflow lies. */
const FILE = ".github/workflows/example.yml";

/** Name of the repository at GitHub. */
export const REPOSITORY = "team/shop";

export class ExampleRepository {
  private readonly root = mkdtempSync(join(tmpdir(), "flask-doks-workflows-"));
  private runs = 0;
  /** The repository. */
  readonly folder = join(this.root, "repository");

  constructor() {
    mkdirSync(this.folder);
    this.git("init", "--quiet", "--initial-branch=main");
  }

  git(...args: string[]): string {
    const author = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"];
    return execFileSync("git", [...author, ...args], { cwd: this.folder, encoding: "utf8" }).trim();
  }

  /** Commits files, by their paths; gives the commit. */
  commit(files: Record<string, string>): string {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
    }
    this.git("add", ".");
    this.git("commit", "--quiet", "--allow-empty", "-m", "A change");
    return this.git("rev-parse", "HEAD");
  }

  /** A push of what is on main. */
  push(): WorkflowEvent {
    return { name: "push", ref: "refs/heads/main", sha: this.git("rev-parse", "HEAD"), payload: {} };
  }

  /** An event of pull request 7, whose merge commit is what is checked out now. */
  pullRequest(action: string, head = REPOSITORY, labels: string[] = []): WorkflowEvent {
    const pull_request = {
      number: 7,
      head: { ref: "change", repo: { full_name: head } },
      base: { ref: "main" },
      labels: labels.map((name) => ({ name })),
    };
    return {
      name: "pull_request",
      ref: "refs/pull/7/merge",
      sha: this.git("rev-parse", "HEAD"),
      payload: { action, number: 7, pull_request },
    };
  }

  /**
   * Commits a workflow, whose jobs need not say what they run on, and runs it.
   *
   * @param event What starts it, once it is committed. Default: a push.
   */
  async run(
    workflow: string,
    {
      event = () => this.push(),
      ...options
    }: Partial<Omit<RunOptions, "event">> & { event?: () => WorkflowEvent } = {},
  ): Promise<RunResult> {
    const { jobs, ...rest } = parse(workflow) as { jobs: Record<string, object> };
    const whole = Object.entries(jobs).map(([id, job]) => [id, { "runs-on": "ubuntu-24.04", ...job }]);
    this.commit({ [FILE]: stringify({ ...rest, jobs: Object.fromEntries(whole) as object }) });
    return this.runFile(FILE, event(), options);
  }

  /** Runs a workflow that is committed. */
  runFile(workflow: string, event: WorkflowEvent, options: Partial<RunOptions> = {}): Promise<RunResult> {
    const folder = join(this.root, `run-${++this.runs}`);
    return runWorkflow({ workflow, source: this.folder, event, folder, repository: REPOSITORY, ...options });
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}

/** What became of each job, and of its steps, by their names. */
export const outcomes = ({ jobs }: RunResult): Record<string, unknown> =>
  Object.fromEntries(
    jobs.map(({ name, result, steps }) => [
      name,
      steps.length === 0 ? result : [result, ...steps.map((step) => `${step.name}: ${step.conclusion}`)],
    ]),
  );

/** All that the steps of a run said. */
export const outputOf = ({ jobs }: RunResult): string =>
  jobs.flatMap(({ steps }) => steps.map(({ output }) => output)).join("");
