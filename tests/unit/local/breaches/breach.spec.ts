import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BREACHES, breachLine } from "../../../../local/breaches/breach";
import { ROOT } from "../../../support/stackFiles";

describe("A breach of what an app must do", () => {
  it("has a section of its name in docs/your-app.md, and each section there a breach", () => {
    const page = readFileSync(join(ROOT, "docs", "your-app.md"), "utf8");
    assert.deepStrictEqual(
      [...page.matchAll(/^### (.+)$/gm)].map(([, name]) => name),
      [...BREACHES],
    );
  });
  it("is told by its name, with where to read on", () => {
    assert.deepStrictEqual(
      breachLine({ name: "wrong-port", text: "It listens elsewhere." }),
      "wrong-port: It listens elsewhere. See docs/your-app.md#wrong-port",
    );
  });
});
