/** Finds in an app's log which breach it tells of. */

import { APP_USER_ID } from "../../lib/webPod";
import type { Breach } from "./breach";

type Told = [RegExp, (found: string, line: string) => Breach | undefined];

/** What each line may say; `found` is the pattern's first group. */
const TELLING: Told[] = [
  [/ModuleNotFoundError: (No module named '[^']+')/, noApp],
  [/ImportError: (cannot import name .+)/, noApp],
  [/(?:NoAppException|AppImportError): (.+)/, noApp],
  [/^Error: ((?:Could not (?:import|locate)|Failed to find|Detected |A valid Flask).+)/, noApp],
  [/^(Failed to (?:find attribute|find application|parse) .+)/, noApp],
  // Python's own words for what follows its -m.
  [/python[\d.]*: No module named ([\w.]+)$/, noServer],
  [/^exec (\S+): no such file or directory/, noServer],
  [/KeyError: '([A-Z][A-Z0-9_]+)'$/, missingVariable],
  [/environment variable "?([A-Z][A-Z0-9_]+)"? (?:is )?not set/i, missingVariable],
  [/([A-Z][A-Z0-9_]+) not found\. Declare it as envvar/, missingVariable],
  [/(Read-only file system)/, (_, line) => mayNotWrite(line)],
  // Without a path it is about something else, such as a port.
  [/(Permission denied)/, (_, line) => (pathIn(line) === undefined ? undefined : mayNotWrite(line))],
  [
    /(unable to open database file|attempt to write a readonly database)/,
    (found) => needsFolder(`its SQLite database cannot be written ("${found}")`),
  ],
];

/** gunicorn says so of each start on a read-only file system, and serves all the same. */
const HARMLESS = /Control server error|control socket/;

/** What a server says when it has no app, which is all that is known when nothing before it says why. */
const AT_LAST: Told[] = [
  [/(unable to find "[^"]+" callable in file \S+|no python application found|no app loaded)/, noApp],
];

/** The breach that the last telling line of the log is about; nothing when none tells. */
export function saidInLog(log: readonly string[]): Breach | undefined {
  const lines = log.filter((line) => !HARMLESS.test(line));
  return lastTold(lines, TELLING) ?? lastTold(lines, AT_LAST);
}

function lastTold(log: readonly string[], telling: readonly Told[]): Breach | undefined {
  for (const line of [...log].reverse()) {
    for (const [pattern, breach] of telling) {
      const [, found] = pattern.exec(line.trim()) ?? [];
      const told = found === undefined ? undefined : breach(found, line);
      if (told !== undefined) return told;
    }
  }
  return undefined;
}

function noApp(why: string): Breach {
  return {
    name: "no-app",
    text: `the app cannot be loaded: ${why.replace(/[.\s]+$/, "")}. Check apps[].entryPoint, and that the image has all that the app imports.`,
  };
}

/** A program that an image's command names and the image does not have. */
export function noServer(program: string): Breach {
  return {
    name: "no-server",
    text: `the image has no ${program} to start. Install it in the image, or let its command name one that is there.`,
  };
}

function missingVariable(variable: string): Breach {
  return {
    name: "missing-variable",
    text: `it wants ${variable}, and has none. Set it in apps[].env, or in apps[].secrets if it is secret.`,
  };
}

function needsFolder(what: string): Breach {
  return {
    name: "needs-a-writable-folder",
    text: `${what}. Only /tmp can be written, and it is as short-lived as the pod: what has to last belongs into the database.`,
  };
}

/** The path after the error's own words, or the last one before them. */
function pathIn(line: string): string | undefined {
  const quoted = /(?:Read-only file system|Permission denied): ['‘"]([^'’"]+)/.exec(line)?.[1];
  return quoted ?? line.match(/(?<![\w/.])\/[^\s'’":()]+/g)?.at(-1);
}

/** By the file system, which is read-only, or by the rights of whom the app runs as. */
function mayNotWrite(line: string): Breach {
  const path = pathIn(line) ?? "its own folder";
  return needsFolder(
    line.includes("Read-only")
      ? `it writes to ${path}, which is read-only`
      : `it may not use ${path} as user ${APP_USER_ID}, which it runs as`,
  );
}
