import assert from "node:assert/strict";
import type { KeyPath } from "../../../../scripts/rotate/stackSecret";
import { setNumber } from "../../../../scripts/rotate/setNumber";

const DATABASE: KeyPath = ["apps", 0, "database", "passwordVersion"];
const KEY: KeyPath = ["apps", 0, "secretKeyVersion"];

const APPS = ["config:", "  flask-doks:apps:", "    # Ours.", "    - name: blog # since 2024"];
const AFTER = ["", "  # Data.", "  flask-doks:dataPolicy: retain # for good", ""];

/** Sets 7 in a stack file of these lines, and gives the lines that it has then. */
const set = (path: KeyPath, lines: string[], missing?: string): string[] | undefined =>
  setNumber(lines.join("\n"), path, 7, missing)?.split("\n");

describe("a number in a stack file", () => {
  const written: [string, KeyPath, string[], string[]][] = [
    [
      "takes the place of the one before, its comment stays",
      KEY,
      ["      secretKeyVersion: 6 # in May"],
      ["      secretKeyVersion: 7 # in May"],
    ],
    [
      "takes the place of the one before in braces",
      DATABASE,
      ["      database: { kind: mysql, passwordVersion: 6, storageGi: 5 } # why"],
      ["      database: { kind: mysql, passwordVersion: 7, storageGi: 5 } # why"],
    ],
    [
      "makes braces of a bare word",
      DATABASE,
      ["      database: mysql # small"],
      ["      database: { kind: mysql, passwordVersion: 7 } # small"],
    ],
    [
      "comes last in braces",
      DATABASE,
      ["      database: { kind: mysql, resources: { limits: { memory: 1Gi } } }"],
      ["      database: { kind: mysql, resources: { limits: { memory: 1Gi } }, passwordVersion: 7 }"],
    ],
    [
      "comes last in braces over several lines",
      DATABASE,
      ["      database: { kind: mysql,", "        storageGi: 5, # GiB", "      }"],
      ["      database: { kind: mysql,", "        storageGi: 5, passwordVersion: 7, # GiB", "      }"],
    ],
    [
      "comes below the kind of a group, indented as that is",
      DATABASE,
      ["      database:", "          storageGi: 5", "          kind: mysql # ours", "          # more"],
      [
        "      database:",
        "          storageGi: 5",
        "          kind: mysql # ours",
        "          passwordVersion: 7",
        "          # more",
      ],
    ],
  ];
  for (const [title, path, before, after] of written) {
    it(title, () => {
      assert.deepStrictEqual(set(path, [...APPS, ...before, ...AFTER]), [...APPS, ...after, ...AFTER]);
    });
  }

  it("comes below the name of an app", () => {
    assert.deepStrictEqual(set(KEY, [...APPS, "      database: mysql", ...AFTER]), [
      ...APPS,
      "      secretKeyVersion: 7",
      "      database: mysql",
      ...AFTER,
    ]);
  });

  it("comes last in an app in braces, and is that app's", () => {
    const lines = (second: string) => [
      "config:",
      `  flask-doks:apps: [{ name: blog, cache: redis }, { name: shop, cache: ${second} }]`,
    ];
    assert.deepStrictEqual(
      set(["apps", 1, "cache", "passwordVersion"], lines("redis")),
      lines("{ kind: redis, passwordVersion: 7 }"),
    );
  });

  it("ends its line as the file's end, and the file without a last newline", () => {
    assert.deepStrictEqual(
      setNumber("config:\r\n  flask-doks:apps:\r\n    - name: blog\r\n", KEY, 2),
      "config:\r\n  flask-doks:apps:\r\n    - name: blog\r\n      secretKeyVersion: 2\r\n",
    );
    assert.deepStrictEqual(
      setNumber("config:\n  flask-doks:apps:\n    - name: blog", KEY, 2),
      "config:\n  flask-doks:apps:\n    - name: blog\n      secretKeyVersion: 2",
    );
  });

  it("comes with its group at the head of the config, where the file has not that", () => {
    assert.deepStrictEqual(set(["registry", "rotation"], ["# Ours.", ...APPS], "digitalocean"), [
      "# Ours.",
      "config:",
      "  flask-doks:registry: { kind: digitalocean, rotation: 7 }",
      ...APPS.slice(1),
    ]);
  });

  it("cannot be set where there is no such group, behind an alias, or in JSON in a string", () => {
    for (const lines of [
      ["config:", "  flask-doks:domain: example.com"],
      ["config: {}"],
      ["encryptionsalt: v1:abc"],
      [...APPS, "      env: {}"],
      [...APPS, "      spareDatabase: &ours { kind: mysql }", "      database: *ours"],
      [...APPS, "      database: &kind [mysql]"],
      [...APPS, "      database: { kind: mysql, passwordVersion: *one }"],
      ["config:", `  flask-doks:apps: '[{"name":"blog","database":"mysql"}]'`],
    ]) {
      assert.deepStrictEqual(set(DATABASE, lines), undefined, lines.join("\n"));
    }
    assert.deepStrictEqual(set(["registry", "rotation"], APPS), undefined);
    assert.deepStrictEqual(set(["registry", "rotation"], ["config: { a: b }"], "digitalocean"), undefined);
  });
});
