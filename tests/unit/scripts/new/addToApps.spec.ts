import assert from "node:assert/strict";
import { addToApps } from "../../../../scripts/new/addToApps";

const ENTRY = ["- name: shop", "  expose: nodePort"];

/** Adds the entry to a file of these lines, and takes out the lines that it has then. */
const added = (...lines: string[]): string[] | undefined => addToApps(lines.join("\n"), ENTRY)?.split("\n");

describe("an entry in a stack file's list of apps", () => {
  it("comes after the last one, indented as that is", () => {
    assert.deepStrictEqual(
      added(
        "config:",
        "    flask-doks:apps:",
        "    -   name: blog",
        "        replicas: 2",
        "    flask-doks:domain: a.b",
        "",
      ),
      [
        "config:",
        "    flask-doks:apps:",
        "    -   name: blog",
        "        replicas: 2",
        "    - name: shop",
        "      expose: nodePort",
        "    flask-doks:domain: a.b",
        "",
      ],
    );
  });

  it("comes after what the last one has at its end, however deep or long", () => {
    for (const end of [
      ["      env:", "        A: b", "        C: d # why"],
      ["      env: { A: b,", "        C: d }"],
      ["      migrate:", "        - flask", "        - upgrade"],
      ["      env:", "        A: |", "          one", "          two"],
      ["      database:"],
      ["      hosts: [a.b]", "      # replicas: 5"],
    ]) {
      const file = ["config:", "  flask-doks:apps:", "    - name: blog", ...end];
      assert.deepStrictEqual(added(...file, "  flask-doks:dataPolicy: delete"), [
        ...file,
        "    - name: shop",
        "      expose: nodePort",
        "  flask-doks:dataPolicy: delete",
      ]);
    }
  });

  it("comes before the comments that speak of what follows", () => {
    const file = ["config:", "  flask-doks:apps:", "    - name: blog"];
    const rest = ["", "    # Another day: a guestbook.", "  # Data.", "  flask-doks:dataPolicy: delete"];
    assert.deepStrictEqual(added(...file, ...rest), [...file, "    - name: shop", "      expose: nodePort", ...rest]);
  });

  it("comes at the end of a file without a last newline", () => {
    const file = ["config:", "  flask-doks:apps:", "    - name: blog"];
    assert.deepStrictEqual(added(...file), [...file, "    - name: shop", "      expose: nodePort"]);
  });

  it("ends its lines as the file's end", () => {
    for (const apps of ["apps:\r\n    - name: blog\r\n      # more", "apps: []"]) {
      const text = `config:\r\n  flask-doks:${apps}\r\n  flask-doks:domain: a.b\r\n`;
      assert.deepStrictEqual(
        addToApps(text, ENTRY),
        text
          .replace(" []", "")
          .replace("  flask-doks:domain", "    - name: shop\r\n      expose: nodePort\r\n  flask-doks:domain"),
      );
    }
  });

  it("is the first of a list that is empty, whose comment stays", () => {
    for (const nothing of ["", " []", " null", " ~ "]) {
      assert.deepStrictEqual(
        added("config:", `  flask-doks:apps:${nothing}`, "  # Data.", "  flask-doks:dataPolicy: delete"),
        [
          "config:",
          "  flask-doks:apps:",
          "    - name: shop",
          "      expose: nodePort",
          "  # Data.",
          "  flask-doks:dataPolicy: delete",
        ],
      );
    }
    assert.deepStrictEqual(added("config:", "  flask-doks:apps: [] # none yet"), [
      "config:",
      "  flask-doks:apps: # none yet",
      "    - name: shop",
      "      expose: nodePort",
    ]);
  });

  it("cannot be added in brackets, to JSON in a string, or where there is no list", () => {
    assert.deepStrictEqual(added("config:", "  flask-doks:apps: [{ name: blog }]"), undefined);
    assert.deepStrictEqual(added("config:", "  flask-doks:apps: [", "    { name: blog } ]"), undefined);
    assert.deepStrictEqual(added("config:", `  flask-doks:apps: '[{"name":"blog"}]'`), undefined);
    assert.deepStrictEqual(added("config:", "  flask-doks:domain: a.b"), undefined);
    assert.deepStrictEqual(added("encryptionsalt: v1:abc"), undefined);
  });
});
