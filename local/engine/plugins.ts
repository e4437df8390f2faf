/** Gives the engine its providers: the real plugins where they can be had, stand-ins where not. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { attempt } from "../command";
import { digitaloceanProvider } from "../providers/digitalocean";
import { dockerProvider } from "../providers/docker";
import { kubernetesProvider } from "../providers/kubernetes";
import type { Environment } from "../providers/docker/daemon";
import { randomProvider } from "../providers/random";
import type { Provider } from "../providers/provider";
import { serve, type Served } from "../providers/server";
import { type Step, tryStep, UserError } from "../steps";
import { failedToday, pulumiHome, rememberFailure } from "./cache";
import { type PulumiCli, QUIET_ENV } from "./cli";

export type PluginKind = "real" | "stand-in";

export interface Plugins {
  /** By package name, such as `kubernetes`. */
  kinds: Record<string, PluginKind>;
  /** One line that says what the engine will talk to. */
  summary: string;
  /** To be set for the engine. */
  env: Record<string, string>;
  stop(): void;
}

export interface PluginOptions {
  /** The packages that the program uses. Default: all for which there is a stand-in. */
  names?: string[];
  /** For the providers, real or not, such as `DOCKER_HOST`. */
  env?: Record<string, string>;
  /** Whether a stand-in may take the place of a plugin that cannot be had, unasked. Default: it may. */
  standIns?: boolean;
}

const STAND_INS: Record<string, (version: string, env: Environment) => Provider> = {
  kubernetes: kubernetesProvider,
  docker: dockerProvider,
  digitalocean: digitaloceanProvider,
  random: randomProvider,
};

/** The plugin version that an npm SDK asks for: its own. */
function sdkVersion(name: string): string {
  const file = join(__dirname, "..", "..", "node_modules", "@pulumi", name, "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version.replace(/^v/, "");
}

function installed(name: string, version: string): boolean {
  const folder = join(pulumiHome(), "plugins", `resource-${name}-v${version}`);
  return existsSync(join(folder, `pulumi-resource-${name}`)) && !existsSync(`${folder}.partial`);
}

async function download(cli: PulumiCli, name: string, version: string): Promise<boolean> {
  const mark = `plugin-${name}-${version}`;
  if (await failedToday(mark)) return false;
  const args = ["plugin", "install", "resource", name, version, "--non-interactive"];
  const { code } = await attempt(cli.path, args, { env: QUIET_ENV, timeoutSeconds: 60 });
  if (code === 0 && installed(name, version)) return true;
  await rememberFailure(mark);
  return false;
}

function forced(): PluginKind | undefined {
  const wish = process.env["FLASK_DOKS_PROVIDERS"];
  if (wish === undefined || wish === "") return undefined;
  if (wish === "real" || wish === "stand-in") return wish;
  throw new UserError(`FLASK_DOKS_PROVIDERS is "${wish}"; it can be "real" or "stand-in".`);
}

/** Which of the providers the real plugin is there for, downloading what is missing unless stand-ins were asked for. */
async function chooseKinds(
  cli: PulumiCli,
  step: Step,
  names: string[],
  standIns: boolean,
): Promise<Record<string, PluginKind>> {
  const wish = forced();
  if (wish === "stand-in") return Object.fromEntries(names.map((name) => [name, "stand-in"]));
  const missing = names.filter((name) => !installed(name, sdkVersion(name)));
  const marks = missing.map((name) => `plugin-${name}-${sdkVersion(name)}`);
  const untried = (await Promise.all(marks.map((mark) => failedToday(mark)))).includes(false);
  let fetched = missing.map(() => false);
  if (untried) {
    await tryStep(step, "Downloading the Pulumi provider plugins", async () => {
      fetched = await Promise.all(missing.map((name) => download(cli, name, sdkVersion(name))));
      return fetched.every((done) => done) ? fetched : undefined;
    });
  }
  const absent = missing.filter((_, i) => fetched[i] !== true);
  if (wish === "real" && absent.length > 0) {
    const wanted = absent.map((name) => `${name} ${sdkVersion(name)}`).join(", ");
    throw new UserError(`FLASK_DOKS_PROVIDERS is "real", but these plugins cannot be had: ${wanted}.`);
  }
  if (!standIns && absent.length > 0) {
    const wanted = absent.map((name) => `${name} ${sdkVersion(name)}`).join(", ");
    throw new UserError(
      `These provider plugins cannot be had: ${wanted}. This project's stand-ins are no replacement for a stack that ` +
        "others rely on; for a trial, FLASK_DOKS_PROVIDERS=stand-in takes them.",
    );
  }
  return Object.fromEntries(names.map((name) => [name, absent.includes(name) ? "stand-in" : "real"]));
}

function describe(kinds: Record<string, PluginKind>): string {
  const of = (kind: PluginKind) => Object.keys(kinds).filter((name) => kinds[name] === kind);
  const parts: string[] = [];
  if (of("real").length > 0) parts.push(`the real plugins for ${of("real").join(", ")}`);
  if (of("stand-in").length > 0) parts.push(`this project's STAND-INS for ${of("stand-in").join(", ")}`);
  return `Providers: ${parts.join("; ")}`;
}

/**
 * Readies a provider for each package of the program. `FLASK_DOKS_PROVIDERS=real|stand-in` forces one for all.
 * The stand-ins live in this process: stop them when the engine is done.
 */
export async function preparePlugins(
  cli: PulumiCli,
  step: Step,
  { names = Object.keys(STAND_INS), env = {}, standIns = true }: PluginOptions = {},
): Promise<Plugins> {
  const kinds = await chooseKinds(cli, step, names, standIns);
  const served: [string, Served][] = [];
  for (const name of names.filter((each) => kinds[each] === "stand-in")) {
    const standIn = STAND_INS[name];
    if (standIn === undefined) throw new UserError(`There is no plugin and no stand-in for the provider "${name}".`);
    served.push([name, await serve(standIn(sdkVersion(name), env))]);
  }
  const ports = served.map(([name, { port }]) => `${name}:${port}`).join(",");
  return {
    kinds,
    summary: describe(kinds),
    env: { ...env, ...(ports === "" ? {} : { PULUMI_DEBUG_PROVIDERS: ports }) },
    stop: () => {
      for (const [, each] of served) each.stop();
    },
  };
}
