import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Folders that hold no app, whatever is in them. */
const NO_APP = /^(\..*|_.*|tests?|migrations|docs?|examples|instance|node_modules|venv|build|dist)$/;

/** Modules that hold no app, though they may mention one. */
const NO_MODULE = /^(setup|conftest|noxfile|fabfile|tasks|config|test_.*|.*_test)\.py$/;

const MAKES_APP = /Flask\(/;
const FACTORY = /\b(create_app|make_app)\b/;

const read = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
const makesApp = (file: string): boolean => MAKES_APP.test(read(file));
const looksLikeApp = (file: string): boolean => makesApp(file) || FACTORY.test(read(file));

function entries(folder: string, kind: "folders" | "modules"): string[] {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => (kind === "folders" ? entry.isDirectory() : entry.isFile() && entry.name.endsWith(".py")))
    .map(({ name }) => name)
    .sort();
}

/** The packages at a folder's top and in its `src`, as absolute paths. */
function packages(folder: string): string[] {
  return [join(folder, "src"), folder].flatMap((parent) =>
    entries(parent, "folders")
      .filter((name) => !NO_APP.test(name))
      .map((name) => join(parent, name))
      .filter((path) => existsSync(join(path, "__init__.py"))),
  );
}

/** `FLASK_APP` of a folder's .flaskenv. */
function flaskenvApp(folder: string): string | undefined {
  const line = /^[ \t]*(?:export[ \t]+)?FLASK_APP[ \t]*=[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^#\n]*))/m.exec(
    read(join(folder, ".flaskenv")),
  );
  const value = (line?.[1] ?? line?.[2] ?? line?.[3])?.trim();
  return value === "" ? undefined : value;
}

/**
 * What in a folder may be its app, as Flask names it. What the project says itself comes first, then the modules where
 * Flask looks; their functions and variables are left for Flask to find. More than one only where several are as good.
 *
 * @param named `app` of `[tool.flask]` in its pyproject.toml.
 */
export function entryPoints(folder: string, named: string | undefined): string[] {
  const told = named ?? flaskenvApp(folder);
  if (told !== undefined) {
    return [told];
  }
  const usual =
    ["wsgi", "app"].find((name) => existsSync(join(folder, `${name}.py`))) ??
    ["main", "application"].find((name) => looksLikeApp(join(folder, `${name}.py`)));
  if (usual !== undefined) {
    return [usual];
  }
  const inPackages = packages(folder).flatMap((path) => {
    if (looksLikeApp(join(path, "__init__.py"))) {
      return [basename(path)];
    }
    return looksLikeApp(join(path, "app.py")) ? [`${basename(path)}.app`] : [];
  });
  return inPackages.length > 0
    ? inPackages
    : modules(folder)
        .filter(makesApp)
        .map((file) => basename(file, ".py"));
}

const modules = (folder: string): string[] =>
  entries(folder, "modules")
    .filter((name) => !NO_MODULE.test(name))
    .map((name) => join(folder, name));

/**
 * The static folder that an app has by Flask's own rule: `static` beside the module that makes it, at `/static`. None
 * where that module says otherwise, or where it cannot be told: Flask serves the files then, as it always can.
 */
export function staticFolder(folder: string): string | undefined {
  const makers = [folder, ...packages(folder)].flatMap(modules).filter(makesApp);
  if (makers.some((file) => /static_(folder|url_path)/.test(read(file)))) {
    return undefined;
  }
  const found = [...new Set(makers.map((file) => join(dirname(file), "static")))].filter(existsSync);
  return found.length === 1 ? found[0] : undefined;
}
