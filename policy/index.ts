/** The rules as a policy pack: `pulumi preview --policy-pack policy`. */
import {
  PolicyPack,
  type PolicyResource,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { found, RELAXED_SUFFIX, RULES, unneeded } from "./check";
import type { Rule } from "./rule";
import { settings } from "./settings";
import { plain, type Subject } from "./subject";

const options = settings();

/** As the program asked for them, by their URNs: at the end the engine gives what the providers made of them. */
const asked = new Map<string, Subject>();

type Given = Pick<PolicyResource, "type" | "name" | "urn" | "props" | "opts">;

const subject = ({ type, name, urn, props, opts: { protect, ignoreChanges } }: Given): Subject => {
  const inputs = plain(props) as Record<string, unknown>;
  return { type, name, urn, props: inputs, protect, ignoreChanges };
};

const stack = (resources: readonly Given[]): Subject[] =>
  resources.map((resource) => asked.get(resource.urn) ?? subject(resource));

/** The SDK writes a description before each message, and a message says all there is to say. */
const NONE = "";

/** A rule, without the exceptions from it. */
function policy(rule: Rule): ResourceValidationPolicy | StackValidationPolicy {
  const described = { name: rule.name, enforcementLevel: rule.level, description: NONE };
  const broken = (resources: readonly Subject[]) =>
    found(rule, resources, options).filter(({ finding }) => finding.level !== "relaxed");
  return rule.scope === "stack"
    ? {
        ...described,
        validateStack: ({ resources }, report) => {
          for (const { finding, resource } of broken(stack(resources))) report(finding.message, resource.urn);
        },
      }
    : {
        ...described,
        validateResource: (resource, report) => {
          const it = asked.get(resource.urn) ?? subject(resource);
          for (const { finding } of broken([it])) report(finding.message);
        },
      };
}

/** Takes each resource down. The first of all policies, for the engine asks them in their order. */
const recorder: ResourceValidationPolicy = {
  name: "resources",
  enforcementLevel: "advisory",
  description: "Takes down what the program asks for. It finds nothing.",
  validateResource: (resource) => {
    asked.set(resource.urn, subject(resource));
  },
};

/** The exceptions from a rule. A policy of its own: one policy has one level, and they do not stop a preview. */
function exceptions(rule: Rule): StackValidationPolicy {
  return {
    name: `${rule.name}${RELAXED_SUFFIX}`,
    enforcementLevel: "advisory",
    description: NONE,
    validateStack: ({ resources }, report) => {
      const all = stack(resources);
      for (const { finding, resource } of found(rule, all, options)) {
        if (finding.level === "relaxed") report(finding.message, resource.urn);
      }
      for (const { message } of unneeded(rule, all, options)) report(message);
    },
  };
}

const isRelaxed = ({ name }: Rule): boolean => options.relax.some(({ rule }) => rule === name);

new PolicyPack("flask-doks", {
  description: "What pods, services, charts, databases and the cluster of a flask-doks stack have to be like.",
  policies: [recorder, ...RULES.map(policy), ...RULES.filter(isRelaxed).map(exceptions)],
});
