/** A long-running process of a node. It is known by a mark in its environment, so no pid file can be lost or lie. */

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { readdir, readFile, readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startTime } from "../lock";
import type { NodeSettings } from "./settings";

const MARK = "FLASK_DOKS_DAEMON";
const FINGERPRINT = "FLASK_DOKS_FINGERPRINT";
const PASSED_ON = /^(PATH|HOME|LANG|SSL_CERT_(FILE|DIR)|(HTTPS?|NO)_PROXY|GOMAXPROCS)$/i;

export interface DaemonArgs {
  name: string;
  command: string;
  args: readonly string[];
  /** Whether it lives in the node's network namespace, or in the machine's. */
  inNode: boolean;
  /** The content of its config files: a running daemon is replaced if this or its command line changed. */
  config?: string;
  env?: Record<string, string>;
}

interface MarkedProcess {
  pid: number;
  since: string;
  daemon: string;
  fingerprint: string;
  /** File name of what it executes. */
  executable: string;
}

async function readMark(pid: number, prefix: string): Promise<MarkedProcess[]> {
  try {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8");
    if (!environment.includes(prefix)) return [];
    const variables = new Map(environment.split("\0").map((line) => [line.split("=", 1)[0], line] as const));
    const value = (name: string) => variables.get(name)?.slice(name.length + 1) ?? "";
    const since = await startTime(pid);
    if (since === undefined || !value(MARK).startsWith(prefix)) return [];
    const executable = basename((await readlink(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, ""));
    return [{ pid, since, daemon: value(MARK).slice(prefix.length), fingerprint: value(FINGERPRINT), executable }];
  } catch {
    return []; // It ended meanwhile, or is a zombie.
  }
}

/** The node's processes: its daemons, and what these started with their environment (such as containerd's shims). */
export async function nodeProcesses(node: NodeSettings): Promise<MarkedProcess[]> {
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry)).map(Number);
  return (await Promise.all(pids.map((pid) => readMark(pid, `${node.state}/`)))).flat();
}

const lives = async (process: MarkedProcess): Promise<boolean> => {
  if ((await startTime(process.pid)) !== process.since) return false;
  const status = await readFile(`/proc/${process.pid}/stat`, "utf8").catch(() => ") Z");
  return !status.slice(status.lastIndexOf(")")).startsWith(") Z");
};

async function signal(processes: readonly MarkedProcess[], name: NodeJS.Signals): Promise<void> {
  for (const found of processes) if (await lives(found)) process.kill(found.pid, name);
}

/** Ends processes: politely first, by force when that takes longer than `patienceSeconds`. */
export async function end(processes: readonly MarkedProcess[], patienceSeconds: number): Promise<void> {
  await signal(processes, "SIGTERM");
  for (const [name, waitMs] of [
    ["SIGTERM", patienceSeconds * 1000],
    ["SIGKILL", 10_000],
  ] as const) {
    if (name === "SIGKILL") await signal(processes, name);
    const untilMs = Date.now() + waitMs;
    do {
      if (!(await Promise.all(processes.map(lives))).includes(true)) return;
      await sleep(50);
    } while (Date.now() < untilMs);
  }
}

export const logFile = (node: NodeSettings, daemon: string): string => join(node.state, "log", `${daemon}.log`);

/** Starts a daemon that does not run, or that runs with other settings. Says whether it did. */
export async function startDaemon(node: NodeSettings, daemon: DaemonArgs): Promise<boolean> {
  const what = JSON.stringify([daemon.command, daemon.args, daemon.config, daemon.env]);
  const fingerprint = createHash("sha256").update(what).digest("hex").slice(0, 16);
  const running = (await nodeProcesses(node)).filter(
    (process) => process.daemon === daemon.name && process.executable === basename(daemon.command),
  );
  if (running.length === 1 && running[0]?.fingerprint === fingerprint) return false;
  await end(running, 10);

  mkdirSync(join(node.state, "log"), { recursive: true });
  const log = openSync(logFile(node, daemon.name), "a", 0o600);
  // `ip netns exec` would remount /sys and hide the cgroups.
  const [command, ...args] = daemon.inNode
    ? ["nsenter", `--net=/run/netns/${node.fullName}`, "--", daemon.command, ...daemon.args]
    : [daemon.command, ...daemon.args];
  const passedOn = Object.entries(process.env).filter(([name]) => PASSED_ON.test(name));
  const child = spawn(command, args, {
    cwd: "/",
    detached: true,
    stdio: ["ignore", log, log],
    env: {
      ...Object.fromEntries(passedOn),
      ...daemon.env,
      [MARK]: `${node.state}/${daemon.name}`,
      [FINGERPRINT]: fingerprint,
    },
  });
  closeSync(log);
  child.on("error", () => undefined); // A command that is not there shows as a daemon that never gets ready.
  child.unref();
  return true;
}

/** Waits until `ready` says so. Fails with the end of the daemon's log if that does not come about. */
export async function untilReady(
  node: NodeSettings,
  daemon: string,
  ready: () => Promise<boolean>,
  timeoutSeconds = 60,
): Promise<void> {
  const startMs = Date.now();
  while (!(await ready().catch(() => false))) {
    const seconds = (Date.now() - startMs) / 1000;
    const gone = seconds > 2 && !(await nodeProcesses(node)).some((process) => process.daemon === daemon);
    if (gone || seconds > timeoutSeconds) {
      const log = await readFile(logFile(node, daemon), "utf8").catch(() => "");
      const why = gone ? "ended" : `was not ready after ${timeoutSeconds} s`;
      throw new Error(`${daemon} ${why}. The end of ${logFile(node, daemon)}:\n${log.slice(-2000)}`);
    }
    await sleep(100);
  }
}

export async function stopDaemons(node: NodeSettings, names: readonly string[], patienceSeconds = 10): Promise<void> {
  await end(
    (await nodeProcesses(node)).filter((process) => names.includes(process.daemon)),
    patienceSeconds,
  );
}
