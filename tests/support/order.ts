/** What the lifecycle suite and the process that operates the engine for it say to each other. */
import assert from "node:assert/strict";
import type { JsonObject, SecretSetting } from "../../local/engine/stack";

/** One operation on the stack. */
export interface Order {
  /** The committed stack file to start from. */
  stack: string;
  operation: "up" | "preview" | "destroy" | "refresh";
  /** Folder of the stack's state. */
  home: string;
  overrides: JsonObject;
  secrets: SecretSetting[];
  env: Record<string, string>;
  /** Of a destroy: whether what is protected stays, and whether its protection is taken away first. */
  protected?: "stays" | "goes";
  /** `index.ts`, or a program that does nothing, to see what the engine alone costs. */
  program: "index" | "empty";
  /** File that takes the {@link Outcome}. */
  outcome: string;
}

/** How it went. */
export interface Outcome {
  /** The sentence that a user is shown; none when the operation succeeded. */
  error?: string;
  /** What the engine reported as errors. */
  errors: string[];
  /** Resources that changed, such as `create Deployment blog-deployment`. */
  changes: string[];
  /** How long the engine took. */
  seconds: number;
  /** The stack's outputs; what is secret is left out. */
  outputs: Record<string, unknown>;
  /** The stack's output of that name. */
  urls: Record<string, string>;
  /** Which provider was a real plugin and which a stand-in. */
  providers: Record<string, string>;
}

/** Fails unless an operation went well and found nothing to change: one that failed has no changes either. */
export function nothingToDo({ error, changes }: Outcome): void {
  assert.deepEqual({ error, changes }, { error: undefined, changes: [] });
}
