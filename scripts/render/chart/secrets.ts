/** The secrets of an app's chart: those that its user gives, and those that are generated when it is installed. */
import { HIDDEN } from "../../../lib/stackFile";
import type { Manifest } from "../../../local/render/manifests";
import { KNOWN_AFTER } from "../../../local/render/masked";
import type { Registered } from "../../../local/render/registered";
import { partOf } from "./appObjects";

/** What a value is in that is known only after an `up`: which one, so that two can be told apart. */
export const knownAs = (value: string): string => `${KNOWN_AFTER} ${value}`;

/** What is made anew with a database's passwords, by which its server knows that they are others. */
export const GENERATION = "databaseGeneration";
export const GENERATION_KEY = "generation";

/** A password that the chart generates. */
export interface Generated {
  /** What stands for it in the objects. */
  mark: string;
  /** As values.yaml calls it. */
  name: string;
  length: number;
  /** Where it is kept, and found again. */
  secret: string;
  key: string;
}

/** The secrets of one chart. */
export interface ChartSecrets {
  generated: Generated[];
  /** Names of the variables that the chart's user gives. */
  given: string[];
}

/**
 * Finds the secrets of an app.
 *
 * @param own Name of the Secret with the app's variables.
 */
export function secretsOf(objects: readonly Manifest[], own: string, resources: readonly Registered[]): ChartSecrets {
  const lengths = new Map(
    resources
      .filter(({ type }) => type === "random:index/randomPassword:RandomPassword")
      .map(({ name, inputs }) => [knownAs(`${name}-random-password`), Number(inputs["length"])]),
  );
  const secrets = objects.filter(({ kind }) => kind === "Secret");
  // The app's own first: there a password has the name that people know it by.
  secrets.sort((a, b) => Number(b.metadata.name === own) - Number(a.metadata.name === own));
  const generated = new Map<string, Generated>();
  for (const secret of secrets) {
    const { name = "" } = secret.metadata;
    for (const [key, mark] of entriesOf(secret)) {
      const length = lengths.get(mark);
      if (length === undefined || generated.has(mark)) continue;
      generated.set(mark, {
        mark,
        name: name === own ? key : camelCase(partOf(secret) ?? "", key),
        length,
        secret: name,
        key,
      });
    }
  }
  for (const { metadata } of secrets.filter((secret) => partOf(secret) === "database")) {
    const { name: secret = "" } = metadata;
    const mark = knownAs(`generation of ${secret}`);
    generated.set(mark, { mark, name: GENERATION, length: 12, secret, key: GENERATION_KEY });
  }
  const given = secrets
    .filter(({ metadata: { name } }) => name === own)
    .flatMap(entriesOf)
    .filter(([, value]) => isGiven(value) && !generated.has(value))
    .map(([key]) => key);
  return { generated: [...generated.values()], given };
}

/** Whether nobody but the chart's user can know a value. */
export const isGiven = (value: string): boolean => value.includes(HIDDEN) || value.includes(KNOWN_AFTER);

export const entriesOf = ({ stringData = {} }: Manifest): [string, string][] =>
  Object.entries(stringData as Record<string, string>);

/** Such as `databaseRootPassword`. */
const camelCase = (part: string, key: string): string =>
  `${part}-${key}`.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
