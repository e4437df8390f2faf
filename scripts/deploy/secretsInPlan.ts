/** The Secrets of a saved plan, as the Kubernetes provider will have them when they are made. */
import { z } from "zod";

const diffSchema = z.looseObject({
  adds: z.record(z.string(), z.unknown()).optional(),
  deletes: z.array(z.string()).optional(),
  updates: z.record(z.string(), z.unknown()).optional(),
});

const planSchema = z.looseObject({
  resourcePlans: z.record(
    z.string(),
    z.looseObject({ goal: z.looseObject({ type: z.string().optional(), inputDiff: diffSchema.optional() }).nullish() }),
  ),
});

type Diff = z.output<typeof diffSchema>;

/**
 * The provider writes `stringData` as `data`, but only once it is known: a preview plans the one, and the `up`, which has the
 * other, would be stopped half-way. So what is planned and not known yet is planned as `data`.
 *
 * @param plan The engine's plan. One of another form is left as it is.
 */
export function asTheProviderHasThem(plan: unknown): unknown {
  const parsed = planSchema.safeParse(plan);
  if (!parsed.success) return plan;
  const entries = Object.entries(parsed.data.resourcePlans).map(([urn, resource]) => {
    const { goal } = resource;
    const isSecret = goal?.type === "kubernetes:core/v1:Secret";
    return [
      urn,
      isSecret && goal.inputDiff ? { ...resource, goal: { ...goal, inputDiff: renamed(goal.inputDiff) } } : resource,
    ];
  });
  return { ...parsed.data, resourcePlans: Object.fromEntries(entries) as unknown };
}

function renamed({ adds = {}, deletes = [], updates = {}, ...rest }: Diff): Diff {
  const { stringData, ...others } = { ...adds, ...updates };
  if (stringData === undefined) return { ...rest, adds, deletes, updates };
  const without = (values: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(values).filter(([key]) => key in others));
  const isChange = deletes.includes("data") || "data" in updates;
  return {
    ...rest,
    adds: { ...without(adds), ...(isChange ? {} : { data: stringData }) },
    deletes: deletes.filter((key) => key !== "data" && key !== "stringData"),
    updates: { ...without(updates), ...(isChange ? { data: stringData } : {}) },
  };
}
