/**
 * What becomes of what an earlier version of the program has left in a stack, when the program as it is now runs on it:
 * worked out from names and aliases as the engine does it (`generateAliases` of its step generator).
 */
import type { Deployed } from "./mocks";
import type { Registered } from "./registered";

export interface Upgrade {
  /** What stays: what it was called, and what it is called now. Without the part that is the same for a whole stack. */
  kept: Record<string, string>;
  made: string[];
  deleted: string[];
}

/** A URN without project and stack: the types of all that it is in, its own, and its name. */
const urnOf = (parent: string | undefined, type: string, name: string): string =>
  `${parent === undefined ? "" : `${typesOf(parent)}$`}${type}::${name}`;
const typesOf = (urn: string): string => urn.split("::")[0] ?? "";
const nameOf = (urn: string): string => urn.split("::")[1] ?? "";

/** A child of what was called otherwise: where its own name begins with its parent's, it began with the former one. */
const inherited = (child: { type: string; name: string }, parentName: string, former: string): string =>
  urnOf(
    former,
    child.type,
    child.name.startsWith(parentName) ? `${nameOf(former)}${child.name.slice(parentName.length)}` : child.name,
  );

export function upgrade(state: readonly string[], { resources }: Deployed): Upgrade {
  const urns = new Map<string, string>();
  /** What those are called in the state that were found there by an alias. */
  const aliases = new Map<string, string>();

  function candidates({ type, name, parent, parentUrn, aliases: given }: Registered, urn: string): string[] {
    const parentNow = urns.get(parentUrn);
    const own = given.map((alias) => {
      const aliasParent = alias.parentUrn === "" ? parentNow : urns.get(alias.parentUrn);
      const former = aliasParent === undefined ? undefined : (aliases.get(aliasParent) ?? aliasParent);
      return { type: alias.type === "" ? type : alias.type, name: alias.name === "" ? name : alias.name, former };
    });
    const formerParent = parentNow === undefined ? undefined : aliases.get(parentNow);
    return [
      urn,
      ...own.map((each) => urnOf(each.former, each.type, each.name)),
      // Only of a parent that was found by its alias is the alias its children's.
      ...(formerParent === undefined
        ? []
        : [{ type, name }, ...own].map((each) => inherited(each, parent, formerParent))),
    ];
  }

  const kept: Record<string, string> = {};
  const made: string[] = [];
  for (const resource of resources) {
    const urn = urnOf(urns.get(resource.parentUrn), resource.type, resource.name);
    const found = candidates(resource, urn).find((each) => state.includes(each));
    urns.set(resource.urn, urn);
    if (found === undefined) {
      made.push(urn);
      continue;
    }
    if (found in kept) throw new Error(`${found} is taken over twice: by ${kept[found] ?? ""} and by ${urn}`);
    kept[found] = urn;
    if (found !== urn) aliases.set(urn, found);
  }
  return { kept, made: made.sort(), deleted: state.filter((each) => !(each in kept)) };
}
