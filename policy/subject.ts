/** A resource as a rule sees it: its inputs, whoever recorded them. */

/** Stands for a value that a preview cannot know yet, wherever in the inputs it is. */
export const UNKNOWN = Symbol("a value that is not known yet");

export interface Subject {
  /** Pulumi's type, such as `kubernetes:apps/v1:Deployment`. */
  type: string;
  /** As the program calls it, such as `blog-deployment`. */
  name: string;
  urn?: string;
  /** Inputs in clear, with {@link UNKNOWN} for what is not known yet. */
  props: Record<string, unknown>;
  protect: boolean;
  /** Inputs that the program leaves to somebody else, such as `spec.replicas`; none where that is not recorded. */
  ignoreChanges?: readonly string[];
}

/** The last part of its type, such as `Deployment`. */
export const kindOf = ({ type }: Subject): string => type.slice(type.lastIndexOf(":") + 1);

/** How findings and exceptions call it, such as `Deployment blog-deployment`. */
export const labelOf = (subject: Subject): string => `${kindOf(subject)} ${subject.name}`;

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** The policy SDK throws it at whoever reads an unknown value, and does not export it. */
const isUnknownValueError = (error: unknown): boolean =>
  error instanceof Error && error.constructor.name === "UnknownValueError";

const isMarkedUnknown = (value: object): boolean => "__pulumiUnknown" in value;

/** A plain copy of inputs as an engine or the SDK hands them over: secrets unwrapped, each unknown value marked. */
export function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isMarkedUnknown(value)) return UNKNOWN;
  const read = (key: string | number): unknown => {
    try {
      return plain((value as Record<string | number, unknown>)[key]);
    } catch (error) {
      if (isUnknownValueError(error)) return UNKNOWN;
      throw error;
    }
  };
  if (Array.isArray(value)) return Array.from({ length: value.length }, (_, index) => read(index));
  if (read(SIGNATURE) === SECRET) return read("value");
  return Object.fromEntries(Object.keys(value).map((key) => [key, read(key)]));
}

/** What is at a path of some inputs: `undefined` where there is nothing, UNKNOWN where it cannot be known. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (inner === UNKNOWN) return UNKNOWN;
    return typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined;
  }, value);
}

/** The list at a path; empty where there is none, or it cannot be known. */
export function listAt(value: unknown, ...path: string[]): unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** Like {@link listAt}, for which a list that cannot be known is one of something that cannot be known. */
export function itemsAt(value: unknown, ...path: string[]): unknown[] {
  return at(value, ...path) === UNKNOWN ? [UNKNOWN] : listAt(value, ...path);
}

/** The group of keys at a path; empty where there is none, or it cannot be known. */
export function groupAt(value: unknown, ...path: string[]): Record<string, unknown> {
  const found = at(value, ...path);
  return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
}

/** The text at a path; none where there is none, or it cannot be known. */
export function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

/** Whether a value is as it should be. One that cannot be known yet is not held against anybody. */
export const sound = (value: unknown, test: (value: unknown) => boolean): boolean => value === UNKNOWN || test(value);

/** Whether there is a value, be it that it is not known yet. */
export const given = (value: unknown): boolean => value !== undefined && value !== null && value !== "";

/** Whether there is a value for sure. */
export const present = (value: unknown): boolean => given(value) && value !== UNKNOWN;
