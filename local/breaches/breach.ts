/** Breaches of what an app must do, as docs/your-app.md tells it: each has a section there under its name. */

export const BREACHES = [
  "listens-on-localhost",
  "wrong-port",
  "health-path",
  "too-slow-to-start",
  "exits-at-once",
  "no-server",
  "no-app",
  "missing-variable",
  "needs-a-writable-folder",
  "no-static-folder",
  "killed-for-memory",
] as const;

export interface Breach {
  name: (typeof BREACHES)[number];
  /** What is seen and what mends it, in whole sentences. */
  text: string;
}

/** A breach for a person, with where to read on. */
export const breachLine = ({ name, text }: Breach): string => `${name}: ${text} See docs/your-app.md#${name}`;
