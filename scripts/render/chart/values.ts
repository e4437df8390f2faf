/** The values of an app's chart: values.yaml with its comments, and the schema that Helm holds them to. */
import { objectYaml } from "../../../local/render/manifests";

/** One key of values.yaml. */
export interface ValueGroup {
  key: string;
  /** Lines above it. */
  comment: string[];
  value: unknown;
  /** Paths below it that take any keys, such as `annotations`; the empty one for itself. */
  open?: string[];
  /** What more is asked of values than their types, by their paths: keywords of JSON Schema. */
  limits?: Record<string, object>;
}

export const valuesYaml = (app: string, groups: readonly ValueGroup[]): string =>
  [
    `# Values of the chart of ${app}. Lists are replaced as a whole, groups key by key.\n`,
    ...groups.map(({ key, comment, value }) =>
      [...comment.map((line) => `# ${line}\n`), objectYaml({ [key]: value })].join(""),
    ),
  ].join("\n");

type Schema = Record<string, unknown>;

/** JSON Schema of the values, in which an unknown key is a mistake. */
export function valuesSchema(app: string, groups: readonly ValueGroup[]): string {
  const properties = Object.fromEntries(
    groups.map(({ key, comment, value, open, limits }) => [
      key,
      { description: comment.join(" "), ...schemaOf(value, "", { open, limits }) },
    ]),
  );
  const schema: Schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: `Values of the chart of ${app}`,
    type: "object",
    additionalProperties: false,
    // Helm adds it to the values of every chart.
    properties: { ...properties, global: { type: "object" } },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function schemaOf(value: unknown, path: string, rules: Pick<ValueGroup, "open" | "limits">): Schema {
  return { ...typeOf(value, path, rules), ...rules.limits?.[path] };
}

function typeOf(value: unknown, path: string, rules: Pick<ValueGroup, "open" | "limits">): Schema {
  if (Array.isArray(value)) return { type: "array" };
  if (typeof value === "number") return { type: "integer" };
  if (typeof value !== "object" || value === null) return { type: "string" };
  if (rules.open?.includes(path) === true) return { type: "object" };
  return {
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, schemaOf(inner, path === "" ? key : `${path}.${key}`, rules)]),
    ),
  };
}
