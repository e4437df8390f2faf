import type { Subject } from "./subject";

export type Level = "mandatory" | "advisory";

/** What a rule goes by besides the resources. */
export interface StackFacts {
  /** What becomes of data when the stack goes, `flask-doks:dataPolicy`. */
  dataPolicy: "retain" | "delete";
}

interface RuleText {
  /** In kebab-case; exceptions name it. */
  name: string;
  /** `mandatory` stops a preview, `advisory` is told. */
  level: Level;
  /** Why it matters: whole sentences. */
  reason: string;
  /** How to mend what violates it: whole sentences. */
  fix: string;
}

/** A rule that looks at one resource at a time. */
export interface ResourceRule extends RuleText {
  scope: "resource";
  /** What is wrong with it, as sentences without the full stop. */
  check: (resource: Subject, facts: StackFacts) => string[];
}

/** What is wrong with one resource, seen beside the others. */
export interface Breach {
  resource: Subject;
  /** A sentence without the full stop. */
  what: string;
}

/** A rule that looks at all resources of a stack together. */
export interface StackRule extends RuleText {
  scope: "stack";
  check: (resources: readonly Subject[], facts: StackFacts) => Breach[];
}

export type Rule = ResourceRule | StackRule;
