import assert from "node:assert/strict";
import { UserError } from "../../../../local/steps";
import { appName } from "../../../../scripts/new/appName";

describe("the name of a new app", () => {
  it("is spelled for the cluster, for Python and for people", () => {
    assert.deepStrictEqual(appName("my-shop-2"), { name: "my-shop-2", module: "my_shop_2", title: "My shop 2" });
    assert.deepStrictEqual(appName("myapp"), { name: "myapp", module: "myapp", title: "Myapp" });
  });

  it("may be as long as a stack file takes it, and as short", () => {
    for (const name of ["a", "a".repeat(30)]) assert.deepStrictEqual(appName(name).module, name);
  });

  it("may hold what it may not be", () => {
    assert.deepStrictEqual(appName("json-shop").module, "json_shop");
    assert.deepStrictEqual(appName("is-in").module, "is_in");
  });

  const refused: [string, string][] = [
    ["", "is not a name of small letters, digits and inner dashes"],
    ["My-Shop", "is not a name of small letters, digits and inner dashes"],
    ["my_shop", "is not a name of small letters, digits and inner dashes"],
    ["2shops", "is not a name of small letters, digits and inner dashes"],
    ["shop-", "is not a name of small letters, digits and inner dashes"],
    ["../shop", "is not a name of small letters, digits and inner dashes"],
    ["a".repeat(31), "is longer than 30 characters"],
    ["kube-system", "is a name that is taken in the cluster or the database"],
    ["mysql", "is a name that is taken in the cluster or the database"],
    ["lambda", "is a word of Python's own, and cannot be imported"],
    ["calendar", "would hide Python's own module calendar"],
    ["py-compile", "would hide Python's own module py_compile"],
    ["zoneinfo", "would hide Python's own module zoneinfo"],
    ["flask", "would hide flask, which the app or its tests need"],
    ["typing-extensions", "would hide typing_extensions, which the app or its tests need"],
    ["tests", "would hide tests, which the app or its tests need"],
  ];
  for (const [name, why] of refused) {
    it(`cannot be "${name}", with the reason`, () => {
      assert.throws(() => appName(name), new UserError(`"${name}" ${why}. Another name, please.`));
    });
  }
});
