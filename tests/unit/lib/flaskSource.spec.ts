import assert from "node:assert/strict";
import { basename, dirname } from "node:path";
import { pythonImage, readFlaskSource, type SourceApp } from "../../../lib/flaskSource";
import { IMAGES, PYTHON_IMAGES } from "../../../lib/versions";
import { inFolder } from "../../support/sourceFolders";

const APP = "from flask import Flask\n\napp = Flask(__name__)\n";

const read = (files: Record<string, string>, changes: Partial<SourceApp> = {}) =>
  inFolder(files, (folder) =>
    readFlaskSource(
      { source: basename(folder), entryPoint: undefined, python: undefined, extras: [], ...changes },
      dirname(folder),
    ),
  );

describe("the source of an app", () => {
  it("without a Dockerfile says how the app is built and run", () => {
    assert.deepStrictEqual(
      read({ "requirements.txt": "flask\n", "src/shop/__init__.py": APP, "src/shop/static/a": "" }),
      {
        ownDockerfile: false,
        entryPoint: "shop",
        python: "3.13",
        extras: [],
        static: { "/static": "/opt/app/src/shop/static" },
      },
    );
  });

  it("says less than the stack file", () => {
    const given = { entryPoint: "other:create_app()", python: "3.11", extras: ["mysql"] } as const;
    const files = { "app.py": APP, "pyproject.toml": "[tool.flask]\napp = 'third'", ".python-version": "3.12" };
    assert.deepStrictEqual(read(files, { ...given, extras: [...given.extras] }), {
      ownDockerfile: false,
      ...given,
      static: {},
    });
  });

  it("says nothing with a Dockerfile of its own, and a ready image has none", () => {
    const own = { ownDockerfile: true, entryPoint: undefined, python: "3.13", extras: [], static: {} };
    const files = { "app.py": APP, "static/a.css": "", ".python-version": "3.12" };
    assert.deepStrictEqual(read({ ...files, Dockerfile: "FROM scratch\n" }), own);
    assert.deepStrictEqual(read(files, { source: undefined }), own);
    assert.deepStrictEqual(read({ Dockerfile: "FROM scratch\n" }, { entryPoint: "shop:app" }).entryPoint, "shop:app");
  });

  it("may be anywhere", () => {
    const found = inFolder({ "app.py": APP }, (folder) =>
      readFlaskSource({ source: folder, entryPoint: undefined, python: undefined, extras: [] }, "/elsewhere"),
    );
    assert.deepStrictEqual(found.entryPoint, "app");
  });

  it("leaves the app open where several are as good", () => {
    assert.deepStrictEqual(read({ "one.py": APP, "two.py": APP }).entryPoint, undefined);
  });

  const pythons: [string, Record<string, string>, string][] = [
    ["the one of .python-version", { ".python-version": "3.12.4\n", "pyproject.toml": requires(">=3.11") }, "3.12"],
    ["the one of .python-version, by its implementation", { ".python-version": "cpython-3.11" }, "3.11"],
    ["3.13 where pyproject.toml takes it", { "pyproject.toml": requires(">=3.11,<4") }, "3.13"],
    ["a newer one where pyproject.toml wants it", { "pyproject.toml": requires(">=3.14") }, "3.14"],
    ["the newest older one where pyproject.toml wants it", { "pyproject.toml": requires("<3.13") }, "3.12"],
  ];
  for (const [title, files, expected] of pythons) {
    it(`asks for a Python: ${title}`, () => {
      assert.deepStrictEqual(read(files).python, expected);
    });
  }
});

describe("the base image of an app without a Dockerfile", () => {
  it("is that of its Python", () => {
    assert.deepStrictEqual(pythonImage("3.12", IMAGES.python), PYTHON_IMAGES["3.12"]);
    assert.deepStrictEqual(pythonImage("3.13", IMAGES.python), IMAGES.python);
  });

  it("is the stack's own for every Python, such as a mirror's", () => {
    assert.deepStrictEqual(pythonImage("3.12", "mirror.example.com/python:3.13"), "mirror.example.com/python:3.13");
  });
});

function requires(versions: string): string {
  return `[project]\nrequires-python = "${versions}"\n`;
}
