/** Rules about one input of one resource: what it may be, what it may not, and whether it may be missing. */
import assert from "node:assert/strict";
import { type Subject, UNKNOWN } from "../../../policy/subject";
import { broken, changed } from "./subjects";

export interface SingleRule {
  rule: string;
  /** The trap that it keeps users from, as docs and issues know it. */
  trap?: string;
  subject: Subject;
  /** The others of its stack, for a rule on all of it. */
  beside?: Subject[];
  /** `delete` by default. */
  dataPolicy?: "retain";
  /** Of the input, with slashes. */
  path: string;
  /** Values that are fine besides the subject's own, and one that a preview cannot know. */
  sound?: unknown[];
  /** Values that are not, and what is said of them. */
  wrong: [unknown, string][];
  /** What is said when there is none; nothing where it may be missing. */
  missing?: string;
}

const shown = (value: unknown): string => JSON.stringify(value);

/** Holds each rule to its rows: what is fine, what is not, what is missing, and what cannot be known yet. */
export function holds(rows: readonly SingleRule[]): void {
  for (const { rule, trap, subject, beside = [], dataPolicy, path, sound = [], wrong, missing } of rows) {
    const about = `${rule}${trap === undefined ? "" : ` (${trap})`}: ${path}`;
    const saidOf = (it: Subject) => broken(rule, [it, ...beside], dataPolicy);
    const said = (value: unknown) => saidOf(changed(subject, path, value));

    it(`${about} of a sound resource holds, and so do ${sound.length} other values`, () => {
      assert.deepStrictEqual(saidOf(subject), []);
      assert.deepStrictEqual(
        sound.map((value) => [value, said(value)]),
        sound.map((value) => [value, []]),
      );
    });
    for (const [value, what] of wrong) {
      it(`${about} may not be ${shown(value)}`, () => {
        assert.deepStrictEqual(said(value), [what]);
      });
    }
    it(`${about} ${missing === undefined ? "may" : "may not"} be missing`, () => {
      assert.deepStrictEqual(said(undefined), missing === undefined ? [] : [missing]);
    });
    it(`${about} holds while it, or all around it, cannot be known`, () => {
      const folders = path.split("/").map((_, index, parts) => parts.slice(0, index + 1).join("/"));
      assert.deepStrictEqual(
        folders.map((folder) => [folder, saidOf(changed(subject, folder, UNKNOWN))]),
        folders.map((folder) => [folder, []]),
      );
    });
  }
}
