import assert from "node:assert/strict";
import { fill } from "../../../../local/node/template";

describe("A template", () => {
  it("gets each value at each place of its name", () => {
    assert.deepStrictEqual(fill("a: @ONE@\nb: @TWO_B@:@ONE@\n", { ONE: "1", TWO_B: "2" }), "a: 1\nb: 2:1\n");
  });
  it("takes a value as it is, whatever it holds", () => {
    assert.deepStrictEqual(fill("@A@ @B@", { A: "$& $1 $$", B: "@A@" }), "$& $1 $$ @A@");
  });
  it("may get an empty value", () => {
    assert.deepStrictEqual(fill("[@A@]", { A: "" }), "[]");
  });
  it("leaves what is no name of a value alone", () => {
    assert.deepStrictEqual(fill("me@host.test @lower@ @A@", { A: "1" }), "me@host.test @lower@ 1");
  });
  it("is refused when a value is missing", () => {
    assert.throws(() => fill("@ONE@ @TWO@", { ONE: "1" }), { message: "The template's TWO has no value" });
  });
  it("is refused when values are left over, each named", () => {
    assert.throws(() => fill("@ONE@", { ONE: "1", TWO: "2", THREE: "3" }), {
      message: "The template has no TWO, THREE",
    });
  });
});
