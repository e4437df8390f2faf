import assert from "node:assert/strict";
import { problemsOf } from "../../../support/configs";
import { stack } from "../../../support/stackFiles";

const relaxed = (...rules: string[]) =>
  stack({
    policy: {
      relax: rules.map((rule) => ({
        rule,
        resource: "Deployment blog-deployment",
        reason: "Its maker gives no digests.",
      })),
    },
  });

describe("rules on exceptions", () => {
  it("take one from a rule that there is", async () => {
    assert.deepStrictEqual(await problemsOf(relaxed("image-by-digest", "default-deny")), []);
  });

  it("refuse one from a rule that there is not, with the nearest that there is", async () => {
    assert.deepStrictEqual(await problemsOf(relaxed("default-deny", "image-by-digests", "zzz")), [
      'policy.relax[1].rule: there is no rule "image-by-digests"; did you mean image-by-digest?',
      'policy.relax[2].rule: there is no rule "zzz"; docs/policies.md has them',
    ]);
  });
});
