/** A team on the emulated DigitalOcean, that works by the project's workflows: its repository, its GitHub, its state. */
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { JsonObject } from "../../../local/engine/stack";
import { cacheFolder } from "../../../local/cacheFolder";
import { run } from "../../../local/command";
import { prepareCli, QUIET_ENV } from "../../../local/engine/cli";
import { stepPrinter } from "../../../local/steps";
import { edgeSoftware } from "../../support/edgeSoftware";
import { startGithub, type GithubServer } from "../../support/githubServer";
import { ROOT } from "../../support/stackFiles";
import { Team, type Files } from "../../support/team";
import { runWorkflow, type RunOptions, type RunResult } from "../../support/workflows/runner";
import { NODE } from "../lanes";
import type { Account } from "./cloud";

export const REPOSITORY = "ada/shop";
export const DOMAIN = "shop-of-ada.dev";
export const PROD_HOST = DOMAIN;
export const DEV_HOST = `dev.${DOMAIN}`;
const REGISTRY = "shop-of-ada";
/** What the team keeps in its environments at GitHub, beside the account's token. */
export const PASSPHRASE = "correct horse battery staple";
const GITHUB_TOKEN = "ghs_of_the_emulated_github";

/** A pull request, as GitHub tells of it. */
export interface PullRequest {
  number: number;
  commit: string;
  /** Full name of the repository that it comes from. Default: the team's own. */
  from?: string;
  labels?: string[];
}

export interface PipelineScene {
  team: Team;
  github: GithubServer;
  /** For whoever works on the stacks beside the pipelines: the backend, the passphrase, the account. */
  env: Record<string, string>;
  /** Runs a workflow for an event, and shows what its steps say. */
  run: (workflow: string, event: RunOptions["event"], more?: Partial<RunOptions>) => Promise<RunResult>;
  /** The event of a pull request, to which something was done. */
  pullRequest: (pull: PullRequest, action: string, label?: string) => RunOptions["event"];
  /** The event of a commit that came to main. */
  pushed: (commit: string) => RunOptions["event"];
  scheduled: () => RunOptions["event"];
  strike: () => Promise<void>;
}

/** An exception from a rule: the team's names lead nowhere outside of this machine. */
export const withoutTls = (app: string): JsonObject => ({
  rule: "ingress-tls",
  resource: `${app}-exposure-ingress`,
  reason: "A load balancer of ours stands before it, and ends TLS",
});

/** The stack files of the team: dev has the cluster and the way in; prod shares them, since the node is one cluster. */
function stackFiles(team: Team, account: Account, software: { charts: object; images: JsonObject }): Files {
  const images = { ...(account.stage.options.overrides["images"] as JsonObject), ...software.images };
  const [blog] = team.config("dev")["apps"] as JsonObject[];
  const unseeded = Object.fromEntries(Object.entries(blog ?? {}).filter(([key]) => key !== "seed"));
  const served = { expose: "ingress", database: { kind: "mysql", storageGi: 1 }, replicas: 2 };
  const common = {
    domain: DOMAIN,
    tls: { issuer: "none" },
    images,
    charts: { ...software.charts },
    policy: { relax: [withoutTls("blog")] },
    dataPolicy: "delete",
  };
  const file = (config: JsonObject) =>
    stringify({
      config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`flask-doks:${key}`, value])),
    });
  return {
    "Pulumi.dev.yaml": file({
      ...team.config("dev"),
      ...common,
      registry: { kind: "digitalocean", tier: "basic", name: REGISTRY },
      ingress: { controller: "traefik" },
      apps: [{ ...blog, ...served, hosts: [DEV_HOST] }],
    }),
    "Pulumi.prod.yaml": file({
      ...common,
      cluster: { kind: "shared", stack: "dev" },
      registry: { kind: "digitalocean", create: false, name: REGISTRY },
      dns: { domain: "existing" },
      apps: [{ ...unseeded, ...served, hosts: [PROD_HOST] }],
    }),
  };
}

export async function setPipelineScene(account: Account): Promise<PipelineScene> {
  const software = await edgeSoftware(NODE);
  const team = new Team();
  const github = await startGithub({ repository: REPOSITORY, token: GITHUB_TOKEN });
  const state = join(account.stage.home, "team");
  mkdirSync(state);
  const { DIGITALOCEAN_TOKEN = "", ...machine } = account.stage.options.env;
  const backend = `file://${state}`;
  const settings = {
    secrets: { DIGITALOCEAN_TOKEN, PULUMI_CONFIG_PASSPHRASE: PASSPHRASE },
    variables: { PULUMI_BACKEND_URL: backend },
  };
  const env = { ...machine, PULUMI_BACKEND_URL: backend, PULUMI_CONFIG_PASSPHRASE: PASSPHRASE };
  team.commit("Deploy to our account", stackFiles(team, account, software));
  const { path: pulumi } = await prepareCli(stepPrinter().step);
  for (const stack of ["dev", "prod"]) {
    await run(pulumi, ["stack", "init", stack, "--non-interactive"], {
      cwd: team.repository,
      env: { ...QUIET_ENV, ...env },
    });
  }
  team.commit("Add the salts of the stacks' secrets", {});
  const head = () => team.git("rev-parse", "main");
  return {
    team,
    github,
    env: { ...env, DIGITALOCEAN_TOKEN },
    run: async (workflow, event, more = {}) => {
      const result = await runWorkflow({
        workflow: `.github/workflows/${workflow}.yml`,
        source: team.repository,
        event,
        folder: mkdtempSync(join(account.stage.home, `${workflow}-`)),
        repository: REPOSITORY,
        environments: Object.fromEntries(
          ["preview", "preview-main", "dev", "production", "review", "review-main"].map((name) => [name, settings]),
        ),
        apiUrl: github.url,
        // A job without the right to write is refused, as by GitHub.
        token: (_, permissions) =>
          JSON.stringify(permissions).includes("write") ? GITHUB_TOKEN : "ghs_that_only_reads",
        machine: {
          ...machine,
          ...providers(),
          NODE_COMPILE_CACHE: join(cacheFolder(), "compiled"),
        },
        ...more,
      });
      tell(workflow, result);
      return result;
    },
    pullRequest: ({ number, commit, from = REPOSITORY, labels = [] }, action, label) => {
      github.pullRequest({ number, commit, labels, head: from, state: action === "closed" ? "closed" : "open" });
      return {
        name: "pull_request",
        ref: `refs/pull/${number}/merge`,
        sha: commit,
        payload: {
          action,
          number,
          ...(label === undefined ? {} : { label: { name: label } }),
          pull_request: {
            number,
            state: action === "closed" ? "closed" : "open",
            labels: labels.map((name) => ({ name })),
            head: { ref: `change-${number}`, sha: commit, repo: { full_name: from } },
            base: { ref: "main" },
          },
        },
      };
    },
    pushed: (sha) => ({ name: "push", ref: "refs/heads/main", sha, payload: { after: sha } }),
    scheduled: () => ({ name: "schedule", ref: "refs/heads/main", sha: head(), payload: { schedule: "23 3 * * *" } }),
    strike: async () => {
      await github.stop();
      software.strike();
      team.strike();
    },
  };
}

/** Which plugins this run is told to take. Unasked, a team's stacks are not left to stand-ins. */
const providers = (): Record<string, string> => ({
  FLASK_DOKS_PROVIDERS: process.env["FLASK_DOKS_PROVIDERS"] ?? "stand-in",
  ...(process.env["PULUMI_HOME"] === undefined ? {} : { PULUMI_HOME: process.env["PULUMI_HOME"] }),
});

/** Shows each step of each job, and what a step said that ran a command. */
function tell(workflow: string, { jobs }: RunResult): void {
  for (const { id, result, steps } of jobs) {
    console.log(`      ${workflow} · ${id}: ${result}`);
    for (const { name, conclusion, seconds, output, note } of steps) {
      console.log(
        `        ${conclusion === "success" ? "✓" : "✗"} ${name.split("\n")[0] ?? ""}  ${seconds.toFixed(1)} s${note === undefined ? "" : ` (${note})`}`,
      );
      if (name.includes("npm run")) console.log(output.trimEnd().replace(/^/gm, "          | "));
    }
  }
}

/** What the checkout's own .ci/run runs before this suite, and a workflow would only run again. */
export function ranBefore(command: string): NonNullable<RunOptions["replace"]>[string] {
  const steps = readFileSync(join(ROOT, ".ci", "run"), "utf8");
  if (!steps.includes(` ${command}\n`)) throw new Error(`.ci/run does not run ${command}`);
  return () => ({ code: 0, output: `left out: .ci/run has run "${command}" before this suite\n` });
}
