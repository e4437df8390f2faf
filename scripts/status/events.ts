/** Warnings that Kubernetes keeps for an hour about what goes wrong. */

/** An event of the type Warning. */
export interface Warning {
  /** Whom it is about. */
  about: { kind: string; name: string; uid?: string };
  reason: string;
  message: string;
  /** When it was seen last, in milliseconds since 1970. */
  lastMs: number;
}

/** The newest warning about any of the objects; by the uid where both have one. */
export function lastWarning(
  warnings: readonly Warning[],
  objects: readonly { metadata?: { name?: string; uid?: string } }[],
): Warning | undefined {
  const concerns = ({ about }: Warning) =>
    objects.some(({ metadata }) =>
      about.uid === undefined || metadata?.uid === undefined
        ? about.name === metadata?.name
        : about.uid === metadata.uid,
    );
  return warnings.filter(concerns).sort((a, b) => b.lastMs - a.lastMs)[0];
}
