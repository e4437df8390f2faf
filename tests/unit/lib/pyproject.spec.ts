import assert from "node:assert/strict";
import { extraName, readPyproject, TomlError } from "../../../lib/pyproject";
import { inFolder } from "../../support/sourceFolders";

const pyproject = (...lines: string[]) => inFolder({ "pyproject.toml": lines.join("\n") }, readPyproject);

const EMPTY = { requiresPython: undefined, namesDependencies: false, extras: [], flaskApp: undefined };

describe("pyproject.toml", () => {
  it("is nothing where there is none", () => {
    assert.deepStrictEqual(inFolder({}, readPyproject), undefined);
  });

  it("says which Python, packages and extras the app wants, and which app it is", () => {
    assert.deepStrictEqual(
      pyproject(
        "[project]",
        'requires-python = ">=3.12"',
        'dependencies = ["flask"]',
        "[project.optional-dependencies]",
        'Async_MySQL = ["aiomysql"]',
        'cache = ["redis"]',
        "[tool.flask]",
        'app = "shop:create_app()"',
      ),
      {
        requiresPython: ">=3.12",
        namesDependencies: true,
        extras: ["async-mysql", "cache"],
        flaskApp: "shop:create_app()",
      },
    );
  });

  it("may leave its packages to the build", () => {
    assert.deepStrictEqual(pyproject("[project]", 'dynamic = ["version", "dependencies"]'), {
      ...EMPTY,
      namesDependencies: true,
    });
  });

  it("says nothing of all that with the settings of tools alone", () => {
    assert.deepStrictEqual(pyproject("[tool.ruff]", "line-length = 100"), EMPTY);
    assert.deepStrictEqual(pyproject("[project]", "dependencies = []"), EMPTY);
  });

  it("says nothing by what is of another kind", () => {
    assert.deepStrictEqual(
      pyproject("project = { requires-python = 3, dependencies = 1, optional-dependencies = [] }", "tool = 1"),
      EMPTY,
    );
    assert.deepStrictEqual(pyproject("project = 1", "[tool]", "flask = 2"), EMPTY);
  });

  it("is refused when it is not TOML, with the line", () => {
    assert.throws(
      () => pyproject("[project]", "name ="),
      (error) => error instanceof TomlError && error.line === 2,
    );
  });
});

describe("the name of an extra", () => {
  it("is compared without regard to capitals and separators", () => {
    assert.deepStrictEqual(extraName("Async_.MySQL"), "async-mysql");
  });
});
