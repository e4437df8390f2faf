/** The inputs of a Helm release: what they are completed with, what a change of them means, and the flags they become. */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { contentKey } from "../../contentKey";
import { madeUpName } from "../madeUpName";
import { type Checked, type CheckRequest, type Difference, type DiffRequest, NO_DIFFERENCE } from "../provider";
import {
  contains,
  hasSecret,
  hasUnknown,
  isObject,
  reveal,
  revealed,
  Secret,
  type Value,
  type Values,
} from "../values";
import { changedPaths } from "./diff";

export const DEFAULT_TIMEOUT_SECONDS = 300;

/** What the SDK sends that is no input, and what is recorded in another form. */
const NOT_KEPT = ["compat", "manifest", "resourceNames", "status", "valueYamlFiles"];

const text = (value: Value | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** Whether a chart is a folder or an archive on this machine, by the real provider's rule. */
export function isLocal(inputs: Values): boolean {
  const { chart, repositoryOpts } = revealed(inputs);
  if (typeof chart !== "string" || (isObject(repositoryOpts) && /^\w+:\/\//.test(text(repositoryOpts["repo"]) ?? ""))) {
    return false;
  }
  if (!existsSync(chart)) return false;
  return statSync(chart).isFile() || existsSync(join(chart, "Chart.yaml"));
}

/** A name for the content of a chart on this machine, so that a change of it is one of the release. */
function checksumOf(chart: string, updatesDependencies: boolean): string {
  if (statSync(chart).isFile()) return contentKey([chart]);
  // An update of the dependencies writes these; the chart is no other one by that.
  const fetched = updatesDependencies ? ["charts", "Chart.lock"] : [];
  const names = readdirSync(chart).filter((name) => !fetched.includes(name));
  const paths = names.sort().map((name) => join(chart, name));
  return contentKey(paths, ...names);
}

/** What is known of a local chart without Helm; a remote one keeps the version that was asked for. */
function localFacts(inputs: Values): Values {
  const { chart, dependencyUpdate } = revealed(inputs);
  if (typeof chart !== "string" || !isLocal(inputs)) return {};
  const checksum = checksumOf(chart, dependencyUpdate === true);
  if (statSync(chart).isFile()) return { checksum };
  const { version } = parse(readFileSync(join(chart, "Chart.yaml"), "utf8")) as { version?: unknown };
  return typeof version === "string" ? { checksum, version } : { checksum };
}

/** `under` is kept where `over` says nothing; a null says something: that a default is to go. */
function merged(under: Value | undefined, over: Value | undefined): Value {
  if (over === undefined) return under === undefined ? {} : under;
  if (!isObject(under) || !isObject(over)) return over;
  const keys = [...new Set([...Object.keys(under), ...Object.keys(over)])];
  return Object.fromEntries(keys.map((key) => [key, merged(under[key], over[key])]));
}

/** The values with those of the YAML files under them. Files are read now, so that a change of one is noticed. */
function withFiles(values: Value | undefined, files: Value | undefined): Value | undefined {
  if (files === undefined || files === null) return values;
  let result: Value = {};
  for (const asset of reveal(files) as Values[]) {
    const content = text(asset["text"]) ?? readFileSync(text(asset["path"]) ?? "", "utf8");
    result = merged(result, parse(content) as Value);
  }
  result = merged(result, values instanceof Secret ? values.value : values);
  return values instanceof Secret || hasSecret(files) ? new Secret(result) : result;
}

function failuresOf(inputs: Values): Checked["failures"] {
  const { chart, repositoryOpts } = revealed(inputs);
  const failures: { property: string; reason: string }[] = [];
  const isPath = typeof chart === "string" && /^[./]/.test(chart);
  if (isPath && !isLocal(inputs)) {
    failures.push({ property: "chart", reason: `there is no chart in ${chart} (from ${process.cwd()})` });
  }
  if (isObject(repositoryOpts) && text(repositoryOpts["password"]) !== undefined) {
    // Helm takes it as an argument, which everybody on the machine can read.
    const reason = "a password for a repository of charts is not in the stand-in; log in with helm before";
    failures.push({ property: "repositoryOpts.password", reason });
  }
  return failures;
}

/** Completes the inputs with a name, a namespace, a timeout, and what the chart itself says. */
export function check({ name, olds, news, settings, seed }: CheckRequest): Promise<Checked> {
  const kept = Object.entries(news).filter(([key, value]) => value !== null && !NOT_KEPT.includes(key));
  const inputs = Object.fromEntries<Value>(kept);
  if (inputs["name"] === undefined || inputs["name"] === "") {
    inputs["name"] = olds["name"] ?? madeUpName(name, 8, seed);
  }
  if (inputs["namespace"] === undefined || inputs["namespace"] === "") {
    inputs["namespace"] = text(settings["namespace"]) ?? "default";
  }
  if (inputs["skipAwait"] !== true) inputs["timeout"] ??= DEFAULT_TIMEOUT_SECONDS;
  const files = news["valueYamlFiles"];
  const values = files !== undefined && hasUnknown(files) ? inputs["values"] : withFiles(inputs["values"], files);
  if (values !== undefined) inputs["values"] = values;
  return Promise.resolve({ inputs: { ...inputs, ...localFacts(inputs) }, failures: failuresOf(inputs) ?? [] });
}

/** A null among the values removes a chart's default, and so differs from nothing. */
function withNulls(value: Value): Value {
  if (value === null) return "null";
  if (Array.isArray(value)) return value.map(withNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNulls(item)]));
}

const saysNothing = (value: Value): boolean =>
  value === null ||
  value === "" ||
  value === false ||
  value === 0 ||
  (isObject(value) && Object.keys(value).length === 0);

/** Without the zero values that the real provider records for every input that is not given. */
function comparable(inputs: Values): Values {
  const kept = Object.entries(revealed(inputs)).filter(([, value]) => !saysNothing(value));
  return withNulls(Object.fromEntries(kept)) as Values;
}

/** Another name or namespace is another release; all else, the chart included, is an upgrade. */
export function diff({ oldInputs, news, ignoreChanges }: DiffRequest): Promise<Difference> {
  const [before, after] = [comparable(oldInputs), comparable(news)];
  // The real provider records none; what it installed is not upgraded only to have one.
  if (before["checksum"] === undefined) Reflect.deleteProperty(after, "checksum");
  const changes = Object.entries(changedPaths(before, after)).filter(
    ([path]) => !ignoreChanges.some((ignored) => contains(ignored, path)),
  );
  const replaces = changes.map(([path]) => path).filter((path) => path === "name" || path === "namespace");
  return Promise.resolve({ ...NO_DIFFERENCE, changes: Object.fromEntries(changes), replaces });
}

const SWITCHES: Record<string, string> = {
  atomic: "--atomic",
  cleanupOnFail: "--cleanup-on-fail",
  createNamespace: "--create-namespace",
  dependencyUpdate: "--dependency-update",
  devel: "--devel",
  disableOpenapiValidation: "--disable-openapi-validation",
  disableWebhooks: "--no-hooks",
  forceUpdate: "--force",
  recreatePods: "--recreate-pods",
  renderSubchartNotes: "--render-subchart-notes",
  skipCrds: "--skip-crds",
  takeOwnership: "--take-ownership",
  verify: "--verify",
};
const OPTIONS: Record<string, string> = {
  description: "--description",
  keyring: "--keyring",
  postrender: "--post-renderer",
};
const REPOSITORY_FILES: Record<string, string> = {
  caFile: "--ca-file",
  certFile: "--cert-file",
  keyFile: "--key-file",
};

const optionsFrom = (values: Values, flags: Record<string, string>): string[] =>
  Object.entries(flags).flatMap(([key, flag]) => {
    const value = text(values[key]);
    return value === undefined ? [] : [flag, value];
  });

/** The chart as Helm is to find it: a path, an address, or a name in a repository. */
function chartArgs(inputs: Values): string[] {
  const chart = text(inputs["chart"]) ?? "";
  if (isLocal(inputs)) return [chart];
  const version = optionsFrom(inputs, { version: "--version" });
  const opts = inputs["repositoryOpts"];
  if (!isObject(opts) || chart.startsWith("oci://")) return [chart, ...version];
  const repo = text(opts["repo"]) ?? "";
  const files = optionsFrom(opts, REPOSITORY_FILES);
  if (/^\w+:\/\//.test(repo)) return [chart, ...version, "--repo", repo, ...files];
  return [repo === "" || chart.includes("/") ? chart : `${repo}/${chart}`, ...version, ...files];
}

export const isAwaited = (inputs: Values): boolean => inputs["atomic"] === true || inputs["skipAwait"] !== true;

/**
 * The arguments that install or upgrade a release. Its values are read from standard input: they may hold secrets,
 * and everybody on a machine can read arguments.
 *
 * @param inputs Secrets revealed.
 */
export function upgradeArgs(inputs: Values, timeoutSeconds: number): string[] {
  const args = ["upgrade", text(inputs["name"]) ?? "", ...chartArgs(inputs), "--install", "--values", "-"];
  args.push("--timeout", `${timeoutSeconds}s`);
  if (inputs["skipAwait"] !== true) args.push("--wait");
  if (inputs["skipAwait"] !== true && inputs["waitForJobs"] === true) args.push("--wait-for-jobs");
  const { maxHistory } = inputs;
  args.push("--history-max", typeof maxHistory === "number" ? String(maxHistory) : "0");
  // By itself Helm would go on with the old values when the last of them is taken away.
  args.push(inputs["reuseValues"] === true && inputs["resetValues"] !== true ? "--reuse-values" : "--reset-values");
  for (const [key, flag] of Object.entries(SWITCHES)) if (inputs[key] === true) args.push(flag);
  return [...args, ...optionsFrom(inputs, OPTIONS)];
}
