import type { PythonVersion } from "./versions";

const CLAUSE = /^(~=|===?|!=|<=|>=|<|>)\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?(\.\*)?$/;

/** Above every patch release that there will be. */
const LAST_PATCH = 999;

/**
 * Whether some release of a minor version satisfies `requires-python`, such as `>=3.11,<4`. What cannot be read does
 * not count: pip and uv have the last word.
 */
export function allowsPython(requiresPython: string, version: PythonVersion): boolean {
  const minor = Number(version.split(".")[1]);
  return requiresPython.split(",").every((clause) => {
    const parts = CLAUSE.exec(clause.trim());
    return parts === null || clauseAllows(parts, minor);
  });
}

function clauseAllows(
  [, operator = "", major, minorText, patchText, wildcard]: RegExpExecArray,
  minor: number,
): boolean {
  if (major !== "3") {
    return Number(major) < 3 ? /^(>|!=)/.test(operator) : /^(<|!=)/.test(operator);
  }
  const bound = minorText === undefined ? undefined : Number(minorText);
  const patch = Number(patchText ?? 0);
  switch (operator) {
    case ">=":
      return minor >= (bound ?? 0);
    case ">":
      return compare(minor, LAST_PATCH, bound ?? 0, patch) > 0;
    case "<":
      return compare(minor, 0, bound ?? 0, patch) < 0;
    case "<=":
      return minor <= (bound ?? 0);
    case "!=":
      return wildcard === undefined || (bound !== undefined && minor !== bound);
    case "~=":
      return patchText === undefined ? minor >= (bound ?? 0) : minor === bound;
    default:
      return bound === undefined || minor === bound;
  }
}

const compare = (minor: number, patch: number, otherMinor: number, otherPatch: number): number =>
  minor - otherMinor || patch - otherPatch;
