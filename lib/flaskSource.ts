import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { entryPoints, staticFolder } from "./entryPoint";
import { readPyproject, type Pyproject } from "./pyproject";
import { allowsPython } from "./pythonVersion";
import type { App } from "./schema/app";
import { IMAGES, PYTHON_IMAGES, PYTHON_VERSIONS, type PythonVersion } from "./versions";

/** What an app's source says of how it is built and run. */
export interface FlaskSource {
  /** Whether its folder has a Dockerfile of its own, or its image is a ready one: nothing is found in it then. */
  ownDockerfile: boolean;
  /** The app as Flask names it, given or found; none with a Dockerfile of its own and nothing given. */
  entryPoint: string | undefined;
  /** Python of its image. */
  python: PythonVersion;
  /** Extras of its pyproject.toml that it is installed with. */
  extras: string[];
  /** Where its static files appear, and their folder in its image; empty where Flask's own rule finds none. */
  static: Record<string, string>;
}

/** What of an app's config says where its source is and how it is built. */
export type SourceApp = Pick<App, "source" | "entryPoint" | "python" | "extras">;

/** The Dockerfile of every app that has none of its own. */
export const DEFAULT_DOCKERFILE = join(__dirname, "..", "app", "Dockerfile");

/** Folder of the source in the images that it builds. */
const IMAGE_FOLDER = "/opt/app";

const USUAL_PYTHON: PythonVersion = "3.13";

/**
 * Reads what an app's source says of how it is built and run. What is wrong with it, `sourceFindings` tells.
 *
 * @param root Folder that the sources are relative to.
 */
export function readFlaskSource({ source, entryPoint, python, extras }: SourceApp, root: string): FlaskSource {
  const folder = source === undefined ? undefined : resolve(root, source);
  if (folder === undefined || hasDockerfile(folder)) {
    return { ownDockerfile: true, entryPoint, python: python ?? USUAL_PYTHON, extras, static: {} };
  }
  const pyproject = readPyproject(folder);
  const [found, ...others] = entryPoints(folder, pyproject?.flaskApp);
  return {
    ownDockerfile: false,
    entryPoint: entryPoint ?? (others.length === 0 ? found : undefined),
    python: python ?? pythonOf(folder, pyproject) ?? USUAL_PYTHON,
    extras,
    static: staticFiles(folder),
  };
}

/**
 * Base image of an app without a Dockerfile. One that the stack file names, such as a mirror's, stands for every
 * version of Python.
 *
 * @param configured `images.python` of the stack.
 */
export function pythonImage(version: PythonVersion, configured: string): string {
  return configured === IMAGES.python ? PYTHON_IMAGES[version] : configured;
}

/** Whether a folder has a Dockerfile of its own. */
export const hasDockerfile = (folder: string): boolean => existsSync(join(folder, "Dockerfile"));

/** Minor version of Python that a folder's .python-version names, whether there is an image for it or not. */
export function pythonVersionFile(folder: string): string | undefined {
  const file = join(folder, ".python-version");
  return existsSync(file) ? /^(?:cpython-?)?(\d+\.\d+)/.exec(readFileSync(file, "utf8"))?.[1] : undefined;
}

/** The Python that a source asks for: by .python-version, or else the usual or the newest that its pyproject.toml takes. */
function pythonOf(folder: string, pyproject: Pyproject | undefined): PythonVersion | undefined {
  const named = pythonVersionFile(folder);
  return (
    PYTHON_VERSIONS.find((version) => version === named) ??
    [USUAL_PYTHON, ...[...PYTHON_VERSIONS].reverse()].find((version) =>
      allowsPython(pyproject?.requiresPython ?? "", version),
    )
  );
}

function staticFiles(folder: string): Record<string, string> {
  const found = staticFolder(folder);
  return found === undefined ? {} : { "/static": [IMAGE_FOLDER, ...relative(folder, found).split(sep)].join("/") };
}
