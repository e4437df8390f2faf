import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceFindings } from "../../../lib/sources";
import { problemsOf } from "../../support/configs";
import { attemptProgram } from "../../support/mocks";
import { writeFiles } from "../../support/sourceFolders";
import { app, stack } from "../../support/stackFiles";

type CheckedApp = Parameters<typeof sourceFindings>[0][number];

const APP: CheckedApp = {
  source: "shop",
  entryPoint: undefined,
  python: undefined,
  extras: [],
  server: { kind: "gunicorn", timeoutSeconds: 30 },
};
const UWSGI = { kind: "uwsgi", timeoutSeconds: 30 } as const;
const MAKES_APP = "app = Flask(__name__)\n";
const SOUND = { "app.py": MAKES_APP, "requirements.txt": "flask\n" };

describe("the source folders of a stack", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "sources-"));
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  /** The problems of one app, with such files in its folder. */
  function problems(files: Record<string, string>, changes: Partial<CheckedApp> = {}): string[] {
    writeFiles(join(root, "shop"), files);
    return sourceFindings([{ ...APP, ...changes }], root).map(({ key, message }) => `${key}: ${message}`);
  }

  it("are sound with a Dockerfile or with an app, wherever they are, and a ready image needs none", () => {
    writeFiles(join(root, "whole"), { Dockerfile: "FROM scratch\n" });
    writeFiles(join(root, "bare"), SOUND);
    const sources = ["whole", "bare", undefined, join(root, "bare")];
    assert.deepStrictEqual(
      sourceFindings(
        sources.map((source) => ({ ...APP, source })),
        root,
      ),
      [],
    );
  });

  it("are named where they are missing", () => {
    writeFiles(root, { file: "" });
    assert.deepStrictEqual(
      sourceFindings(
        ["none", "file"].map((source) => ({ ...APP, source })),
        root,
      ),
      [
        { key: "apps[0].source", message: "there is no folder none" },
        { key: "apps[1].source", message: "there is no folder file" },
      ],
    );
  });

  const UNBUILDABLE =
    "apps[0].source: shop has neither a Dockerfile nor a requirements.txt or pyproject.toml that names Flask";
  const PROJECT = '[project]\ndependencies = ["flask"]\n';
  const cases: [string, Record<string, string>, Partial<CheckedApp>, string[]][] = [
    ["with nothing to install", { "app.py": MAKES_APP }, {}, [UNBUILDABLE]],
    [
      "with a pyproject.toml for tools alone",
      { "app.py": MAKES_APP, "pyproject.toml": "[tool.ruff]" },
      {},
      [UNBUILDABLE],
    ],
    ["with a uv.lock alone", { "app.py": MAKES_APP, "uv.lock": "" }, {}, [UNBUILDABLE]],
    [
      "with a pyproject.toml that is not TOML",
      { ...SOUND, "pyproject.toml": "[project]\nname =" },
      {},
      ["apps[0].source: shop/pyproject.toml is not TOML; see its line 2"],
    ],
    [
      "without an app",
      { "requirements.txt": "flask\n" },
      {},
      [
        "apps[0].entryPoint: found no wsgi.py, app.py or package with create_app() in shop; say which, such as shop:create_app()",
      ],
    ],
    [
      "with several apps",
      { "requirements.txt": "flask\n", "one/__init__.py": MAKES_APP, "two/__init__.py": MAKES_APP },
      {},
      ["apps[0].entryPoint: found several apps in shop: one, two; say which, such as shop:create_app()"],
    ],
    [
      "with another Python than they require",
      { ...SOUND, "pyproject.toml": '[project]\nrequires-python = ">=3.12"' },
      { python: "3.11" },
      ["apps[0].python: 3.11 is not what shop/pyproject.toml requires: >=3.12"],
    ],
    [
      "at odds with themselves about Python",
      { ...SOUND, "pyproject.toml": '[project]\nrequires-python = ">=3.12"', ".python-version": "3.11" },
      {},
      ["apps[0].python: 3.11 of shop/.python-version is not what shop/pyproject.toml requires: >=3.12"],
    ],
    [
      "with a Python that has no image",
      { ...SOUND, ".python-version": "3.9.1\n" },
      {},
      ["apps[0].python: shop/.python-version names 3.9; give one of 3.11, 3.12, 3.13, 3.14"],
    ],
    [
      "where they require a Python that has no image",
      { ...SOUND, "pyproject.toml": '[project]\nrequires-python = "<3.11"' },
      {},
      ["apps[0].python: shop/pyproject.toml requires <3.11, and there are 3.11, 3.12, 3.13, 3.14"],
    ],
    [
      "without the extras that are asked for",
      { "app.py": MAKES_APP, "pyproject.toml": `${PROJECT}optional-dependencies = { cache = [] }` },
      { extras: ["Cache", "mysql"] },
      ["apps[0].extras: no pyproject.toml in shop names mysql"],
    ],
    [
      "with a list that knows no extras",
      { ...SOUND, "pyproject.toml": `${PROJECT}optional-dependencies = { cache = [] }` },
      { extras: ["cache"] },
      ["apps[0].extras: are not used where shop/requirements.txt says what is installed"],
    ],
    [
      "with a Dockerfile of their own, where settings would be ignored",
      { Dockerfile: "FROM scratch\n" },
      { python: "3.12", extras: ["mysql"] },
      [
        "apps[0].python: is only used where the project's Dockerfile builds the app, and shop has its own",
        "apps[0].extras: are only used where the project's Dockerfile builds the app, and shop has its own",
      ],
    ],
    [
      "with a ready image, where settings would be ignored",
      {},
      { source: undefined, python: "3.12" },
      ["apps[0].python: is only used where the project's Dockerfile builds the app, and image is a ready one"],
    ],
    [
      "with a Dockerfile of their own and uWSGI, where the app is not known",
      { Dockerfile: "FROM scratch\n" },
      { server: UWSGI },
      ["apps[0].entryPoint: is needed with server: uwsgi where the image is not built by this project's Dockerfile"],
    ],
  ];
  for (const [title, files, changes, expected] of cases) {
    it(`are refused ${title}`, () => {
      assert.deepStrictEqual(problems(files, changes), expected);
    });
  }

  const sound: [string, Record<string, string>, Partial<CheckedApp>][] = [
    [
      "an entryPoint that says which of several apps it is",
      { "requirements.txt": "", "a.py": MAKES_APP, "b.py": MAKES_APP },
      { entryPoint: "a" },
    ],
    ["a Python that says more than .python-version", { ...SOUND, ".python-version": "3.9" }, { python: "3.11" }],
    [
      "a lock file of uv, and extras",
      {
        "app.py": "",
        "uv.lock": "",
        "requirements.txt": "",
        "pyproject.toml": "[project]\noptional-dependencies = { cache = [] }",
      },
      { extras: ["cache"] },
    ],
    ["a requirements.lock", { "app.py": "", "requirements.lock": "" }, {}],
    ["uWSGI", SOUND, { server: UWSGI }],
    ["a Dockerfile, uWSGI and an entryPoint", { Dockerfile: "" }, { server: UWSGI, entryPoint: "shop:app" }],
  ];
  for (const [title, files, changes] of sound) {
    it(`are sound with ${title}`, () => {
      assert.deepStrictEqual(problems(files, changes), []);
    });
  }

  const config = stack({ apps: [app({ image: undefined, source: "app/none" })] });

  it("are checked with the rest of the stack file, relative to the project", async () => {
    assert.deepStrictEqual(await problemsOf(config), ["apps[0].source: there is no folder app/none"]);
  });

  it("stop the program before it registers anything", async () => {
    const { resources, error } = await attemptProgram({ config });
    assert.deepStrictEqual(
      [resources, error?.message],
      [[], "Pulumi.test.yaml has 1 problem:\n  apps[0].source: there is no folder app/none"],
    );
  });
});
