import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { makeAppFolder } from "../../../../scripts/new/appFolder";

const NAME = { name: "my-shop", module: "my_shop", title: "My shop" };

describe("the folder of a new app", () => {
  let folder: string;
  let template: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "new-app-"));
    template = join(folder, "template");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function write(path: string, content: string | Buffer): void {
    mkdirSync(dirname(join(template, path)), { recursive: true });
    writeFileSync(join(template, path), content);
  }

  const made = (path: string): string => join(folder, "app", "my-shop", path);
  const make = () => makeAppFolder(template, join(folder, "app", "my-shop"), NAME);

  it("holds the template's files under the app's name, hidden and executable ones too", async () => {
    write(".dockerignore", "*\n!src\n");
    write("src/myapp/run.sh", "exec myapp # Myapp\n");
    chmodSync(join(template, "src/myapp/run.sh"), 0o755);
    await make();
    assert.deepStrictEqual(readFileSync(made(".dockerignore"), "utf8"), "*\n!src\n");
    assert.deepStrictEqual(readFileSync(made("src/my_shop/run.sh"), "utf8"), "exec my_shop # My shop\n");
    assert.deepStrictEqual(statSync(made("src/my_shop/run.sh")).mode & 0o111, 0o111);
    assert.deepStrictEqual(statSync(made(".dockerignore")).mode & 0o111, 0);
    assert.deepStrictEqual(readdirSync(join(folder, "app")), ["my-shop"]);
  });

  it("holds pictures as they are", async () => {
    const picture = Buffer.from([0x89, 0x50, 0xff, ...Buffer.from("myapp")]);
    write("logo.png", picture);
    await make();
    assert.deepStrictEqual(readFileSync(made("logo.png")), picture);
  });

  it("holds nothing that running or testing the template has left there", async () => {
    write("pyproject.toml", "");
    for (const left of [
      "src/__pycache__/a.pyc",
      ".venv/bin/python",
      ".coverage",
      ".mypy_cache/a",
      "src/myapp.egg-info/a",
    ]) {
      write(left, "");
    }
    await make();
    assert.deepStrictEqual(readdirSync(made(".")), ["pyproject.toml"]);
  });

  it("is not there when it could not be completed", async () => {
    write("pyproject.toml", "");
    mkdirSync(join(template, "src", "myapp"), { recursive: true });
    // Two files that are one under the new name.
    write("src/my_shop", "");
    write("src/myapp/a.py", "");
    await assert.rejects(make(), { code: /ENOTDIR|EEXIST|EISDIR/ });
    assert.ok(!existsSync(made(".")));
    assert.deepStrictEqual(readdirSync(join(folder, "app")), []);
  });
});
