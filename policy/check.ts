/** Checks the resources of a stack against the rules, and makes the exceptions that its stack file asks for. */
import { nearest } from "../lib/nearest";
import type { Level, Rule, StackFacts } from "./rule";
import { RULES } from "./rules";
import { labelOf, type Subject } from "./subject";

export { RULES };

/** One exception from a rule, as `flask-doks:policy` has it. */
export interface Relaxation {
  rule: string;
  resource: string;
  reason: string;
}

/** A rule that does not hold for a resource. */
export interface Finding {
  rule: string;
  /** `relaxed`: the stack file makes an exception. */
  level: Level | "relaxed";
  /** Such as `Deployment blog-deployment`. */
  resource: string;
  /** What is wrong, why it matters, and how to mend it. */
  message: string;
}

/** A finding, and the resource itself. */
export interface Found {
  finding: Finding;
  resource: Subject;
}

export interface CheckOptions extends StackFacts {
  relax: readonly Relaxation[];
}

/** An exception names a resource as findings do, or by its name alone. */
const isFor = (relaxation: Relaxation, rule: string, resource: Subject): boolean =>
  relaxation.rule === rule && [labelOf(resource), resource.name].includes(relaxation.resource);

/** What one rule finds among some resources, be they one or all of a stack. */
export function found(rule: Rule, resources: readonly Subject[], { relax, dataPolicy }: CheckOptions): Found[] {
  const breaches =
    rule.scope === "stack"
      ? rule.check(resources, { dataPolicy })
      : resources.flatMap((resource) => rule.check(resource, { dataPolicy }).map((what) => ({ resource, what })));
  return breaches.map(({ resource, what }) => {
    const exception = relax.find((each) => isFor(each, rule.name, resource));
    const message = `${what}. ${rule.reason} ${rule.fix}`;
    const told = { rule: rule.name, resource: labelOf(resource) };
    return {
      resource,
      finding:
        exception === undefined
          ? { ...told, level: rule.level, message }
          : { ...told, level: "relaxed", message: `${what}. ${MADE}${exception.reason}` },
    };
  });
}

/** Exceptions from a rule that nothing needs, be it for a name that no resource has. */
export function unneeded(rule: Rule, resources: readonly Subject[], options: CheckOptions): Finding[] {
  const relaxed = found(rule, resources, options).filter(({ finding }) => finding.level === "relaxed");
  return options.relax
    .filter((each) => each.rule === rule.name && !relaxed.some(({ resource }) => isFor(each, rule.name, resource)))
    .map(({ resource }) => ({
      rule: rule.name,
      level: "advisory",
      resource,
      message: `${whyUnneeded(resource, resources)} flask-doks:policy.`,
    }));
}

/** What is to be done with an exception that is for nothing. */
function whyUnneeded(resource: string, resources: readonly Subject[]): string {
  const called = resources.flatMap((each) => [labelOf(each), each.name]);
  if (called.includes(resource)) return `The exception for ${resource} is not needed: the rule holds. Take it out of`;
  const near = nearest(resource, called);
  const missing = `No resource of the stack is called ${resource}`;
  return near === undefined
    ? `${missing}: the exception for it does nothing. Take it out of`
    : `${missing}: the exception for it does nothing. The nearest is ${near}. Mend the name in`;
}

/** All that is to be said of a stack. A preview is stopped by each finding whose level is `mandatory`. */
export function checkStack(resources: readonly Subject[], options: CheckOptions): Finding[] {
  return [
    ...RULES.flatMap((rule) => found(rule, resources, options)).map(({ finding }) => finding),
    ...RULES.flatMap((rule) => unneeded(rule, resources, options)),
  ];
}

/** What the name of a rule ends in where the pack tells of exceptions from it. */
export const RELAXED_SUFFIX = "-relaxed";

/** The rule that a policy of the pack is about. */
export const ruleOf = (policyName: string): string =>
  policyName.endsWith(RELAXED_SUFFIX) ? policyName.slice(0, -RELAXED_SUFFIX.length) : policyName;

const MADE = "The stack file makes an exception: ";

/** Whether a message, as the engine tells it, is about an exception that the stack file makes. */
export const isRelaxed = (message: string): boolean => message.includes(MADE);

/** The rows of the table in docs/policies.md, one a rule. */
export const policyTable = (): string[] =>
  RULES.map(({ name, level, reason, fix }) => `| \`${name}\` | ${level} | ${reason} ${fix} |`);
