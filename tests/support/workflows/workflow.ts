/** What a workflow file says, as far as the runner knows it: a key that it does not know is an error, never passed over. */
import { parse } from "yaml";
import { z } from "zod";

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const environment = z.record(z.string(), scalar).default({});
const permissions = z.record(z.string(), z.enum(["read", "write", "none"]));
const names = z.union([z.string().transform((name) => [name]), z.array(z.string())]);
const defaults = z.strictObject({ run: z.strictObject({ shell: z.literal("bash") }) });
const concurrency = z.strictObject({ group: z.string(), "cancel-in-progress": z.boolean().default(false) });

const step = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  if: scalar.transform(String).optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  shell: z.literal("bash").optional(),
  with: environment,
  env: environment,
  "working-directory": z.string().optional(),
  "continue-on-error": z.boolean().default(false),
  "timeout-minutes": z.number().positive().optional(),
});

const job = z.strictObject({
  name: z.string().optional(),
  needs: names.default([]),
  if: scalar.transform(String).optional(),
  permissions: permissions.optional(),
  "runs-on": z.string(),
  environment: z.string().optional(),
  concurrency: concurrency.optional(),
  outputs: z.record(z.string(), z.string()).default({}),
  env: environment,
  defaults: defaults.optional(),
  "timeout-minutes": z.number().positive().default(360),
  "continue-on-error": z.boolean().default(false),
  strategy: z
    .strictObject({
      "fail-fast": z.boolean().default(true),
      "max-parallel": z.number().optional(),
      matrix: z.record(z.string(), z.array(scalar)),
    })
    .optional(),
  steps: z.array(step),
});

const trigger = z
  .strictObject({ types: names.optional(), branches: names.optional() })
  .nullable()
  .transform((value) => value ?? {});

const workflow = z.strictObject({
  name: z.string().optional(),
  on: z.preprocess(
    (value) => (typeof value === "string" ? { [value]: null } : value),
    z.partialRecord(
      z.enum(["push", "pull_request", "schedule", "workflow_dispatch"]),
      z.union([z.array(z.strictObject({ cron: z.string() })).transform(() => ({})), trigger]),
    ),
  ),
  permissions: permissions.optional(),
  env: environment,
  defaults: defaults.optional(),
  concurrency: concurrency.optional(),
  jobs: z.record(z.string(), job),
});

const action = z.strictObject({
  name: z.string(),
  description: z.string(),
  inputs: z
    .record(z.string(), z.object({ default: scalar.optional(), required: z.boolean().default(false) }))
    .default({}),
  outputs: z.record(z.string(), z.object({ value: z.string() })).default({}),
  runs: z.strictObject({ using: z.literal("composite"), steps: z.array(step) }),
});

/** A step of a job or of a composite action. */
export type Step = z.output<typeof step>;
/** A job, its defaults filled in. */
export type Job = z.output<typeof job>;
/** A workflow file. */
export type Workflow = z.output<typeof workflow>;
/** A composite action. */
export type CompositeAction = z.output<typeof action>;
/** What a job's own token may do. */
export type Permissions = z.output<typeof permissions>;
/** Which jobs or runs wait for each other. */
export type Concurrency = z.output<typeof concurrency>;

function read<T>(file: string, text: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(parse(text));
  if (!result.success) {
    throw new Error(`The runner cannot take ${file}:\n${z.prettifyError(result.error)}`);
  }
  return result.data;
}

/**
 * Reads a workflow.
 *
 * @param file Its path, for people.
 * @throws Error that names each key the runner does not know.
 */
export const readWorkflow = (file: string, text: string): Workflow => read(file, text, workflow);

/** Reads a composite action, as {@link readWorkflow} does a workflow. */
export const readAction = (file: string, text: string): CompositeAction => read(file, text, action);

/** The jobs in an order in which each comes after what it needs. */
export function inOrder(jobs: Record<string, Job>): string[] {
  const ordered: string[] = [];
  const add = (id: string, above: string[]): void => {
    if (ordered.includes(id)) {
      return;
    }
    const found = jobs[id];
    if (found === undefined || above.includes(id)) {
      throw new Error(
        `The job ${above.at(-1) ?? id} needs ${id}, which ${found ? "needs it in turn" : "is not there"}.`,
      );
    }
    found.needs.forEach((needed) => {
      add(needed, [...above, id]);
    });
    ordered.push(id);
  };
  Object.keys(jobs).forEach((id) => {
    add(id, []);
  });
  return ordered;
}

/** The combinations of a job's matrix; one, without a value, where it has none. */
export const combinations = ({ strategy }: Job): Record<string, string | number | boolean>[] =>
  Object.entries(strategy?.matrix ?? {}).reduce<Record<string, string | number | boolean>[]>(
    (found, [key, values]) => found.flatMap((each) => values.map((value) => ({ ...each, [key]: value }))),
    [{}],
  );
