import type { z } from "zod";
import { nearest } from "../nearest";

/** `["apps", 0, "replicas", "min"]` → `apps[0].replicas.min`. */
export function keyOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (key, part) =>
      typeof part === "number" ? `${key}[${part}]` : key === "" ? String(part) : `${key}.${String(part)}`,
    "",
  );
}

/** Keys that hold secrets: what was found there is not told. */
const HIDDEN = ["secrets", "password", "dnsToken", "encryptionKey", "secretAccessKey"];

/** One line a problem: the key, what was found and what is allowed. */
export function problemLines(issues: readonly z.core.$ZodIssue[], schema: z.core.$ZodType): string[] {
  return issues.flatMap((issue) => {
    const key = keyOf(issue.path);
    const hidden = issue.path.some((part) => HIDDEN.includes(String(part)));
    const found = () => (hidden ? "the value" : shown(issue.input));
    const line = (text: string) => `${key === "" ? "" : `${key}: `}${text}`;
    switch (issue.code) {
      case "unrecognized_keys":
        return issue.keys.map((unknown) => {
          const near = nearest(unknown, knownKeys(schema, issue.path));
          // Known, but to another kind: `cluster: { kind: existing, region: fra1 }`.
          const hint = near === undefined ? "" : near === unknown ? " for this kind" : `; did you mean ${near}?`;
          return `${keyOf([...issue.path, unknown])}: unknown key${hint}`;
        });
      case "invalid_type":
        return line(
          issue.input === undefined
            ? `is missing: ${article(issue.expected)} is needed`
            : `${found()} is not ${article(issue.expected)}`,
        );
      case "too_small":
        return line(
          issue.origin === "number" || issue.origin === "int"
            ? `${found()} is below ${String(issue.minimum)}`
            : "is empty",
        );
      case "too_big":
        return line(
          issue.origin === "number" || issue.origin === "int"
            ? `${found()} is above ${String(issue.maximum)}`
            : `is longer than ${String(issue.maximum)}`,
        );
      case "invalid_value":
        return line(`${found()} is not one of ${issue.values.map(String).join(", ")}`);
      case "invalid_union": {
        const kind = (issue.input as { kind?: unknown } | undefined)?.kind;
        const allowed = "options" in issue && Array.isArray(issue.options) ? issue.options.map(String).join(", ") : "";
        return line(
          kind === undefined ? `is missing: one of ${allowed} is needed` : `${shown(kind)} is not one of ${allowed}`,
        );
      }
      case "invalid_key":
        return issue.issues.map((inner) => line(inner.message));
      case "invalid_format":
        return line(`${found()} ${issue.message}`);
      default:
        return line(issue.message);
    }
  });
}

const article = (type: string): string =>
  ({
    int: "a whole number",
    number: "a number",
    array: "a list",
    object: "a group of keys",
    record: "a group of keys",
    boolean: "true or false",
  })[type] ?? `a ${type}`;

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The keys that a schema knows at a path, through defaults, unions, pipes and lists. */
export function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const def = (schema as unknown as { _zod: { def: Record<string, unknown> } })._zod.def;
  const through = (inner: unknown) => knownKeys(inner as z.core.$ZodType, path);
  switch (def["type"]) {
    case "object": {
      const shape = def["shape"] as Record<string, z.core.$ZodType>;
      const [head, ...rest] = path;
      if (head === undefined) {
        return Object.keys(shape);
      }
      const next = shape[String(head)];
      return next === undefined ? [] : knownKeys(next, rest);
    }
    case "array":
      return path.length === 0 ? [] : knownKeys(def["element"] as z.core.$ZodType, path.slice(1));
    case "union":
      return [...new Set((def["options"] as z.core.$ZodType[]).flatMap((option) => knownKeys(option, path)))];
    case "pipe":
      return [...new Set([...through(def["in"]), ...through(def["out"])])];
    case "default":
    case "prefault":
    case "optional":
      return through(def["innerType"]);
    default:
      return [];
  }
}
