import assert from "node:assert/strict";
import fs, { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mock } from "node:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentKey } from "../../../local/contentKey";

describe("The key of cached content", () => {
  let root: string;
  const write = (path: string, text: string) => {
    writeFileSync(join(root, path), text);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "key-"));
    mkdirSync(join(root, "recipe", "sub"), { recursive: true });
    write("recipe/Dockerfile", "FROM scratch\n");
    write("recipe/sub/a.sh", "true\n");
    write("other", "1");
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });
  const key = (...texts: string[]) => contentKey([join(root, "recipe"), join(root, "other")], ...texts);

  /** How many different keys there are, of the one before a change and those after each. */
  const changes = (...steps: (() => void)[]): boolean[] =>
    steps.map((step) => {
      const before = key();
      step();
      return key() !== before;
    });

  it("is short, fit for a file's name, and the same for the same content wherever it lies", () => {
    assert.match(key("1.0"), /^[0-9a-f]{12}$/);
    const before = key("1.0");
    const moved = `${root}-moved`;
    renameSync(root, moved);
    root = moved;
    assert.deepStrictEqual(key("1.0"), before);
  });
  it("changes with the content of a file at any depth, with a file's name, and with a file more", () => {
    assert.deepStrictEqual(
      changes(
        () => {
          write("recipe/Dockerfile", "FROM debian\n");
        },
        () => {
          write("recipe/sub/a.sh", "false\n");
        },
        () => {
          renameSync(join(root, "recipe", "sub", "a.sh"), join(root, "recipe", "sub", "b.sh"));
        },
        () => {
          write("recipe/sub/c.sh", "");
        },
        () => {
          write("other", "2");
        },
      ),
      [true, true, true, true, true],
    );
  });
  it("does not change with a file that is written anew with what it held", () => {
    assert.deepStrictEqual(
      changes(() => {
        write("recipe/Dockerfile", "FROM scratch\n");
      }),
      [false],
    );
  });
  it("changes with the texts, their order and where one ends and the next begins", () => {
    const keys = [key(), key(""), key("ab", "c"), key("a", "bc"), key("bc", "a")];
    assert.deepStrictEqual(new Set(keys).size, keys.length);
  });
  it("does not depend on the order in which a file system names its files", () => {
    const orders = [(names: string[]) => names.sort(), (names: string[]) => names.sort().reverse()];
    const { readdirSync } = fs;
    const keys = orders.map((order) => {
      const listing = mock.method(fs, "readdirSync", (path: string) => order(readdirSync(path)));
      try {
        return key();
      } finally {
        listing.mock.restore();
      }
    });
    assert.deepStrictEqual(keys[0], keys[1]);
  });
  it("fails for a path that is not there, rather than leave it out", () => {
    assert.throws(() => contentKey([join(root, "none")]), { code: "ENOENT" });
  });
});
