/** What the engine's events tell of a preview: each resource that would change, with its properties as short texts. */

import {
  DiffKind,
  type EngineEvent,
  type OpType,
  type PropertyDiff,
  type StepEventMetadata,
} from "@pulumi/pulumi/automation";
import { shortName } from "../../local/engine/report";
import type { Json } from "../../local/engine/settings";
import { pathSteps } from "../../local/providers/values";
import { secretIn } from "../../policy/rules/secrets";
import type { ChangedProperty, CostRange, PlannedChange } from "./previewReport";

/** How the SDK marks a secret, and what is not known before it is made. */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";
const SECRET = "[secret]";
const UNKNOWN_MARK = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A longer text is not a value that a reader would compare. */
const MOST_CHARACTERS = 80;

/** A replacement is told three times: once as that, and once for each of its halves, which are left out. */
const OPS: Partial<Record<OpType, PlannedChange["op"]>> = {
  create: "create",
  update: "update",
  replace: "replace",
  delete: "delete",
  import: "import",
};

/** Components and the engine's own providers are nothing that exists anywhere. */
const exists = ({ new: after, old: before, type }: StepEventMetadata): boolean =>
  (after ?? before)?.custom === true && !type.startsWith("pulumi:");

/** A value as a short text; nothing for one that is long, has parts, or is not known yet. */
export function shortText(value: Json | undefined): string | undefined {
  if (typeof value === "object" && value !== null && SECRET_MARK in value) return SECRET;
  if (value === undefined || value === null || typeof value === "object" || value === UNKNOWN_MARK) return undefined;
  const text = String(value).replace(/@sha256:([0-9a-f]{12})[0-9a-f]{52}$/, "@sha256:$1…");
  return text.length > MOST_CHARACTERS || text.includes("\n") ? undefined : text;
}

/** What is below a secret is as secret as that. */
function textAt(inputs: Record<string, unknown> | undefined, path: string): string | undefined {
  let value = inputs as Json | undefined;
  for (const step of pathSteps(path)) {
    if (shortText(value) === SECRET) return SECRET;
    value = (value as Record<string, Json> | null | undefined)?.[step];
  }
  const name = String(pathSteps(path).at(-1) ?? "");
  // What somebody has put in clear is told by a rule, and need not be repeated.
  return secretIn(name, value) === undefined ? shortText(value) : SECRET;
}

/** Names that the provider makes up end in eight digits, which mean nothing to a reader. */
const withoutAutoName = (text: string): string => text.replace(/-[0-9a-f]{8}$/, "-…");

function changed(
  path: string,
  { diffKind }: PropertyDiff,
  { old: before, new: after }: StepEventMetadata,
): ChangedProperty {
  const [kind, replaces] = diffKind.split("-") as [ChangedProperty["kind"], "replace"?];
  const was = textAt(before?.inputs, path);
  const becomes = textAt(after?.inputs, path);
  const isSame =
    was !== undefined && was !== SECRET && becomes !== undefined && withoutAutoName(was) === withoutAutoName(becomes);
  return {
    path,
    kind,
    ...(was === undefined || isSame ? {} : { before: withoutAutoName(was) }),
    ...(becomes === undefined || isSame ? {} : { after: withoutAutoName(becomes) }),
    ...(replaces === undefined ? {} : { replaces: true }),
  };
}

function planned(metadata: StepEventMetadata): PlannedChange | undefined {
  const op = OPS[metadata.op];
  if (op === undefined || !exists(metadata)) return undefined;
  const [type = "", ...name] = shortName(metadata.urn).split(" ");
  const told = Object.entries(metadata.detailedDiff ?? {});
  const diffs: [string, PropertyDiff][] =
    told.length > 0 ? told : (metadata.diffs ?? []).map((key) => [key, { diffKind: DiffKind.update, inputDiff: true }]);
  const properties = op === "update" || op === "replace" ? diffs : [];
  return {
    op,
    type,
    name: name.join(" "),
    properties: properties
      .map(([path, diff]) => changed(path, diff, metadata))
      .sort((a, b) => a.path.localeCompare(b.path, "en", { numeric: true })),
  };
}

const order = ({ op, type, name }: PlannedChange): string =>
  `${["delete", "replace", "update", "import", "create"].indexOf(op)} ${type} ${name}`;

/** Follows a preview, or a look for drift. */
export class PlannedChanges {
  readonly #changes = new Map<string, PlannedChange>();
  readonly #unchanged = new Set<string>();
  #outputs: Record<string, unknown> = {};

  readonly onEvent = ({ resOutputsEvent }: EngineEvent): void => {
    if (resOutputsEvent === undefined) return;
    const { metadata } = resOutputsEvent;
    if (metadata.type === "pulumi:pulumi:Stack") this.#outputs = metadata.new?.outputs ?? {};
    const change = planned(metadata);
    if (change !== undefined) this.#changes.set(metadata.urn, change);
    if (metadata.op === "same" && exists(metadata)) this.#unchanged.add(metadata.urn);
  };

  /** What takes away comes first; otherwise by type and name, for the engine's order is another one each time. */
  get changes(): PlannedChange[] {
    return [...this.#changes.values()].sort((a, b) => order(a).localeCompare(order(b), "en"));
  }

  /** How many resources stay as they are. */
  get unchanged(): number {
    return this.#unchanged.size;
  }

  /** What the stack would cost, as its program says. */
  get cost(): CostRange | undefined {
    return costIn(this.#outputs["monthlyCost"]);
  }
}

/** The range of the output `monthlyCost`, if it is one. */
export function costIn(output: unknown): CostRange | undefined {
  if (typeof output !== "object" || output === null) return undefined;
  const { min, max } = output as { min?: unknown; max?: unknown };
  return typeof min === "number" && typeof max === "number" ? { min, max } : undefined;
}
