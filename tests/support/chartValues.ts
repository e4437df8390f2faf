/** Whether a Helm chart knows the values that it is given. */
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  $ref?: string;
  [key: string]: unknown;
}

/** A chart's own word on its values: its defaults with what their comments offer, and its schema, if it has one. */
export class Chart {
  readonly #defaults: unknown;
  readonly #text: string;
  readonly #schema: Schema | undefined;

  constructor(folder: string) {
    this.#text = readFileSync(join(folder, "values.yaml"), "utf8");
    this.#defaults = parse(this.#text);
    const schema = join(folder, "values.schema.json");
    this.#schema = existsSync(schema) ? (JSON.parse(readFileSync(schema, "utf8")) as Schema) : undefined;
  }

  /** Paths of values that the chart does not know. Below an empty map of its defaults anything may stand. */
  unknown(values: unknown): string[] {
    return this.#unknownBelow(values, this.#defaults, this.#schema, "");
  }

  /** What the chart's schema has against the values; nothing for a chart without one. */
  violations(values: object): string[] {
    if (this.#schema === undefined) return [];
    const options = { strict: false, allErrors: true };
    const ajv = String(this.#schema["$schema"]).includes("2020-12") ? new Ajv2020(options) : new Ajv(options);
    const sound = ajv.validate(this.#schema, { ...merged(this.#defaults, values) });
    return sound ? [] : (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message ?? ""}`);
  }

  #unknownBelow(values: unknown, defaults: unknown, schema: Schema | undefined, path: string): string[] {
    if (!isMap(values) || (isMap(defaults) && Object.keys(defaults).length === 0)) return [];
    return Object.entries(values).flatMap(([key, value]) => {
      const here = path === "" ? key : `${path}.${key}`;
      const offered = isMap(defaults) && key in defaults;
      const described = schema?.properties?.[key];
      // Named in a comment beside the defaults, as charts do with what has none.
      const commented = new RegExp(`^ *#+ *(-- )?${key}:`, "m").test(this.#text);
      if (!offered && described === undefined) return commented ? [] : [here];
      return this.#unknownBelow(value, offered ? defaults[key] : {}, described, here);
    });
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function merged(defaults: unknown, values: unknown): Record<string, unknown> {
  const base = isMap(defaults) ? defaults : {};
  const over = isMap(values) ? values : {};
  const all = { ...base, ...over };
  return Object.fromEntries(
    Object.entries(all).map(([key, value]) => [
      key,
      isMap(base[key]) && isMap(over[key]) ? merged(base[key], over[key]) : value,
    ]),
  );
}
