import { z } from "zod";

const relaxation = z.strictObject({
  rule: z.string().min(1).meta({ description: "Name of the rule, as a violation tells it." }),
  resource: z
    .string()
    .min(1)
    .meta({ description: "Name of the resource that it does not hold for, as a violation tells it." }),
  reason: z
    .string()
    .min(15, "is too short to be a reason: say in a sentence why the rule does not hold here")
    .meta({ description: "Why not, in a sentence for whoever reads it next year." }),
});

/** The exceptions that a stack makes from the rules of `policy/`. */
export const policySchema = z
  .strictObject({
    relax: z
      .array(relaxation)
      .default([])
      .meta({ description: "Rules that are told, and do not stop a preview, for one resource each." }),
  })
  .prefault({});

/** One exception from a rule. */
export type Relaxation = z.output<typeof relaxation>;
