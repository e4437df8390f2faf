import assert from "node:assert/strict";
import { relative } from "node:path";
import { entryPoints, staticFolder } from "../../../lib/entryPoint";
import { inFolder } from "../../support/sourceFolders";

const APP = "from flask import Flask\n\napp = Flask(__name__)\n";
const FACTORY = "from .web import create_app\n";

describe("the app in a source folder", () => {
  const cases: [string, Record<string, string>, string[]][] = [
    ["is wsgi.py, before all other modules", { "wsgi.py": "", "app.py": APP, "shop/__init__.py": APP }, ["wsgi"]],
    ["is app.py, whatever is in it", { "app.py": "", "main.py": APP, "shop/__init__.py": APP }, ["app"]],
    ["is main.py that makes it", { "main.py": APP, "application.py": APP }, ["main"]],
    ["is application.py that calls the factory", { "main.py": "", "application.py": "create_app()" }, ["application"]],
    ["is the package that makes it", { "shop/__init__.py": APP, "models/__init__.py": "" }, ["shop"]],
    ["is the package in src with a factory", { "src/shop/__init__.py": FACTORY }, ["shop"]],
    ["is the package with make_app()", { "shop/__init__.py": "def make_app(): ..." }, ["shop"]],
    ["is the app.py of a package", { "shop/__init__.py": "", "shop/app.py": "def create_app(): ..." }, ["shop.app"]],
    ["is the only other module that makes it", { "hello.py": APP, "setup.py": APP, "models.py": "" }, ["hello"]],
    ["is of a class of one's own", { "hello.py": "app = ShopFlask(__name__)" }, ["hello"]],
    ["is a package rather than such a module", { "run.py": APP, "shop/__init__.py": FACTORY }, ["shop"]],
    ["is not in a folder that is no package", { "shop/web.py": APP, "scripts/app.py": APP }, []],
    ["is not known between two packages", { "src/shop/__init__.py": APP, "admin/__init__.py": APP }, ["shop", "admin"]],
    ["is not known between two modules", { "one.py": APP, "two.py": APP }, ["one", "two"]],
    ["is not there in a folder without one", { "README.md": "Flask(", "shop/__init__.py": "" }, []],
    ["is what [tool.flask] names, over all", { named: "", "app.py": APP, ".flaskenv": "FLASK_APP=other" }, ["named"]],
    ["is what .flaskenv names", { "wsgi.py": APP, ".flaskenv": "FLASK_DEBUG=1\nFLASK_APP=shop.py\n" }, ["shop.py"]],
    [
      "is what .flaskenv names in quotes",
      { ".flaskenv": `export FLASK_APP = "shop:create_app('x')"` },
      ["shop:create_app('x')"],
    ],
    ["is what .flaskenv names before a comment", { ".flaskenv": "FLASK_APP='shop' # the shop" }, ["shop"]],
    ["is not what a comment in .flaskenv names", { "app.py": APP, ".flaskenv": "# FLASK_APP=shop" }, ["app"]],
    ["is not an empty name in .flaskenv", { "app.py": APP, ".flaskenv": "FLASK_APP=\n" }, ["app"]],
  ];
  for (const [title, files, expected] of cases) {
    it(title, () => {
      const named = "named" in files ? "named" : undefined;
      assert.deepStrictEqual(
        inFolder(files, (folder) => entryPoints(folder, named)),
        expected,
      );
    });
  }

  for (const name of ["tests", "test", "migrations", "docs", "examples", "venv", "build", ".venv", "_old"]) {
    it(`is not in ${name}`, () => {
      assert.deepStrictEqual(
        inFolder({ [`${name}/__init__.py`]: APP, [`src/${name}/__init__.py`]: APP }, (folder) =>
          entryPoints(folder, undefined),
        ),
        [],
      );
    });
  }
});

describe("the static folder of an app", () => {
  const cases: [string, Record<string, string>, string | undefined][] = [
    ["is the one beside its module", { "app.py": APP, "static/a.css": "" }, "static"],
    ["is the one in its package", { "shop/__init__.py": APP, "shop/static/a.css": "" }, "shop/static"],
    [
      "is the one beside the factory",
      { "src/shop/web.py": APP, "src/shop/__init__.py": FACTORY, "src/shop/static/a.css": "" },
      "src/shop/static",
    ],
    ["is not one that no module with an app lies beside", { "shop/__init__.py": APP, "static/a.css": "" }, undefined],
    [
      "is not told where the app names it",
      { "app.py": "Flask(__name__, static_folder='public')", "static/a": "" },
      undefined,
    ],
    [
      "is not told where the app names its path",
      { "app.py": "Flask(__name__, static_url_path='')", "static/a": "" },
      undefined,
    ],
    [
      "is not told between two",
      { "app.py": APP, "static/a": "", "shop/__init__.py": APP, "shop/static/a": "" },
      undefined,
    ],
    ["is none where there is none", { "app.py": APP }, undefined],
    ["is not that of the tests", { "app.py": APP, "tests/__init__.py": APP, "tests/static/a": "" }, undefined],
  ];
  for (const [title, files, expected] of cases) {
    it(title, () => {
      const found = inFolder(files, (folder) => {
        const path = staticFolder(folder);
        return path === undefined ? undefined : relative(folder, path);
      });
      assert.deepStrictEqual(found, expected);
    });
  }
});
