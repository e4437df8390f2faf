/** The part of JSON Schema that stack.schema.json uses, evaluated as an editor would. */
import type { JsonSchema } from "../../lib/schema/reference";

type Check = (schema: JsonSchema, value: unknown, path: string) => string[];

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const KEYWORDS: Record<string, Check> = {
  type: ({ type }, value, path) => {
    const fits =
      {
        object: isGroup(value),
        array: Array.isArray(value),
        string: typeof value === "string",
        boolean: typeof value === "boolean",
        number: typeof value === "number",
        integer: Number.isInteger(value),
      }[type ?? ""] ?? false;
    return fits ? [] : [`${path}: is not of type ${type ?? "that is known"}`];
  },
  const: (schema, value, path) =>
    same(schema.const, value) ? [] : [`${path}: is not ${JSON.stringify(schema.const)}`],
  enum: (schema, value, path) =>
    (schema.enum ?? []).some((word) => same(word, value)) ? [] : [`${path}: is not one of the words`],
  pattern: ({ pattern = "" }, value, path) =>
    typeof value !== "string" || new RegExp(pattern, "u").test(value) ? [] : [`${path}: does not match`],
  minimum: ({ minimum = 0 }, value, path) =>
    typeof value === "number" && value < minimum ? [`${path}: too small`] : [],
  maximum: ({ maximum = 0 }, value, path) => (typeof value === "number" && value > maximum ? [`${path}: too big`] : []),
  minLength: (schema, value, path) =>
    typeof value === "string" && value.length < Number(schema["minLength"]) ? [`${path}: too short`] : [],
  maxLength: (schema, value, path) =>
    typeof value === "string" && value.length > Number(schema["maxLength"]) ? [`${path}: too long`] : [],
  minItems: (schema, value, path) =>
    Array.isArray(value) && value.length < Number(schema["minItems"]) ? [`${path}: too few`] : [],
  required: ({ required = [] }, value, path) =>
    isGroup(value) ? required.filter((key) => !(key in value)).map((key) => `${path}.${key}: is missing`) : [],
  properties: ({ properties = {} }, value, path) =>
    isGroup(value)
      ? Object.entries(properties).flatMap(([key, schema]) =>
          key in value ? violations(schema, value[key], `${path}.${key}`) : [],
        )
      : [],
  additionalProperties: (schema, value, path) => {
    const patterns = Object.keys((schema["patternProperties"] as object | undefined) ?? {});
    const { additionalProperties, properties = {} } = schema;
    if (!isGroup(value) || additionalProperties === true || additionalProperties === undefined) {
      return [];
    }
    return Object.keys(value)
      .filter((key) => !(key in properties) && !patterns.some((pattern) => new RegExp(pattern, "u").test(key)))
      .flatMap((key) =>
        additionalProperties === false
          ? [`${path}.${key}: is unknown`]
          : violations(additionalProperties, value[key], `${path}.${key}`),
      );
  },
  propertyNames: (schema, value, path) =>
    isGroup(value)
      ? Object.keys(value).flatMap((key) => violations(schema["propertyNames"] as JsonSchema, key, `${path}.${key}`))
      : [],
  items: ({ items = {} }, value, path) =>
    Array.isArray(value) ? value.flatMap((item, index) => violations(items, item, `${path}[${index}]`)) : [],
  anyOf: ({ anyOf = [] }, value, path) =>
    anyOf.some((option) => violations(option, value, path).length === 0) ? [] : [`${path}: fits no alternative`],
};

/** Keywords that say nothing about whether a value is valid; `format` is a hint, and `pattern` stands beside it. */
const ANNOTATIONS = ["$schema", "title", "description", "default", "secret", "patternProperties", "format"];

/** Where a value breaks a schema, and how; none when it is valid. A keyword that is not known here is an error. */
export function violations(schema: JsonSchema, value: unknown, path = ""): string[] {
  return Object.keys(schema).flatMap((keyword) => {
    if (ANNOTATIONS.includes(keyword)) {
      return [];
    }
    const check = KEYWORDS[keyword];
    if (check === undefined) {
      throw new Error(`${path}: the keyword ${keyword} is not known`);
    }
    return check(schema, value, path);
  });
}
