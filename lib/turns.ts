/** Which of two generated values that take turns one is, and what decides when it is made anew. */
export interface Turn {
  /** What the name of its resource ends in. The odd versions have the name that there was before there were versions. */
  suffix: "" | "-even";
  /** A change of it makes another value. The first version has none, as before there were versions. */
  keepers: { version: string } | undefined;
}

/**
 * The values of a version of a secret and of the one before it: one for the odd versions, one for the even ones, so that
 * the one before is known when a version is one higher than the last. Of one that is higher by two both are new.
 *
 * @returns No value before for the first version, which so is all that there was before there were versions.
 */
export function turnsOf(version: number): { current: Turn; previous: Turn | undefined } {
  return { current: turn(version), previous: version === 1 ? undefined : turn(version - 1) };
}

const turn = (version: number): Turn => ({
  suffix: version % 2 === 1 ? "" : "-even",
  keepers: version === 1 ? undefined : { version: String(version) },
});
