import assert from "node:assert/strict";
import { databaseName } from "../../../lib/databaseName";

/** What DigitalOcean takes for a database, and for its replicas, whose names are longer. */
const NAME = /^[a-z][a-z0-9-]{2,62}$/;
const OF_A_REPLICA = "-replica-2";

describe("the name of a managed database", () => {
  it("is the wanted one where DigitalOcean takes that", () => {
    for (const wanted of ["flask-doks-dev-blog", "a-7", "a".repeat(50)]) {
      assert.deepStrictEqual(databaseName(wanted), wanted);
    }
  });

  const rewritten: [string, string, RegExp][] = [
    ["without capitals", "flask-doks-Dev-blog", /^flask-doks-dev-blog-[0-9a-f]{6}$/],
    ["without other signs", "flask_doks-dev.eu-blog", /^flask-doks-dev-eu-blog-[0-9a-f]{6}$/],
    ["cut where it is too long", "a".repeat(51), /^a{43}-[0-9a-f]{6}$/],
    ["without a dash before what tells it from others", `${"a".repeat(42)}-${"b".repeat(20)}`, /^a{42}-[0-9a-f]{6}$/],
  ];
  for (const [title, wanted, expected] of rewritten) {
    it(`is written ${title}`, () => {
      assert.match(databaseName(wanted), expected);
    });
  }

  it("is taken by DigitalOcean, and so are those of its replicas", () => {
    for (const wanted of ["flask-doks-dev-blog", "Flask.Doks", "a".repeat(50), "a".repeat(51), `a${"-".repeat(60)}`]) {
      assert.match(databaseName(wanted), NAME);
      assert.match(`${databaseName(wanted)}${OF_A_REPLICA}`, NAME);
    }
  });

  it("is another one for each that is wanted, also where they were to become the same", () => {
    const wanted = ["a-b", "a_b", "a.b", "A-b", `${"a".repeat(60)}b`, `${"a".repeat(60)}c`];
    assert.deepStrictEqual(new Set(wanted.map(databaseName)).size, wanted.length);
  });

  it("stays the same", () => {
    assert.deepStrictEqual(databaseName("Flask.Doks"), databaseName("Flask.Doks"));
  });
});
