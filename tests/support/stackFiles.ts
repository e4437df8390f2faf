/** Configs for the program under mocks: the committed stack files, and the least that a stack needs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { deployProgram, type Deployed } from "./mocks";

/** A ready image, as a stack file names one. */
export const BLOG_IMAGE = `ghcr.io/team/blog@sha256:${"1".repeat(64)}`;

export const ROOT = join(__dirname, "..", "..");

export const STACKS = ["local", "dev", "prod"] as const;

/** The apps that come with the project: those that somebody has added to the stack files are not what specs know. */
export const PROJECTS_APPS = ["blog", "guestbook"];

/** A committed stack file, as it is written, with the project's own apps. */
export function stackDocument(stack: string): { config: Record<string, unknown> } {
  const text = readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8");
  const { config } = parse(text) as { config: Record<string, unknown> };
  const apps = config["flask-doks:apps"] as { name: string }[];
  return { config: { ...config, "flask-doks:apps": apps.filter(({ name }) => PROJECTS_APPS.includes(name)) } };
}

/** The config of a committed stack file, without the project's name. */
export function stackFile(stack: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(stackDocument(stack).config).map(([key, value]) => [key.replace("flask-doks:", ""), value]),
  );
}

const deployedStacks = new Map<string, Promise<Deployed>>();

/** What the program makes of a committed stack file. It is run once for each file and mode. */
export function deployStack(stack: string, mode: "update" | "preview" = "update"): Promise<Deployed> {
  const key = `${stack} ${mode}`;
  const deployed = deployedStacks.get(key) ?? deployProgram({ mode, stack, config: stackFile(stack) });
  deployedStacks.set(key, deployed);
  return deployed;
}

/** The least that an app needs, with `changes`. */
export function app(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { name: "blog", image: BLOG_IMAGE, expose: "nodePort", ...changes };
}

/** The least that a stack needs, with `changes`. */
export function stack(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    cluster: { kind: "existing", context: "kind-test" },
    registry: { kind: "external", server: "localhost:5000" },
    apps: [app()],
    ...changes,
  };
}
