import assert from "node:assert/strict";
import { allowsPython } from "../../../lib/pythonVersion";
import { PYTHON_VERSIONS } from "../../../lib/versions";

describe("requires-python", () => {
  const cases: [string, string][] = [
    ["", "3.11 3.12 3.13 3.14"],
    [">=3.12", "3.12 3.13 3.14"],
    [">=3", "3.11 3.12 3.13 3.14"],
    [">=3.10, <4", "3.11 3.12 3.13 3.14"],
    [">=3.12.4,<3.14", "3.12 3.13"],
    [">3.12", "3.12 3.13 3.14"],
    ["<3.12", "3.11"],
    ["<3.12.1", "3.11 3.12"],
    ["<=3.12", "3.11 3.12"],
    ["==3.12", "3.12"],
    ["==3.12.*", "3.12"],
    ["===3.13.1", "3.13"],
    ["==3.*", "3.11 3.12 3.13 3.14"],
    ["~=3.12", "3.12 3.13 3.14"],
    ["~=3.12.3", "3.12"],
    ["!=3.13.*", "3.11 3.12 3.14"],
    ["!=3.13.1", "3.11 3.12 3.13 3.14"],
    [">=2.7", "3.11 3.12 3.13 3.14"],
    ["<3", ""],
    ["==2.7.*", ""],
    [">=4", ""],
    ["!=2.7.*,<4", "3.11 3.12 3.13 3.14"],
    [">=3.15", ""],
    ["whatever,>=3.13", "3.13 3.14"],
  ];
  for (const [requiresPython, expected] of cases) {
    it(`${JSON.stringify(requiresPython)} allows ${expected === "" ? "none of the offered versions" : expected}`, () => {
      const allowed = PYTHON_VERSIONS.filter((version) => allowsPython(requiresPython, version));
      assert.deepStrictEqual(allowed.join(" "), expected);
    });
  }
});
