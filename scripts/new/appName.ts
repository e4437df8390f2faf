import { appSchema } from "../../lib/schema/app";
import { UserError } from "../../local/steps";
import { KEYWORDS, STANDARD_MODULES, USED_MODULES } from "./takenModules";

/** The name of a new app, as each place spells it. */
export interface AppName {
  /** In the stack files, and of the folder: `my-shop`. */
  name: string;
  /** Of the Python package: `my_shop`. */
  module: string;
  /** For people: `My shop`. */
  title: string;
}

/**
 * Spells an app's name.
 *
 * @throws UserError with the reason, for one that no stack file takes or no Python package can have.
 */
export function appName(name: string): AppName {
  const refuse = (why: string) => new UserError(`"${name}" ${why}. Another name, please.`);
  const [issue] = appSchema.shape.name.safeParse(name).error?.issues ?? [];
  if (issue !== undefined) {
    throw refuse(issue.code === "too_big" ? `is longer than ${Number(issue.maximum)} characters` : issue.message);
  }
  const module = name.replaceAll("-", "_");
  if (KEYWORDS.has(module)) throw refuse("is a word of Python's own, and cannot be imported");
  if (STANDARD_MODULES.has(module)) throw refuse(`would hide Python's own module ${module}`);
  if (USED_MODULES.has(module)) throw refuse(`would hide ${module}, which the app or its tests need`);
  const words = name.replaceAll("-", " ");
  return { name, module, title: `${words.charAt(0).toUpperCase()}${words.slice(1)}` };
}
