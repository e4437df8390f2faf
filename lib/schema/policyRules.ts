import { RULES } from "../../policy/rules";
import type { Finding } from "./finding";
import { nearest } from "../nearest";
import type { Stack } from "./stack";

const NAMES = RULES.map(({ name }) => name);

/** An exception is from a rule that there is. */
export function policyFindings({ policy }: Stack): Finding[] {
  return policy.relax.flatMap(({ rule }, index) => {
    if (NAMES.includes(rule)) return [];
    const near = nearest(rule, NAMES);
    const hint = near === undefined ? "docs/policies.md has them" : `did you mean ${near}?`;
    return [{ key: `policy.relax[${index}].rule`, message: `there is no rule "${rule}"; ${hint}` }];
  });
}
