import { deepStrictEqual, strictEqual } from "node:assert";
import { bestVersion, compareVersions, parseVersion, suits } from "../../../../local/engine/version";

describe("The choice of a Pulumi CLI", () => {
  it("reads versions with and without a v, and with what follows the numbers", () => {
    deepStrictEqual(parseVersion("v3.256.0"), [3, 256, 0]);
    deepStrictEqual(parseVersion("3.300.12-alpha.1\n"), [3, 300, 12]);
    strictEqual(parseVersion("latest"), undefined);
  });
  it("orders by number, not by letter", () => {
    strictEqual(compareVersions("3.99.0", "3.256.0") < 0, true);
    strictEqual(compareVersions("3.256.10", "3.256.9") > 0, true);
  });
  it("takes the same major that is not older", () => {
    strictEqual(suits("3.256.0", "3.256.0"), true);
    strictEqual(suits("3.400.1", "3.256.0"), true);
    strictEqual(suits("3.255.9", "3.256.0"), false);
    strictEqual(suits("4.0.0", "3.256.0"), false);
    strictEqual(suits("unknown", "3.256.0"), false);
  });
  it("prefers the newest that suits", () => {
    strictEqual(bestVersion(["3.100.0", "3.260.0", "3.258.1", "4.1.0"], "3.256.0"), "3.260.0");
    strictEqual(bestVersion(["3.100.0"], "3.256.0"), undefined);
  });
});
