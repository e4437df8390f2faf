/** Where a key of a stack file is: its names, and numbers in lists. The first name is without the project's. */
export type KeyPath = readonly [string, ...(string | number)[]];

/** How a secret is changed. */
export type Change =
  /** A number of the stack file goes up, and the next `up` makes a new one; one step at a time where that is said. */
  | { kind: "number"; path: KeyPath; now: number; oneStep?: boolean }
  /** Somebody else has made the new one, and its place is in the stack file. */
  | { kind: "value"; path: KeyPath }
  /** It has no place in the stack file. */
  | { kind: "command"; command: string };

/** One secret of a stack. */
export interface StackSecret {
  /** What the command calls it, such as `blog.secret-key`. */
  name: string;
  /** What it is, and where. */
  what: string;
  change: Change;
  /** What users notice of a change, in sentences. */
  users: string;
  /** What to do when the change fails, in sentences. */
  failure: string;
  /** What has to be known, and done, before it is changed; it is changed only when that is confirmed. */
  before?: string;
}
