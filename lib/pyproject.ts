import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, TomlError } from "smol-toml";
import { z } from "zod";

/** What of a pyproject.toml decides how its app is built; what is of another kind there counts as absent. */
export interface Pyproject {
  /** Versions of Python, such as `>=3.11`. */
  requiresPython: string | undefined;
  /** Whether it names packages that the app needs, or leaves that to its build. */
  namesDependencies: boolean;
  /** Names of its extras, as they are compared: in small letters, with `-` for `.` and `_`. */
  extras: string[];
  /** `app` of `[tool.flask]`. */
  flaskApp: string | undefined;
}

const text = z.string().optional().catch(undefined);
const list = z.array(z.unknown()).catch([]);

const document = z.object({
  project: z
    .object({
      "requires-python": text,
      dependencies: list,
      dynamic: list,
      "optional-dependencies": z.record(z.string(), z.unknown()).catch({}),
    })
    .optional()
    .catch(undefined),
  tool: z
    .object({ flask: z.object({ app: text }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/** An extra's name as it is compared: `Async_MySQL` is `async-mysql`. */
export const extraName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, "-");

/**
 * Reads a folder's pyproject.toml; nothing where there is none.
 *
 * @throws TomlError when it is not TOML.
 */
export function readPyproject(folder: string): Pyproject | undefined {
  const file = join(folder, "pyproject.toml");
  if (!existsSync(file)) {
    return undefined;
  }
  const { project, tool } = document.parse(parse(readFileSync(file, "utf8")));
  return {
    requiresPython: project?.["requires-python"],
    namesDependencies:
      project !== undefined && (project.dependencies.length > 0 || project.dynamic.includes("dependencies")),
    extras: Object.keys(project?.["optional-dependencies"] ?? {}).map(extraName),
    flaskApp: tool?.flask?.app,
  };
}

export { TomlError };
