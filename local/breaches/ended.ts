/** Breaches of an app whose container ended, or could not be started. */

import { APP_USER_ID } from "../../lib/webPod";
import type { Breach } from "./breach";
import { type AppFacts, endedByStartupProbe, partOf, ranSeconds, STATIC_FILES, statusOf } from "./podFacts";
import { startLimit } from "./probes";
import { noServer, saidInLog } from "./saidInLog";

/** What a shell ends with when it may not execute a program, and when there is none. */
const SHELL_CODES = [126, 127];

export function endedBreach(facts: AppFacts): Breach | undefined {
  return noStaticFolder(facts) ?? notStarted(facts) ?? ended(facts);
}

function noStaticFolder({ pod, log }: AppFacts): Breach | undefined {
  const { state, lastState } = statusOf(pod, STATIC_FILES) ?? {};
  const end = state?.terminated ?? lastState?.terminated;
  if (end === undefined || end.exitCode === 0) return undefined;
  // The container has its log as its last word.
  const said = [end.message ?? "", ...log].join("\n");
  const [, folder] = /can(?:no|')t stat ['‘]?([^'’\n]+?)(?:\/\.)?['’]?: No such file/.exec(said) ?? [];
  return folder === undefined
    ? undefined
    : {
        name: "no-static-folder",
        text: `the image has no folder ${folder}, which NGINX is to serve. Name in apps[].proxy.static folders as they are in the image.`,
      };
}

/** What the container's runtime says of a command that it cannot start. */
function notStarted({ status, ended: end }: AppFacts): Breach | undefined {
  const said = `${status?.state?.waiting?.message ?? ""}\n${end?.message ?? ""}`;
  const [, program, why = ""] =
    /exec: \\?"([^"\\]+)\\?": (executable file not found|stat \S+: no such file|permission denied)/.exec(said) ?? [];
  if (program !== undefined) return why === "permission denied" ? notExecutable(program) : noServer(program);
  const [, folder] = /chdir to cwd \("([^"]+)"\).*permission denied/.exec(said) ?? [];
  return folder === undefined ? undefined : saidInLog([`${folder}: Permission denied`]);
}

const notExecutable = (program: string): Breach => ({
  name: "no-server",
  text: `user ${APP_USER_ID}, which the app runs as, may not execute ${program}. Make it executable for everyone in the image.`,
});

function ended({ pod, app, ended: end, log }: AppFacts): Breach | undefined {
  if (end === undefined || endedByStartupProbe(app, end)) return undefined;
  if (end.reason === "OOMKilled") return killedForMemory(app.resources?.limits?.["memory"]);
  const told = (SHELL_CODES.includes(end.exitCode) ? saidByShell(log) : undefined) ?? saidInLog(log);
  if (told !== undefined || partOf(pod) !== "web") return told;
  const ran = Math.round(ranSeconds(end));
  // The runtime's own failures have no run.
  return end.startedAt === undefined || end.reason === "StartError" || ran >= startLimit(app)
    ? undefined
    : exitsAtOnce(end.exitCode, ran);
}

/** Only the last word counts: a script may go on without what it misses. */
function saidByShell(log: readonly string[]): Breach | undefined {
  const [, program, why] =
    /(?:sh: (?:(?:line )?\d+: )?(?:exec: )?|env: )['‘]?([\w./-]+)['’]?: (?:command )?(not found|No such file|Permission denied)/.exec(
      log.at(-1) ?? "",
    ) ?? [];
  if (program === undefined) return undefined;
  return why === "Permission denied" ? notExecutable(program) : noServer(program);
}

const killedForMemory = (limit = "its memory"): Breach => ({
  name: "killed-for-memory",
  text: `it used more than its limit, ${limit}. Give it more in apps[].resources.limits.memory, or fewer processes in apps[].server.processes.`,
});

function exitsAtOnce(exitCode: number, seconds: number): Breach {
  const when = seconds < 1 ? "right at its start" : `${seconds} s after its start`;
  return {
    name: "exits-at-once",
    text:
      exitCode === 0
        ? `it ended by itself ${when}, with exit code 0. Let the server run in the foreground, for as long as the pod lives.`
        : `it ended ${when}, with exit code ${exitCode}. The last lines of its log say why.`,
  };
}
