/** `${{ }}` by GitHub's own library: what it makes of an expression is what GitHub makes of it. */

/** What an expression may name, such as `github` or `matrix`. */
export type Contexts = Record<string, unknown>;

/** How something went. For `success()` and the like it is what came before: what was skipped is none of them. */
export type Status = "success" | "failure" | "cancelled" | "skipped";

// It comes as an ES module alone.
const library = () => import("@actions/expressions");

async function evaluate(expression: string, contexts: Contexts, status: Status) {
  const { data, Evaluator, Lexer, Parser } = await library();
  const functions = Object.entries({
    always: true,
    success: status === "success",
    failure: status === "failure",
    cancelled: status === "cancelled",
  }).map(([name, value]) => ({ name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value) }));
  try {
    const { tokens } = new Lexer(expression).lex();
    const tree = new Parser(tokens, Object.keys(contexts), functions).parse();
    const known = Object.entries(contexts).map(([key, value]) => ({
      key,
      value: JSON.parse(JSON.stringify(value), data.reviver) as InstanceType<typeof data.Dictionary>,
    }));
    return new Evaluator(
      tree,
      new data.Dictionary(...known),
      new Map(functions.map((each) => [each.name, each])),
    ).evaluate();
  } catch (error) {
    throw new Error(`The expression ${expression.trim()} cannot be evaluated: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

const EXPRESSION = /\$\{\{((?:[^}']|'(?:[^']|'')*'|\}(?!\}))*)\}\}/g;

/** A text with its expressions replaced by what they come to. */
export async function fillIn(text: string, contexts: Contexts, status: Status = "success"): Promise<string> {
  const parts: string[] = [];
  let end = 0;
  for (const found of text.matchAll(EXPRESSION)) {
    const value = await evaluate(found[1] ?? "", contexts, status);
    parts.push(text.slice(end, found.index), value.coerceString());
    end = found.index + found[0].length;
  }
  return parts.join("") + text.slice(end);
}

/** The same for each value of a map. */
export async function fillInAll(
  values: Readonly<Record<string, string | number | boolean>>,
  contexts: Contexts,
  status: Status = "success",
): Promise<Record<string, string>> {
  const filled: Record<string, string> = {};
  for (const [key, value] of Object.entries(values)) {
    filled[key] = await fillIn(String(value), contexts, status);
  }
  return filled;
}

const OF_THE_STATUS = /\b(always|success|failure|cancelled)\s*\(/i;

/**
 * Whether an `if` holds. Without one, and where it asks for no status itself, all before must have succeeded.
 *
 * @param condition An expression, with or without the braces around it.
 */
export async function holds(condition: string | undefined, contexts: Contexts, status: Status): Promise<boolean> {
  const [, inside] = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(condition ?? "") ?? [];
  const expression = inside ?? condition ?? "success()";
  if (expression.includes("${{")) {
    // GitHub makes a text of it, and a text that is not empty is true.
    throw new Error(`The condition ${expression.trim()} always holds: it has text around an expression.`);
  }
  const asked = OF_THE_STATUS.test(expression.replace(/'(?:[^']|'')*'/g, ""));
  if (!asked && status !== "success") {
    return false;
  }
  const { falsy } = await import("@actions/expressions/result");
  return !falsy(await evaluate(expression, contexts, status));
}
