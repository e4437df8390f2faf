/** Which secrets a run has, and that none of them is seen. */

/** What an environment, or the repository itself, has. */
export interface Settings {
  secrets?: Record<string, string>;
  variables?: Record<string, string>;
}

/** A secret that would have been seen, or would have been hidden by GitHub and so has no business there. */
export class LeakedSecret extends Error {}

/** Each line of a value is hidden by GitHub on its own. */
const linesOf = (value: string): string[] =>
  value
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** All secrets of a run, whatever job they are for. */
export class Secrets {
  private readonly values: [name: string, value: string][] = [];

  /** @param settings By name: of the repository and of each environment. */
  constructor(settings: Readonly<Record<string, Settings>>) {
    for (const [owner, { secrets = {} }] of Object.entries(settings)) {
      this.values.push(
        ...Object.entries(secrets).map(([name, value]) => [`${name} of ${owner}`, value] as [string, string]),
      );
    }
  }

  /** Adds one that is made for the run, such as its token. */
  add(name: string, value: string): void {
    this.values.push([name, value]);
  }

  /** @throws LeakedSecret when a text holds a secret; the message names it and does not show it. */
  refuse(text: string, where: string): void {
    const found = this.values.filter(([, value]) => linesOf(value).some((line) => text.includes(line)));
    if (found.length > 0) {
      throw new LeakedSecret(`${where} shows ${found.map(([name]) => name).join(", ")}.`);
    }
  }
}
