/** What a task says at its end: one line of JSON, the last word of its container (pods/mysql/report.sh). */

/** What came of a task. */
export type LastWord =
  | { ok: true; figures: Readonly<Record<string, number>>; texts: Readonly<Record<string, string>> }
  | { ok: false; reason: string; message: string };

/** Nothing for what is no such line. */
export function lastWord(said: string | undefined): LastWord | undefined {
  const line = said?.trim().split("\n").at(-1) ?? "";
  let word: unknown;
  try {
    word = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof word !== "object" || word === null) return undefined;
  const { ok, reason, message } = word as Record<string, unknown>;
  if (ok === true) {
    const entries = Object.entries(word);
    const of = (type: "number" | "string") => Object.fromEntries(entries.filter(([, value]) => typeof value === type));
    return { ok, figures: of("number"), texts: of("string") };
  }
  if (ok !== false || typeof message !== "string") return undefined;
  return { ok, reason: typeof reason === "string" ? reason : "failed", message };
}

export const failedWord = (reason: string, message: string): LastWord & { ok: false } => ({
  ok: false,
  reason,
  message,
});
