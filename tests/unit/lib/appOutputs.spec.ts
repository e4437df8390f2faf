import assert from "node:assert/strict";
import { allUrls } from "../../../lib/appOutputs";

describe("the URLs of an app", () => {
  const cases: [string, string, string[], string[]][] = [
    [
      "its main one and those of its further hosts",
      "https://example.com",
      ["example.com", "www.example.com"],
      ["https://example.com", "https://www.example.com"],
    ],
    [
      "at the port of the main one",
      "https://a.test:30443",
      ["a.test", "b.test"],
      ["https://a.test:30443", "https://b.test:30443"],
    ],
    ["without a wildcard, which is none", "https://a.test", ["*.a.test", "a.test"], ["https://a.test"]],
    ["an address alone, where the hosts lead elsewhere", "http://203.0.113.7", ["example.com"], ["http://203.0.113.7"]],
    ["a sentence, while there is none", "pending: no address yet", [], ["pending: no address yet"]],
  ];
  for (const [title, main, hosts, urls] of cases) {
    it(`are ${title}`, () => {
      assert.deepStrictEqual(allUrls(main, hosts), urls);
    });
  }
});
