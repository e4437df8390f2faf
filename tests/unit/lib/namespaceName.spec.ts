import assert from "node:assert/strict";
import { sharedNamespace } from "../../../lib/namespaceName";

const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

describe("the namespace of an app on a shared cluster", () => {
  it("has the stack's name before the app's", () => {
    assert.deepStrictEqual(sharedNamespace("review-7", "blog"), "review-7-blog");
  });

  const awkward = ["Review_7", "review_7", "review.7", "_", "feature/long/".repeat(10), "x".repeat(100), "-7-"];
  for (const stack of awkward) {
    it(`is a name that Kubernetes takes, for the stack ${stack.slice(0, 20)}`, () => {
      for (const app of ["blog", "a".repeat(30)]) {
        const name = sharedNamespace(stack, app);
        assert.match(name, NAMESPACE);
        assert.ok(name.endsWith(`-${app}`), name);
      }
    });
  }

  it("is another one for each stack, however much they look alike", () => {
    const names = [...awkward, "review-7", "x".repeat(99)].map((stack) => sharedNamespace(stack, "blog"));
    assert.deepStrictEqual(new Set(names).size, names.length);
  });

  it("is the same one each time", () => {
    assert.deepStrictEqual(sharedNamespace("Review_7", "blog"), sharedNamespace("Review_7", "blog"));
  });
});
