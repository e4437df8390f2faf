/** Which of a stack's apps is meant. */
import { UserError } from "../../local/steps";
import type { Found } from "../status/findStack";
import type { AppAccess, Following } from "./appAccess";
import { AppNamespace } from "./appNamespace";

/** The command was not given what it needs to know. */
export class Usage extends UserError {}

/** What an app has to have to be meant. */
export interface Wanted {
  /** The app's name, if it was given. */
  app: string | undefined;
  /** Whether it has it. */
  has: (space: AppNamespace, app: string) => Promise<boolean>;
  /** What to say where the named app, or no app of the stack, has it. */
  otherwise: (app: string | undefined) => string;
  /** What it is, as in `have backups`. */
  what: string;
}

/**
 * The app that is named, or the only one that can be meant.
 *
 * @throws UserError when there is none, {@link Usage} when there are several.
 */
export async function chooseApp(
  stack: string,
  { outputs, kubeconfig }: Found,
  { app, has, otherwise, what }: Wanted,
  { limits }: Pick<Following, "limits">,
): Promise<AppAccess> {
  const names = Object.keys(outputs.apps);
  if (app !== undefined && !names.includes(app)) {
    throw new Usage(`The stack "${stack}" has no app "${app}"; there are: ${names.join(", ")}.`);
  }
  const apps = Object.entries(outputs.apps).map(([name, { namespace }]) => ({ name, namespace }));
  const asked = apps.map(async ({ name, namespace }) => {
    const able =
      app === undefined || app === name ? await has(new AppNamespace({ kubeconfig, namespace }, limits), name) : false;
    return able ? [{ stack, app: name, namespace, kubeconfig }] : [];
  });
  const [found, ...more] = (await Promise.all(asked)).flat();
  if (found === undefined) {
    throw new UserError(otherwise(app));
  }
  if (more.length > 0) {
    const all = [found, ...more].map((each) => each.app).join(", ");
    throw new Usage(`Which app? These ${what}: ${all}. Name it with --app ${found.app}`);
  }
  return { ...found, named: app !== undefined };
}
