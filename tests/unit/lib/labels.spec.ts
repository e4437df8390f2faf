import assert from "node:assert/strict";
import { APP_ROLES, type AppRole, labels, objectMetadata, RUN_AGAIN, selector } from "../../../lib/labels";

describe("labels", () => {
  it("are Kubernetes' recommended ones", () => {
    assert.deepStrictEqual(labels("blog", "web"), {
      "app.kubernetes.io/name": "blog",
      "app.kubernetes.io/component": "web",
      "app.kubernetes.io/part-of": "blog",
      "app.kubernetes.io/managed-by": "pulumi",
    });
  });

  for (const role of APP_ROLES) {
    it(`select the ${role} pods, and those of no other part`, () => {
      const selects = (other: AppRole) =>
        Object.entries(selector("blog", role)).every(([key, value]) => labels("blog", other)[key] === value);
      assert.deepStrictEqual(APP_ROLES.filter(selects), [role]);
    });
  }
});

describe("the annotations of a release's Jobs", () => {
  it("have the provider replace one that has failed", () => {
    assert.deepStrictEqual(RUN_AGAIN, { "pulumi.com/replaceUnready": "true" });
  });
});

describe("the metadata of an app's objects", () => {
  it("names the object, its namespace and its part, the web server's if not said otherwise", () => {
    const metadata = objectMetadata("blog", "blog-space");
    assert.deepStrictEqual(metadata("thing"), {
      name: "thing",
      namespace: "blog-space",
      labels: labels("blog", "web"),
    });
    assert.deepStrictEqual(metadata("thing", "database").labels, labels("blog", "database"));
  });
});
