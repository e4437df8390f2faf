/** What a stand-in for a provider plugin has to offer; `server.ts` does the talking with the engine. */

import type { Values } from "./values";

/** The settings of one provider resource, such as its kubeconfig, secrets revealed. */
export type Settings = Values;

interface Subject {
  urn: string;
  /** The type token, such as `kubernetes:apps/v1:Deployment`. */
  type: string;
  /** The logical name. */
  name: string;
  settings: Settings;
}

export interface Operation extends Subject {
  preview: boolean;
  /** From `customTimeouts`; undefined leaves it to the provider. */
  timeoutSeconds: number | undefined;
  /** Fires when the engine was asked to stop: end soon and report what there is. */
  signal: AbortSignal;
  /** A line shown beside the resource while it is worked on. */
  status: (text: string) => void;
  warn: (text: string) => void;
}

export interface Checked {
  inputs: Values;
  /** Sentences about wrong inputs. */
  failures?: { property: string; reason: string }[];
}

export interface Difference {
  /** The changed property paths. */
  changes: Record<string, "add" | "delete" | "update">;
  /** Those of the paths that force a replacement. */
  replaces: string[];
  deleteBeforeReplace: boolean;
  /** Whether the paths are those of the old and the planned state. The default: of the old and the new inputs. */
  against?: "state";
}

export interface Existing {
  id: string;
  state: Values;
}

export interface CheckRequest extends Subject {
  olds: Values;
  news: Values;
  /** What a made-up name follows from. */
  seed?: Uint8Array;
}
export interface DiffRequest extends Subject {
  id: string;
  state: Values;
  oldInputs: Values;
  news: Values;
  ignoreChanges: string[];
}
export interface CreateRequest extends Operation {
  inputs: Values;
}
export interface UpdateRequest extends Operation {
  id: string;
  state: Values;
  oldInputs: Values;
  news: Values;
  ignoreChanges: string[];
}
export interface ReadRequest extends Operation {
  id: string;
  state: Values;
  inputs: Values;
}
export interface DeleteRequest extends Operation {
  id: string;
  state: Values;
  oldInputs: Values;
}

export interface Provider {
  /** The package name, such as `random`. */
  name: string;
  version: string;
  /** What changes of the provider's own settings mean; nothing is replaced when it is left out. */
  diffSettings?(olds: Values, news: Values): Difference;
  check(request: CheckRequest): Promise<Checked>;
  diff(request: DiffRequest): Promise<Difference>;
  create(request: CreateRequest): Promise<Existing>;
  /** Undefined when the resource is gone. */
  read(request: ReadRequest): Promise<(Existing & { inputs: Values }) | undefined>;
  update(request: UpdateRequest): Promise<Values>;
  delete(request: DeleteRequest): Promise<void>;
  invoke?(token: string, args: Values, settings: Settings): Promise<Values>;
}

export const NO_DIFFERENCE: Difference = { changes: {}, replaces: [], deleteBeforeReplace: false };

/** The resource exists but did not become what it should; the engine records it and fails the operation. */
export class InitFailed extends Error {
  override readonly name = "InitFailed";
  constructor(
    message: string,
    readonly existing: Existing,
    /** Further sentences, such as what its pods say. */
    readonly reasons: string[] = [],
    /** Set by a read: the inputs as they are now. */
    readonly inputs?: Values,
  ) {
    super(message);
  }
}
