import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { contextFiles } from "../../lib/contentHash";
import { DEFAULT_DOCKERFILE } from "../../lib/flaskSource";
import { IMAGES } from "../../lib/versions";
import { ignoreRules, isIgnored } from "../../local/providers/docker/context";
import { inFolder } from "../support/sourceFolders";
import { ROOT } from "../support/stackFiles";

const text = readFileSync(DEFAULT_DOCKERFILE, "utf8");
const blogText = readFileSync(join(ROOT, "app", "blog", "Dockerfile"), "utf8");
const argument = (dockerfile: string, name: string) => new RegExp(`^ARG ${name}=(.*)$`, "m").exec(dockerfile)?.[1];

describe("the Dockerfile of apps without one", () => {
  it("is built on the pinned Python, with the blog's uv", () => {
    assert.deepStrictEqual(argument(text, "PYTHON_IMAGE"), IMAGES.python);
    assert.deepStrictEqual(argument(text, "UV_VERSION"), argument(blogText, "UV_VERSION"));
  });

  it("takes what the program builds with, and installs neither extras nor a server unless told so", () => {
    assert.deepStrictEqual(
      ["EXTRAS", "SERVER_PACKAGE", "SOURCE_COMMIT"].map((name) => argument(text, name)),
      ['""', '""', '""'],
    );
  });

  it("is of the folder where static files are found", () => {
    assert.match(text, /^COPY --from=application \/opt\/app \/opt\/app\nWORKDIR \/opt\/app$/m);
  });
});

describe("the source that goes into the image of an app without a Dockerfile", () => {
  const KEPT = [
    ".flaskenv",
    "app.py",
    "migrations/env.py",
    "pyproject.toml",
    "requirements.txt",
    "requirements/base.txt",
    "shop/instance/keep.py",
    "shop/static/.well-known/a.txt",
    "shop/static/a.css",
    "shop/templates/index.html",
    "shop/tests/pages.py",
    "uv.lock",
  ];
  const LEFT_OUT = [
    ".dockerignore",
    ".env",
    ".env.production",
    ".git/HEAD",
    ".pulumi/stack.json",
    ".venv/bin/python",
    "app.db",
    "certs/server.key",
    "data/shop.sqlite3",
    "debug.log",
    "env/lib/python3.13/site-packages/flask.py",
    "frontend/node_modules/a.js",
    "instance/config.py",
    "shop.egg-info/PKG-INFO",
    "shop/.env",
    "shop/.env.local",
    "shop/__pycache__/app.cpython-313.pyc",
    "shop/old.pyc",
    "src/instance/config.py",
    "tests/test_app.py",
    "venv/bin/python",
  ];

  it("is all that the app runs with: no secrets, and nothing that is made anew", () => {
    const files = Object.fromEntries([...KEPT, ...LEFT_OUT].map((path) => [path, ""]));
    assert.deepStrictEqual(
      inFolder({ ...files, ".dockerignore": "*\n" }, (folder) => contextFiles(folder, DEFAULT_DOCKERFILE)),
      KEPT,
    );
  });

  it("is the same for the stand-in of the Docker provider", () => {
    const rules = ignoreRules(readFileSync(`${DEFAULT_DOCKERFILE}.dockerignore`, "utf8"));
    assert.deepStrictEqual(
      [...KEPT, ...LEFT_OUT].filter((path) => !isIgnored(path, rules)),
      KEPT,
    );
  });
});
