import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { configOf, StackFileError } from "../../lib/stackFile";
import { stacksOf } from "../../lib/stackNames";
import { UserError } from "../../local/steps";

/** An app that a stack file has already: what a further one is put in like. */
export interface ListedApp {
  name?: string;
  expose?: string;
  hosts?: string[];
  nodePort?: number;
}

/** A stack file, and what of it decides how an app is added. */
export interface StackFile {
  /** Name of the stack: `dev`. */
  stack: string;
  /** Name of the file: `Pulumi.dev.yaml`. */
  file: string;
  text: string;
  /** Whether it has a list of apps, be it empty. */
  hasApps: boolean;
  apps: ListedApp[];
  clusterKind: string;
  domain: string | undefined;
}

/** The stack files of a folder, in the order of their stacks' names. */
export async function readStackFiles(folder: string): Promise<StackFile[]> {
  return Promise.all(
    stacksOf(folder).map(async (stack) => {
      const file = `Pulumi.${stack}.yaml`;
      return { stack, file, ...read(await readFile(join(folder, file), "utf8"), file) };
    }),
  );
}

/** Loosely: a file that is not sound is told of with the app in it, for an empty list of apps is not sound either. */
function read(text: string, file: string): Omit<StackFile, "stack" | "file"> {
  const config = readable(text, file);
  const apps = decoded(config["flask-doks:apps"]);
  const kind = groupOf(decoded(config["flask-doks:cluster"]))["kind"];
  const domain = config["flask-doks:domain"];
  return {
    text,
    hasApps: "flask-doks:apps" in config,
    apps: Array.isArray(apps) ? apps.map(groupOf) : [],
    clusterKind: typeof kind === "string" ? kind : "doks",
    domain: typeof domain === "string" && domain !== "" ? domain : undefined,
  };
}

function readable(text: string, file: string): Record<string, unknown> {
  try {
    return groupOf(configOf(text, file));
  } catch (error) {
    throw error instanceof StackFileError ? new UserError(error.message) : error;
  }
}

/** `pulumi config set` may have written a group as JSON in a string, which YAML reads as well. */
const decoded = (value: unknown): unknown =>
  typeof value === "string" && /^[[{]/.test(value) ? (parse(value) as unknown) : value;

const groupOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
