/** Stand-in for the `random` provider: real randomness, kept in the stack's state like the real one's. */

import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { type Difference, NO_DIFFERENCE, type Provider } from "./provider";
import { joinPath, reveal, Secret, type Values } from "./values";

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const NUMERIC = "0123456789";
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

const pick = (alphabet: string): string => alphabet.charAt(randomInt(alphabet.length));

function shuffled(characters: string[]): string[] {
  const result = [...characters];
  for (let i = result.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [result[i], result[j]] = [result[j] ?? "", result[i] ?? ""];
  }
  return result;
}

const number = (inputs: Values, key: string): number => (typeof inputs[key] === "number" ? inputs[key] : 0);

/** A string of `length` characters of the wanted classes, each class at least as often as asked. */
export function randomText(inputs: Values): string {
  const wanted = (key: string): boolean => inputs[key] !== false;
  const special = typeof inputs["overrideSpecial"] === "string" ? inputs["overrideSpecial"] : "";
  const classes: [string, boolean, number][] = [
    [LOWER, wanted("lower"), number(inputs, "minLower")],
    [UPPER, wanted("upper"), number(inputs, "minUpper")],
    [NUMERIC, wanted("numeric") && wanted("number"), number(inputs, "minNumeric")],
    [special === "" ? SPECIAL : special, wanted("special"), number(inputs, "minSpecial")],
  ];
  const length = number(inputs, "length");
  const required = classes.flatMap(([alphabet, , least]) => Array.from({ length: least }, () => pick(alphabet)));
  const everything = classes.map(([alphabet, on]) => (on ? alphabet : "")).join("");
  const rest = Array.from({ length: length - required.length }, () => pick(everything));
  return shuffled([...required, ...rest]).join("");
}

/** What is wrong with the arguments of a random string, as sentences. */
export function textFailures(inputs: Values): { property: string; reason: string }[] {
  const length = number(inputs, "length");
  const least = ["minLower", "minUpper", "minNumeric", "minSpecial"].reduce((sum, key) => sum + number(inputs, key), 0);
  if (length < 1) return [{ property: "length", reason: `length must be at least 1, got: ${length}` }];
  if (length < least) {
    const reason = `length must be at least the sum of the minimums (${least}), got: ${length}`;
    return [{ property: "length", reason }];
  }
  const none = ["lower", "upper", "numeric", "special"].every((key) => inputs[key] === false);
  return none ? [{ property: "lower", reason: "at least one class of characters must be allowed" }] : [];
}

const TEXT_DEFAULTS = { lower: true, upper: true, numeric: true, special: true };
const TEXT_MINIMUMS = { minLower: 0, minUpper: 0, minNumeric: 0, minSpecial: 0 };

interface Kind {
  make(inputs: Values): { id: string; outputs: Values };
  failures?: (inputs: Values) => { property: string; reason: string }[];
}

const KINDS: Record<string, Kind> = {
  "random:index/randomPassword:RandomPassword": {
    failures: textFailures,
    make: (inputs) => ({
      id: "none",
      outputs: { ...TEXT_DEFAULTS, ...TEXT_MINIMUMS, ...inputs, result: new Secret(randomText(inputs)) },
    }),
  },
  "random:index/randomString:RandomString": {
    failures: textFailures,
    make: (inputs) => {
      const result = randomText(inputs);
      return { id: result, outputs: { ...TEXT_DEFAULTS, ...TEXT_MINIMUMS, ...inputs, result } };
    },
  },
  "random:index/randomId:RandomId": {
    make: (inputs) => {
      const bytes = randomBytes(number(inputs, "byteLength"));
      const prefix = typeof inputs["prefix"] === "string" ? inputs["prefix"] : "";
      const outputs = {
        ...inputs,
        b64Std: prefix + bytes.toString("base64"),
        b64Url: prefix + bytes.toString("base64url"),
        dec: prefix + BigInt(`0x${bytes.toString("hex") || "0"}`).toString(),
        hex: prefix + bytes.toString("hex"),
      };
      return { id: bytes.toString("base64url"), outputs };
    },
  },
  "random:index/randomUuid:RandomUuid": {
    make: (inputs) => {
      const result = randomUUID();
      return { id: result, outputs: { ...inputs, result } };
    },
  },
  "random:index/randomBytes:RandomBytes": {
    make: (inputs) => {
      const bytes = randomBytes(number(inputs, "length"));
      const outputs = {
        ...inputs,
        base64: new Secret(bytes.toString("base64")),
        hex: new Secret(bytes.toString("hex")),
      };
      return { id: "none", outputs };
    },
  },
};

function kindOf(type: string): Kind {
  const kind = KINDS[type];
  if (kind === undefined) throw new Error(`${type} is not in the stand-in for the random provider`);
  return kind;
}

/** Any changed argument makes a new value; `keepers` are there for nothing else. */
export function randomDifference(olds: Values, news: Values): Difference {
  const changes: Difference["changes"] = {};
  for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    const before = reveal(olds[key] ?? null);
    const after = reveal(news[key] ?? null);
    if (JSON.stringify(before) === JSON.stringify(after) && typeof after !== "symbol") continue;
    changes[joinPath("", key)] = before === null ? "add" : after === null ? "delete" : "update";
  }
  return { changes, replaces: Object.keys(changes), deleteBeforeReplace: false };
}

const withoutNulls = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([key, value]) => value !== null && !key.startsWith("__")));

export function randomProvider(version: string): Provider {
  return {
    name: "random",
    version,
    check: ({ type, news }) => {
      const inputs = withoutNulls(news);
      const failures = kindOf(type).failures?.(reveal(inputs) as Values) ?? [];
      const known = !Object.values(inputs).some((value) => typeof value === "symbol");
      return Promise.resolve({ inputs, failures: known ? failures : [] });
    },
    diff: ({ oldInputs, news, ignoreChanges }) => {
      const difference = randomDifference(withoutNulls(oldInputs), withoutNulls(news));
      const heeded = Object.keys(difference.changes).filter((path) => !ignoreChanges.includes(path));
      if (heeded.length === 0) return Promise.resolve(NO_DIFFERENCE);
      const changes = Object.fromEntries(heeded.map((path) => [path, difference.changes[path] ?? "update"]));
      return Promise.resolve({ ...difference, changes, replaces: heeded });
    },
    create: ({ type, inputs, preview }) => {
      if (preview) return Promise.resolve({ id: "", state: inputs });
      const { id, outputs } = kindOf(type).make(reveal(inputs) as Values);
      return Promise.resolve({ id, state: outputs });
    },
    read: ({ id, state, inputs }) => Promise.resolve({ id, state, inputs }),
    update: ({ state, news }) => Promise.resolve({ ...state, ...news }),
    delete: () => Promise.resolve(),
  };
}
