import { z } from "zod";
import { PLANNED } from "./checks";
import { isSecretString } from "./kinds";
import { stackSchema } from "./stack";

/** The part of JSON Schema that the config's schema uses. */
export interface JsonSchema {
  type?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  required?: string[];
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  [key: string]: unknown;
}

const PROJECT = "flask-doks";

/** JSON schema of each top-level key, as a stack file may write it: bare words, plain numbers and encrypted values too. */
export function keySchemas(): Record<string, JsonSchema> {
  const schema = z.toJSONSchema(stackSchema, {
    io: "input",
    override: ({ zodSchema, jsonSchema, path }) => {
      const json = jsonSchema as JsonSchema;
      const bareWords = (json.oneOf ?? [])
        .filter(({ required }) => required?.join() === "kind")
        .map(({ properties }) => properties?.["kind"]?.const);
      if (json.oneOf !== undefined) {
        const { oneOf, ...rest } = json;
        // The engine wants groups at the top level: there a bare word is refused before the program runs.
        const words = path.length > 2 && bareWords.length > 0 ? [{ enum: bareWords }] : [];
        replace(json, { ...rest, anyOf: [...words, ...oneOf] });
      }
      if (json.properties !== undefined && Object.keys(json.properties).join() === "min,max") {
        const { description, default: fallback, ...group } = json;
        replace(json, { description, default: fallback, anyOf: [{ type: "integer", minimum: 1 }, group] });
      }
      if (isSecretString(zodSchema)) {
        const encrypted = { type: "object", properties: { secure: { type: "string" } }, required: ["secure"] };
        replace(json, { description: json.description ?? "", anyOf: [encrypted], secret: true });
      }
    },
  }) as JsonSchema;
  return schema.properties ?? {};
}

function replace(target: JsonSchema, source: JsonSchema): void {
  for (const key of Object.keys(target)) {
    Reflect.deleteProperty(target, key);
  }
  Object.assign(target, Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined)));
}

/** JSON schema of a whole stack file, for editors. Keys of other projects and of the engine are left alone. */
export function stackFileSchema(): JsonSchema {
  const keys = Object.entries(keySchemas());
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: `A stack file of ${PROJECT}`,
    type: "object",
    properties: {
      config: {
        type: "object",
        required: [`${PROJECT}:apps`],
        properties: Object.fromEntries(keys.map(([key, schema]) => [`${PROJECT}:${key}`, schema])),
        patternProperties: { [`^(?!${PROJECT}:)`]: {} },
        additionalProperties: false,
      },
    },
  };
}

/** The reference of every key, as a Markdown page. */
export function referencePage(): string {
  const sections = Object.entries(keySchemas()).map(([key, schema]) => {
    const rows = rowsOf(key, schema);
    const table =
      rows.length === 0 ? "" : `\n| key | value | default | meaning |\n|---|---|---|---|\n${rows.join("\n")}\n`;
    return `## \`${key}\`\n\n${schema.description ?? ""}${schema.type === "string" ? ` ${capital(valueText(schema))}.` : ""}${ownDefault(schema)}\n${table}`;
  });
  return [
    "# Configuration",
    "",
    "<!-- Written by `npm run reference` from lib/schema. Change it there. -->",
    "",
    `Every key of a stack file \`Pulumi.<stack>.yaml\`, without the \`${PROJECT}:\` in front. An unknown key is an error.`,
    "Inside `apps` a bare word stands for `{ kind: word }`: `database: mysql` says what `database: { kind: mysql }` does.",
    "Secrets are set with `pulumi config set --secret --path '" + PROJECT + ":<key>'`; in clear they are refused.",
    "",
    `Planned, and refused by this version: ${PLANNED.join(", ")}.`,
    "",
    sections.join("\n"),
  ].join("\n");
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const ownDefault = ({ default: value }: JsonSchema): string =>
  value === undefined || JSON.stringify(value) === "{}" ? "" : ` Default: ${code(value)}.`;

const code = (value: unknown): string => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

/** One table row for each key below a schema; the fields of a `kind` are headed by it. */
function rowsOf(key: string, schema: JsonSchema): string[] {
  if (schema["secret"] === true) {
    return [];
  }
  if (schema.anyOf !== undefined) {
    return schema.anyOf.flatMap((option) => {
      const { kind, ...fields } = option.properties ?? {};
      if (typeof kind?.const !== "string") {
        return rowsOf(key, option);
      }
      const row = `| \`${key}.kind: ${kind.const}\` | | | ${option.description ?? ""} |`;
      return [row, ...rowsOf(key, { ...option, properties: fields })];
    });
  }
  if (schema.items !== undefined) {
    return rowsOf(`${key}[]`, schema.items);
  }
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${key}.${name}`;
    const needed = schema.required?.includes(name) === true ? "*needed*" : "";
    const fallback = field.default === undefined || typeof field.default === "object" ? needed : code(field.default);
    return [`| \`${path}\` | ${valueText(field)} | ${fallback} | ${field.description ?? ""} |`, ...rowsOf(path, field)];
  });
}

function valueText(schema: JsonSchema): string {
  if (schema["secret"] === true) {
    return "secret";
  }
  if (schema.enum !== undefined) {
    return schema.enum.map(code).join(", ");
  }
  if (schema.anyOf !== undefined) {
    const kinds = schema.anyOf.map((option) => option.properties?.["kind"]?.const).filter((kind) => kind !== undefined);
    return kinds.length > 0 ? `kind: ${kinds.map(code).join(", ")}` : schema.anyOf.map(valueText).join(" or ");
  }
  if (schema.type === "integer") {
    const bounds =
      schema.maximum === undefined ? `from ${schema.minimum ?? 0}` : `${schema.minimum ?? 0}–${schema.maximum}`;
    return `whole number, ${bounds}`;
  }
  if (schema.type === "array") {
    return `list of ${schema.items?.type === "object" ? "groups" : "strings"}`;
  }
  return { object: "group", boolean: "`true` or `false`" }[schema.type ?? ""] ?? schema.type ?? "";
}
