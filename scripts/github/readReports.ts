/** Reads the reports that earlier steps of a pipeline have left. */
import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { UserError } from "../../local/steps";
import type { DriftReport, PreviewReport } from "../preview/previewReport";

const property = z.object({
  path: z.string(),
  kind: z.enum(["add", "delete", "update"]),
  before: z.string().optional(),
  after: z.string().optional(),
  replaces: z.boolean().optional(),
});

const change = z.object({
  op: z.enum(["create", "update", "replace", "delete", "import"]),
  type: z.string(),
  name: z.string(),
  properties: z.array(property),
});

const violation = z.object({
  rule: z.string(),
  level: z.enum(["mandatory", "advisory", "relaxed"]),
  resource: z.string(),
  message: z.string(),
});

const costRange = z.object({ min: z.number(), max: z.number() });

/** A stack's name goes into commands and into an unseen line; the engine allows no other characters. */
const stack = z.string().regex(/^[\w./-]+$/, "not a stack's name");

const previewReport: z.ZodType<PreviewReport> = z.object({
  kind: z.literal("preview"),
  stack,
  commit: z.string(),
  error: z.string().optional(),
  fromNothing: z.boolean(),
  changes: z.array(change),
  unchanged: z.number(),
  policy: z.object({ rules: z.number(), violations: z.array(violation) }).optional(),
  cost: z.object({ before: costRange.optional(), after: costRange }).optional(),
  warnings: z.array(z.string()),
});

const driftReport: z.ZodType<DriftReport> = z.object({
  kind: z.literal("drift"),
  stack,
  commit: z.string(),
  error: z.string().optional(),
  changes: z.array(change),
});

/** What `npm run preview` has written. @throws UserError about a file that is another. */
export const readPreviews = (files: readonly string[]): PreviewReport[] =>
  files.map((file) => read(file, "npm run preview", previewReport));

/** What `npm run drift` has written. @throws UserError about a file that is another. */
export const readDrifts = (files: readonly string[]): DriftReport[] =>
  files.map((file) => read(file, "npm run drift", driftReport));

function read<T>(file: string, command: string, schema: z.ZodType<T>): T {
  if (!existsSync(file)) throw new UserError(`There is no file ${file}. ${command} writes it.`);
  const parsed = schema.safeParse(json(file));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `  ${path.map(String).join(".")}: ${message}`);
  throw new UserError([`${file} is not a report of ${command}:`, ...problems].join("\n"));
}

function json(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file} is not JSON: ${(error as Error).message}.`);
  }
}
