import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
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

/** The stack files of a folder, in the order of their names. */
export async function readStackFiles(folder: string): Promise<StackFile[]> {
  const files = (await readdir(folder)).sort().flatMap((file) => {
    const [, stack] = /^Pulumi\.(.+)\.yaml$/.exec(file) ?? [];
    return stack === undefined ? [] : [{ stack, file }];
  });
  return Promise.all(
    files.map(async ({ stack, file }) => ({ stack, file, ...read(await readFile(join(folder, file), "utf8"), file) })),
  );
}

/** Loosely: a file that is not sound is told of with the app in it, for an empty list of apps is not sound either. */
function read(text: string, file: string): Omit<StackFile, "stack" | "file"> {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    const [first = ""] = (error as Error).message.split("\n");
    throw new UserError(`${file} is not YAML: ${first.replace(/:$/, "")}`);
  }
  const config = groupOf(groupOf(document)["config"]);
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

/** `pulumi config set` may have written a group as JSON in a string, which YAML reads as well. */
const decoded = (value: unknown): unknown =>
  typeof value === "string" && /^[[{]/.test(value) ? (parse(value) as unknown) : value;

const groupOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
