/** DigitalOcean's own description of its API, which requests and answers are held against. */
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { existsSync, readFileSync, statSync } from "node:fs";
import { parseRange } from "./cidr";

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What only OpenAPI knows, and what says nothing about validity. */
const DROPPED = ["nullable", "discriminator", "example", "examples", "xml", "externalDocs", "readOnly", "writeOnly"];

/**
 * OpenAPI 3.0's schemas as JSON Schema: `nullable` becomes the type null; a `discriminator` picks among the
 * alternatives; `oneOf` becomes `anyOf`, since DigitalOcean's alternatives do not exclude each other.
 */
function jsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map((each) => jsonSchema(each));
  if (!isObject(node)) return node;
  const alternatives = node["oneOf"] ?? node["anyOf"];
  const schema: Json = {};
  for (const [key, value] of Object.entries(node)) {
    if (DROPPED.includes(key) && !isObject(value)) continue;
    if (key === "discriminator" || key === "example" || key === "examples") continue;
    if (key === "oneOf" || key === "anyOf") continue;
    // Names of properties are no keywords.
    schema[key] =
      key === "properties" && isObject(value)
        ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, jsonSchema(each)]))
        : jsonSchema(value);
  }
  if (Array.isArray(alternatives)) {
    const { discriminator } = node;
    const mapping =
      isObject(discriminator) && isObject(discriminator["mapping"]) ? discriminator["mapping"] : undefined;
    if (isObject(discriminator) && mapping !== undefined) {
      const name = String(discriminator["propertyName"]);
      schema["allOf"] = [
        { properties: { [name]: { enum: Object.keys(mapping) } }, required: [name] },
        ...Object.entries(mapping).map(([word, $ref]) => ({
          if: { properties: { [name]: { const: word } } },
          then: { $ref },
        })),
      ];
    } else {
      schema["anyOf"] = alternatives.map((each) => jsonSchema(each));
    }
  }
  return node["nullable"] === true ? orNull(schema) : schema;
}

function orNull(schema: Json): Json {
  return { anyOf: [{ type: "null" }, schema] };
}

const DEFAULT_ID = "do";
const escaped = (part: string): string => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));

/** What a request or an answer has wrong, each as a line. */
export type Problems = string[];

export class OpenApi {
  static readonly #known = new Map<string, OpenApi>();
  readonly #document: Json;
  readonly #ajv: Ajv;
  readonly #validators = new Map<string, ValidateFunction>();

  private constructor(document: Json) {
    this.#document = document;
    this.#ajv = new Ajv({
      strict: false,
      unicodeRegExp: false,
      allErrors: true,
      validateSchema: false,
      coerceTypes: false,
      logger: false,
    });
    addFormats(this.#ajv);
    this.#ajv.addFormat("cidr", (text: string) => parseRange(text) !== undefined);
    this.#ajv.addFormat("string", true);
    this.#ajv.addSchema(jsonSchema(document) as Json, DEFAULT_ID);
  }

  /** Reads the file, once for each version of it; `undefined` if it is not there. */
  static read(path: string): OpenApi | undefined {
    if (!existsSync(path)) return undefined;
    const key = `${path} ${statSync(path).mtimeMs}`;
    const known = OpenApi.#known.get(key) ?? new OpenApi(JSON.parse(readFileSync(path, "utf8")) as Json);
    OpenApi.#known.set(key, known);
    return known;
  }

  /** The scopes that a call needs one of, as the description has them; `undefined` for a call that it does not know. */
  scopes(method: string, path: string): string[] | undefined {
    const security = this.#operation(method, path)?.["security"];
    return Array.isArray(security)
      ? security.flatMap((each: unknown) => (isObject(each) ? Object.values(each).flat() : [])).map(String)
      : undefined;
  }

  /** What is wrong with a request: its query and its body. */
  requestProblems(method: string, path: string, query: URLSearchParams, body: unknown): Problems {
    const operation = this.#operation(method, path);
    if (operation === undefined) return [];
    const at = ["paths", path, method.toLowerCase()];
    const content = this.#resolve(operation["requestBody"]);
    const type = this.#json(content);
    const missing = isObject(content) && content["required"] === true && body === undefined;
    return [
      ...this.#queryProblems(operation, at, query),
      ...(missing ? ["the body is missing"] : []),
      ...(type === undefined || body === undefined
        ? []
        : this.#check(
            this.#pointer(operation["requestBody"], [...at, "requestBody"]),
            ["content", type, "schema"],
            body,
          )),
    ];
  }

  /** What is wrong with an answer: its status, its body, the headers that it must have. */
  answerProblems(method: string, path: string, status: number, headers: readonly string[], body: unknown): Problems {
    const operation = this.#operation(method, path);
    if (operation === undefined) return [];
    const responses = isObject(operation["responses"]) ? operation["responses"] : {};
    const key = String(status) in responses ? String(status) : status >= 400 ? "default" : undefined;
    if (key === undefined || responses[key] === undefined) return [`the status ${status} is not one of the described`];
    const response = this.#resolve(responses[key]);
    const declared = isObject(response) && isObject(response["headers"]) ? Object.keys(response["headers"]) : [];
    const lacking = declared.filter((name) => name.startsWith("ratelimit") && !headers.includes(name));
    const type = this.#json(response);
    const at = this.#pointer(responses[key], ["paths", path, method.toLowerCase(), "responses", key]);
    const surplus = type === undefined && body !== undefined && isObject(response) && response["content"] === undefined;
    return [
      ...lacking.map((name) => `the header ${name} is missing`),
      ...(surplus ? ["there is a body where none is described"] : []),
      ...(type === undefined ? [] : this.#check(at, ["content", type, "schema"], body)),
    ];
  }

  #operation(method: string, path: string): Json | undefined {
    const paths = this.#document["paths"];
    const item = isObject(paths) ? paths[path] : undefined;
    const operation = isObject(item) ? item[method.toLowerCase()] : undefined;
    return isObject(operation) ? operation : undefined;
  }

  #resolve(node: unknown): unknown {
    if (!isObject(node) || typeof node["$ref"] !== "string") return node;
    const parts = node["$ref"].slice(2).split("/");
    return this.#resolve(parts.reduce<unknown>((at, part) => (isObject(at) ? at[part] : undefined), this.#document));
  }

  /** Where a node that may be a reference really stands. */
  #pointer(node: unknown, at: readonly string[]): readonly string[] {
    return isObject(node) && typeof node["$ref"] === "string" ? node["$ref"].slice(2).split("/") : at;
  }

  #json(holder: unknown): string | undefined {
    const content = isObject(holder) ? holder["content"] : undefined;
    return isObject(content) ? Object.keys(content).find((type) => type.includes("json")) : undefined;
  }

  #queryProblems(operation: Json, at: readonly string[], query: URLSearchParams): Problems {
    const parameters = Array.isArray(operation["parameters"]) ? operation["parameters"] : [];
    return parameters.flatMap((raw: unknown, index) => {
      const parameter = this.#resolve(raw);
      if (!isObject(parameter) || parameter["in"] !== "query") return [];
      const name = String(parameter["name"]);
      const text = query.get(name);
      if (text === null) return parameter["required"] === true ? [`the parameter ${name} is missing`] : [];
      const schema = this.#resolve(parameter["schema"]);
      const type = isObject(schema) ? schema["type"] : undefined;
      const value =
        type === "integer" || type === "number"
          ? Number.isNaN(Number(text))
            ? text
            : Number(text)
          : type === "boolean"
            ? { true: true, false: false }[text]
            : text;
      const where = this.#pointer(raw, [...at, "parameters", String(index)]);
      return this.#check(where, ["schema"], value).map((problem) => `${name}: ${problem}`);
    });
  }

  #check(at: readonly string[], rest: readonly string[], value: unknown): Problems {
    const pointer = [...at, ...rest].map((part) => escaped(part)).join("/");
    let validate = this.#validators.get(pointer);
    if (validate === undefined) {
      validate = this.#ajv.compile({ $ref: `${DEFAULT_ID}#/${pointer}` });
      this.#validators.set(pointer, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message = "is invalid" }) => `${instancePath || "/"} ${message}`,
    );
  }
}
