/** A resource as the engine's events show it, brought into the form that it has in a state. */

import type { StepEventStateMetadata } from "@pulumi/pulumi/automation";
import { NAMED_KINDS } from "./namedKinds";
import type { Json, JsonObject } from "./settings";
import type { ResourceState } from "./state";

/** Stands for what is known only once something else has been made (`computedValuePlaceholder` of the engine). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Marks what is not plain JSON: a secret, which is masked in events, an asset, a reference. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

const MASK = "[secret]";

function isKnown(value: Json): boolean {
  if (typeof value === "string") return value !== UNKNOWN && value !== MASK;
  return typeof value !== "object" || value === null || !(SIGNATURE in value);
}

/** The value without all of it that an event does not tell. */
function known(value: Json): Json {
  if (Array.isArray(value)) return value.filter(isKnown).map(known);
  if (typeof value !== "object" || value === null) return value;
  const told = Object.entries(value).filter(([, each]) => isKnown(each));
  return Object.fromEntries(told.map(([key, each]) => [key, known(each)]));
}

/**
 * The resource as the program has registered it, without an id. Left out are inputs that are secret or unknown; what
 * is read of the real resource fills them in. Events say nothing of dependencies.
 */
export function registered(shown: StepEventStateMetadata): ResourceState {
  const { urn, type, custom = false, parent, provider, protect, retainOnDelete } = shown;
  const { secretOutputs } = NAMED_KINDS[type] ?? {};
  return {
    urn,
    type,
    custom,
    ...(custom ? { inputs: known(shown.inputs as JsonObject) as JsonObject } : {}),
    ...(parent === "" ? {} : { parent }),
    ...(provider === "" ? {} : { provider }),
    ...(protect === true ? { protect } : {}),
    ...(retainOnDelete === true ? { retainOnDelete } : {}),
    ...(secretOutputs === undefined ? {} : { additionalSecretOutputs: secretOutputs }),
  };
}
