import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { entryPoints } from "./entryPoint";
import { hasDockerfile, pythonVersionFile, type SourceApp } from "./flaskSource";
import { extraName, readPyproject, TomlError, type Pyproject } from "./pyproject";
import { allowsPython } from "./pythonVersion";
import type { App } from "./schema/app";
import type { Finding } from "./schema/finding";
import { PYTHON_VERSIONS } from "./versions";

/** What the checks look at. */
type CheckedApp = SourceApp & Pick<App, "server">;

/**
 * What is missing in the apps' source folders, and what of the config does not fit to what is there.
 *
 * @param root Folder that the sources are relative to.
 */
export function sourceFindings(apps: readonly CheckedApp[], root: string): Finding[] {
  return apps.flatMap((app, index) =>
    findingsOf(app, root).map(({ key, message }) => ({ key: `apps[${index}].${key}`, message })),
  );
}

function findingsOf(app: CheckedApp, root: string): Finding[] {
  const { source } = app;
  if (source === undefined) {
    return unusedFindings(app, "image is a ready one");
  }
  const folder = resolve(root, source);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    return [{ key: "source", message: `there is no folder ${source}` }];
  }
  return hasDockerfile(folder) ? unusedFindings(app, `${source} has its own`) : flaskFindings(app, source, folder);
}

/** Of an app that this project's Dockerfile does not build: what would be ignored, and what cannot be found out. */
function unusedFindings({ python, extras, entryPoint, server }: CheckedApp, reason: string): Finding[] {
  const message = `only used where the project's Dockerfile builds the app, and ${reason}`;
  return [
    ...(python === undefined ? [] : [{ key: "python", message: `is ${message}` }]),
    ...(extras.length === 0 ? [] : [{ key: "extras", message: `are ${message}` }]),
    ...(server.kind === "uwsgi" && entryPoint === undefined
      ? [
          {
            key: "entryPoint",
            message: "is needed with server: uwsgi where the image is not built by this project's Dockerfile",
          },
        ]
      : []),
  ];
}

/** Of an app that this project's Dockerfile builds. */
function flaskFindings(app: SourceApp, source: string, folder: string): Finding[] {
  const pyproject = pyprojectOf(folder);
  if (pyproject instanceof TomlError) {
    return [{ key: "source", message: `${source}/pyproject.toml is not TOML; see its line ${pyproject.line}` }];
  }
  const installs = installedFrom(folder, pyproject, app.extras);
  if (installs === undefined) {
    const message = `${source} has neither a Dockerfile nor a requirements.txt or pyproject.toml that names Flask`;
    return [{ key: "source", message }];
  }
  return [
    ...entryPointFindings(app, source, folder, pyproject),
    ...pythonFindings(app, source, folder, pyproject),
    ...extrasFindings(app, source, pyproject, installs),
  ];
}

function pyprojectOf(folder: string): Pyproject | TomlError | undefined {
  try {
    return readPyproject(folder);
  } catch (error) {
    if (error instanceof TomlError) {
      return error;
    }
    throw error;
  }
}

/** The file that says what is installed, in the order of the project's Dockerfile. */
function installedFrom(folder: string, pyproject: Pyproject | undefined, extras: string[]): string | undefined {
  const has = (name: string) => existsSync(join(folder, name));
  const names = pyproject !== undefined && (pyproject.namesDependencies || extras.length > 0);
  return [
    has("requirements.lock") && "requirements.lock",
    has("uv.lock") && pyproject !== undefined && "uv.lock",
    has("requirements.txt") && "requirements.txt",
    names && "pyproject.toml",
  ].find((name) => name !== false);
}

function entryPointFindings(
  app: SourceApp,
  source: string,
  folder: string,
  pyproject: Pyproject | undefined,
): Finding[] {
  const found = app.entryPoint === undefined ? entryPoints(folder, pyproject?.flaskApp) : [app.entryPoint];
  if (found.length === 1) {
    return [];
  }
  const seen =
    found.length === 0
      ? `found no wsgi.py, app.py or package with create_app() in ${source}`
      : `found several apps in ${source}: ${found.join(", ")}`;
  return [{ key: "entryPoint", message: `${seen}; say which, such as shop:create_app()` }];
}

function pythonFindings(
  { python }: SourceApp,
  source: string,
  folder: string,
  pyproject: Pyproject | undefined,
): Finding[] {
  const named = python ?? pythonVersionFile(folder);
  const versions = PYTHON_VERSIONS.filter((version) => named === undefined || version === named);
  const required = pyproject?.requiresPython ?? "";
  const problem = (message: string): Finding[] => [{ key: "python", message }];
  if (named !== undefined && versions.length === 0) {
    return problem(`${source}/.python-version names ${named}; give one of ${PYTHON_VERSIONS.join(", ")}`);
  }
  if (versions.some((version) => allowsPython(required, version))) {
    return [];
  }
  if (named === undefined) {
    return problem(`${source}/pyproject.toml requires ${required}, and there are ${versions.join(", ")}`);
  }
  const origin = python === undefined ? ` of ${source}/.python-version` : "";
  return problem(`${named}${origin} is not what ${source}/pyproject.toml requires: ${required}`);
}

function extrasFindings(
  { extras }: SourceApp,
  source: string,
  pyproject: Pyproject | undefined,
  installs: string,
): Finding[] {
  if (extras.length > 0 && installs.startsWith("requirements")) {
    return [{ key: "extras", message: `are not used where ${source}/${installs} says what is installed` }];
  }
  const unknown = extras.filter((extra) => pyproject?.extras.includes(extraName(extra)) !== true);
  return unknown.map((extra) => ({ key: "extras", message: `no pyproject.toml in ${source} names ${extra}` }));
}
