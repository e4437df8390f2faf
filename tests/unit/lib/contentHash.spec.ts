import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { contextFiles, contextHash } from "../../../lib/contentHash";
import { inFolder } from "../../support/sourceFolders";

describe("the hash of a build context", () => {
  let folder: string;
  const PARAMETERS = { PYTHON_IMAGE: "python:3.13", platform: "linux/amd64" };
  const hash = () => contextHash(folder, PARAMETERS);

  function write(path: string, content: string, mode = 0o644): void {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
    chmodSync(full, mode);
  }

  /** Whether `change` changes the hash. */
  function changes(change: () => void): boolean {
    const before = hash();
    change();
    return hash() !== before;
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "context-"));
    write("Dockerfile", "FROM scratch\n");
    write("src/app.py", "print()\n");
    write("src/run.sh", "#!/bin/sh\n", 0o755);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("is 12 hexadecimal digits", () => {
    assert.match(hash(), /^[0-9a-f]{12}$/);
  });

  it("is what it was in the states of stacks that are deployed", () => {
    assert.deepStrictEqual(hash(), "b4fb6f1e68b4");
    write(".dockerignore", "src/run.sh\n");
    assert.deepStrictEqual(hash(), "eac2d31f949f");
  });

  it("is the same for the same content in another folder", () => {
    const first = hash();
    rmSync(folder, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), "elsewhere-"));
    write("src/run.sh", "#!/bin/sh\n", 0o755);
    write("src/app.py", "print()\n");
    write("Dockerfile", "FROM scratch\n");
    assert.deepStrictEqual(hash(), first);
  });

  it("changes with a file's content", () => {
    assert.ok(
      changes(() => {
        write("src/app.py", "print(1)\n");
      }),
    );
  });

  it("changes with a new file, even an empty one", () => {
    assert.ok(
      changes(() => {
        write("src/empty.py", "");
      }),
    );
  });

  it("changes with a file's name", () => {
    assert.ok(
      changes(() => {
        renameSync(join(folder, "src/app.py"), join(folder, "src/main.py"));
      }),
    );
  });

  it("changes when a file takes in the next one, name and all", () => {
    write("z1", "x");
    write("z2", "y");
    assert.ok(
      changes(() => {
        write("z1", `x${JSON.stringify(["z2", "-"])}y`);
        unlinkSync(join(folder, "z2"));
      }),
    );
  });

  it("changes with the executable bit, and with no other bit of the mode", () => {
    assert.ok(
      !changes(() => {
        write("src/app.py", "print()\n", 0o600);
      }),
    );
    assert.ok(
      !changes(() => {
        write("src/run.sh", "#!/bin/sh\n", 0o700);
      }),
    );
    assert.ok(
      changes(() => {
        write("src/app.py", "print()\n", 0o755);
      }),
    );
  });

  it("changes with where a link points, and not with what stands there", () => {
    write("data/one", "1");
    write(".dockerignore", "data/*\n");
    const link = join(folder, "src/link");
    symlinkSync("../data/one", link);
    assert.ok(
      !changes(() => {
        write("data/one", "2");
      }),
    );
    assert.ok(
      changes(() => {
        unlinkSync(link);
        symlinkSync("../data/two", link);
      }),
    );
  });

  it("differs between a link and a file that holds the link's target as text", () => {
    const link = join(folder, "src/link");
    symlinkSync("app.py", link);
    assert.ok(
      changes(() => {
        unlinkSync(link);
        write("src/link", "app.py");
      }),
    );
  });

  it("changes with each of the build's parameters, and not with their order", () => {
    const of = (parameters: Record<string, string>) => contextHash(folder, parameters);
    assert.deepStrictEqual(of({ platform: "linux/amd64", PYTHON_IMAGE: "python:3.13" }), hash());
    assert.notDeepStrictEqual(of({ ...PARAMETERS, platform: "linux/arm64" }), hash());
    assert.notDeepStrictEqual(of({ ...PARAMETERS, PYTHON_IMAGE: "python:3.14" }), hash());
    assert.notDeepStrictEqual(of({ platform: "linux/amd64" }), hash());
  });

  it("does not change with what .dockerignore keeps out", () => {
    write(".dockerignore", "**/__pycache__\n*.log\n");
    assert.ok(
      !changes(() => {
        write("src/__pycache__/app.pyc", "x");
        write("debug.log", "x");
      }),
    );
  });

  it("changes with .dockerignore and with the Dockerfile, even when they are ignored themselves", () => {
    write(".dockerignore", "*\n");
    assert.deepStrictEqual(contextFiles(folder), [".dockerignore", "Dockerfile"]);
    assert.ok(
      changes(() => {
        write("Dockerfile", "FROM debian\n");
      }),
    );
    assert.ok(
      changes(() => {
        write(".dockerignore", "*\n# more\n");
      }),
    );
  });
});

describe("the hash of a build context without a Dockerfile", () => {
  const APP = { "app.py": "print()\n", ".env": "SECRET=1\n", ".dockerignore": "app.py\n" };
  const RULES = { Dockerfile: "FROM scratch\n", "Dockerfile.dockerignore": ".*\n" };

  /** Hash and files of an app, built by a Dockerfile from elsewhere. */
  const built = (app: Record<string, string>, project: Record<string, string>) =>
    inFolder(project, (elsewhere) =>
      inFolder(app, (folder) => {
        const dockerfile = join(elsewhere, "Dockerfile");
        return { hash: contextHash(folder, {}, dockerfile), files: contextFiles(folder, dockerfile) };
      }),
    );

  it("is the same wherever the folder and the Dockerfile are", () => {
    assert.deepStrictEqual(built(APP, RULES), built(APP, RULES));
  });

  it("changes with the Dockerfile's text", () => {
    const other = built(APP, { ...RULES, Dockerfile: "FROM debian\n" });
    assert.notDeepStrictEqual(other.hash, built(APP, RULES).hash);
  });

  it("goes by the rules beside the Dockerfile, and not by the folder's own", () => {
    const { hash, files } = built(APP, RULES);
    assert.deepStrictEqual(files, ["app.py"]);
    assert.deepStrictEqual(built({ ...APP, ".env": "SECRET=2\n", ".dockerignore": "" }, RULES).hash, hash);
    assert.notDeepStrictEqual(built({ ...APP, "app.py": "print(1)\n" }, RULES).hash, hash);
  });

  it("goes by the folder's own rules where there are none beside the Dockerfile", () => {
    const { files } = built(APP, { Dockerfile: "FROM scratch\n" });
    assert.deepStrictEqual(files, [".dockerignore", ".env"]);
  });
});

describe("the files of a build context", () => {
  it("go by Dockerfile.dockerignore rather than by .dockerignore", () => {
    const files = { Dockerfile: "", "Dockerfile.dockerignore": "a\n", ".dockerignore": "b\n", a: "", b: "" };
    assert.deepStrictEqual(
      inFolder(files, (folder) => contextFiles(folder)),
      [".dockerignore", "Dockerfile", "Dockerfile.dockerignore", "b"],
    );
  });

  const FILES = ["Dockerfile", "README.md", "docs/a.md", "src/a.py", "src/b.log", "src/deep/c.log", "tests/t.py"];

  function filesWith(...ignore: string[]): string[] {
    const folder = mkdtempSync(join(tmpdir(), "context-"));
    try {
      for (const file of FILES) {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), file);
      }
      if (ignore.length > 0) {
        writeFileSync(join(folder, ".dockerignore"), ignore.join("\n"));
      }
      return contextFiles(folder).filter((file) => file !== ".dockerignore");
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  const cases: [string, string[], string[]][] = [
    ["are all, without .dockerignore", [], FILES],
    ["leave out a folder with all in it", ["tests"], FILES.filter((file) => file !== "tests/t.py")],
    ["leave out a pattern at the top only, unless it says at any depth", ["*.log"], FILES],
    ["leave out a pattern at any depth", ["**/*.log"], FILES.filter((file) => !file.endsWith(".log"))],
    ["take a file back in", ["**/*.log", "!src/b.log"], FILES.filter((file) => file !== "src/deep/c.log")],
    ["follow the last line that fits", ["!src/b.log", "src/*.log"], FILES.filter((file) => file !== "src/b.log")],
    [
      "are only the listed ones, with a list of what is let in",
      ["*", "!src"],
      ["Dockerfile", "src/a.py", "src/b.log", "src/deep/c.log"],
    ],
    [
      "are fewer again where the list of what is let in says so",
      ["*", "!src", "src/deep"],
      ["Dockerfile", "src/a.py", "src/b.log"],
    ],
    [
      "take no notice of comments and empty lines",
      ["# tests", "", "docs"],
      FILES.filter((file) => file !== "docs/a.md"),
    ],
  ];
  for (const [title, ignore, expected] of cases) {
    it(title, () => {
      assert.deepStrictEqual(filesWith(...ignore), expected);
    });
  }
});
