/** Runs the steps of a job one after the other. */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { bash, type ScriptResult } from "./bash";
import { ACTIONS, type Place } from "./actions";
import { FailedAction } from "./artifacts";
import { fillIn, fillInAll, holds, type Contexts, type Status } from "./expressions";
import { readAction, type Step } from "./workflow";

/** What became of a step. */
export interface StepResult {
  /** Its name, or what it runs; that of a step of a composite action has the action's in front. */
  name: string;
  /** `success` as well where `continue-on-error` makes it one. */
  conclusion: Status;
  /** Before `continue-on-error`. */
  outcome: Status;
  output: string;
  seconds: number;
  /** What the runner did instead of what is written. */
  note?: string;
}

/** What a test has done instead of a command. */
export type Replacement = (script: {
  cwd: string;
  env: Record<string, string>;
}) => ScriptResult | Promise<ScriptResult>;

/** All that the steps of a job share. */
export interface JobState {
  /** The job's name, and with the step's, for errors. */
  job: string;
  where: string;
  place: Place;
  /** Of the workflow and the job, and what steps have added to it. */
  env: Record<string, string>;
  /** What steps have put in front of PATH. */
  path: string[];
  /** What every step has: the machine's and GitHub's own. */
  machine: Record<string, string>;
  status: Status;
  /** A moment, in milliseconds, at which the job's time is over. */
  endMs: number;
  results: StepResult[];
  summary: string;
  replace: Readonly<Record<string, Replacement>>;
  /** Folder of packages that `npm ci` comes to. */
  nodeModules: string;
}

/** The steps so far, as the context `steps`. */
type Known = Record<string, { outputs: Record<string, string>; outcome: string; conclusion: string }>;

interface Ran {
  good: boolean;
  output: string;
  outputs: Record<string, string>;
  note?: string;
}

/** What a step wrote into GITHUB_ENV or GITHUB_OUTPUT. */
function assignments(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const [, name, mark, value = ""] = /^([^=<]+)(=|<<)(.*)$/.exec(lines[at] ?? "") ?? [];
    if (name === undefined) {
      continue;
    }
    const end = mark === "<<" ? lines.indexOf(value, at + 1) : at;
    if (end < 0) {
      throw new Error(`The value of ${name} has no end: ${value}`);
    }
    found[name] = mark === "<<" ? lines.slice(at + 1, end).join("\n") : value;
    at = end;
  }
  return found;
}

const NPM_CI = /^npm ci( --[\w-]+)*$/;

/** The packages of this checkout stand for those that `npm ci` would install. */
function linkPackages({ nodeModules }: JobState, cwd: string): ScriptResult {
  if (!existsSync(join(cwd, "package-lock.json"))) {
    return { code: 1, output: "npm ci needs a package-lock.json." };
  }
  symlinkSync(nodeModules, join(cwd, "node_modules"));
  return { code: 0, output: "" };
}

async function runScript(step: Step, script: string, state: JobState, contexts: Contexts): Promise<Ran> {
  const { place, machine, replace } = state;
  const folder = join(place.temp, `step-${state.results.length}`);
  mkdirSync(folder, { recursive: true });
  const files = Object.fromEntries(
    ["GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"].map((name) => [name, join(folder, name)]),
  );
  Object.values(files).forEach((file) => {
    writeFileSync(file, "");
  });
  const own = await fillInAll(step.env, contexts, state.status);
  const PATH = [...state.path, machine["PATH"] ?? ""].join(":");
  const env = { ...machine, ...state.env, ...own, ...files, PATH };
  const cwd = resolve(place.workspace, await fillIn(step["working-directory"] ?? ".", contexts, state.status));
  const limit = (step["timeout-minutes"] ?? Infinity) * 60;
  const timeoutSeconds = Math.max(1, Math.min(limit, (state.endMs - Date.now()) / 1000));

  const replacement = replace[script.trim()];
  const linked = replacement === undefined && NPM_CI.test(script.trim());
  const { code, output } = replacement
    ? await replacement({ cwd, env })
    : linked
      ? linkPackages(state, cwd)
      : await bash(script, { cwd, env, timeoutSeconds });

  const [added = "", said = "", path = "", summary = ""] = Object.values(files).map((file) =>
    readFileSync(file, "utf8"),
  );
  place.secrets.refuse([added, said, summary].join("\n"), `What ${state.where} hands on`);
  Object.assign(state.env, assignments(added));
  state.path.unshift(...path.split("\n").filter((line) => line !== ""));
  state.summary += summary;
  const note = replacement ? "replaced by the test" : linked ? `linked ${state.nodeModules}` : undefined;
  return { good: code === 0, output, outputs: assignments(said), ...(note === undefined ? {} : { note }) };
}

async function runAction(step: Step, uses: string, state: JobState, contexts: Contexts): Promise<Ran> {
  if (uses.startsWith("./")) {
    return runComposite(step, uses, state, contexts);
  }
  const action = ACTIONS[uses.split("@")[0] ?? ""];
  if (action === undefined) {
    throw new Error(`${state.where}: the runner has no action ${uses}.`);
  }
  if ("note" in action) {
    return { good: true, output: "", outputs: {}, note: action.note };
  }
  const inputs = await fillInAll(step.with, contexts, state.status);
  const unknown = Object.keys(inputs).filter((name) => !action.inputs.includes(name));
  if (unknown.length > 0) {
    throw new Error(`${state.where}: the runner's ${uses} does not know ${unknown.join(", ")}.`);
  }
  try {
    return { good: true, output: await action.run(state.place, inputs), outputs: {} };
  } catch (error) {
    if (error instanceof FailedAction) {
      return { good: false, output: error.message, outputs: {} };
    }
    throw error;
  }
}

async function runComposite(step: Step, uses: string, state: JobState, contexts: Contexts): Promise<Ran> {
  const file = join(state.place.workspace, uses, "action.yml");
  if (!existsSync(file)) {
    return { good: false, output: `There is no ${uses}/action.yml: was the checkout forgotten?`, outputs: {} };
  }
  const action = readAction(`${uses}/action.yml`, readFileSync(file, "utf8"));
  const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? ""] as const);
  const inputs = await fillInAll({ ...Object.fromEntries(defaults), ...step.with }, contexts, state.status);
  // It sees no secret but what it is given.
  const own = Object.fromEntries(Object.entries({ ...contexts, inputs }).filter(([name]) => name !== "secrets"));
  // Its steps ask of each other alone how they went.
  const before = state.status;
  state.status = "success";
  const steps = await runSteps(action.runs.steps, state, own, `${step.name ?? action.name} / `);
  const good = (state.status as Status) === "success";
  state.status = before;
  const outputs: Record<string, string> = {};
  for (const [name, { value }] of Object.entries(action.outputs)) {
    outputs[name] = await fillIn(value, { ...own, steps });
  }
  return { good, output: "", outputs };
}

/** A step's name, as GitHub shows it. */
const nameOf = (step: Step): string => step.name ?? step.run?.trim().split("\n")[0] ?? step.uses ?? "";

/**
 * Runs steps, and notes in the state what became of each.
 *
 * @param prefix In front of the names.
 * @returns What later expressions see as `steps`.
 */
export async function runSteps(steps: readonly Step[], state: JobState, outer: Contexts, prefix = ""): Promise<Known> {
  const known: Known = {};
  for (const step of steps) {
    const name = prefix + nameOf(step);
    state.where = `${state.job}, ${name}`;
    const contexts = { ...outer, steps: known, env: state.env, job: { status: state.status } };
    const startMs = Date.now();
    if (!(await holds(step.if, contexts, state.status))) {
      const skipped = { conclusion: "skipped", outcome: "skipped" } as const;
      state.results.push({ name, ...skipped, output: "", seconds: 0 });
      if (step.id !== undefined) known[step.id] = { outputs: {}, ...skipped };
      continue;
    }
    const ran = await (step.run === undefined
      ? runAction(step, step.uses ?? "", state, contexts)
      : runScript(step, await fillIn(step.run, contexts, state.status), state, contexts));
    state.place.secrets.refuse(ran.output, state.where);
    const outcome = ran.good ? "success" : "failure";
    const conclusion = ran.good || step["continue-on-error"] ? "success" : "failure";
    const seconds = (Date.now() - startMs) / 1000;
    state.results.push({
      name,
      conclusion,
      outcome,
      output: ran.output,
      seconds,
      ...(ran.note ? { note: ran.note } : {}),
    });
    if (step.id !== undefined) known[step.id] = { outputs: ran.outputs, outcome, conclusion };
    if (conclusion === "failure") state.status = "failure";
  }
  return known;
}
