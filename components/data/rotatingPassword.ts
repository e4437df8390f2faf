import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** Arguments of {@link RotatingPassword}. */
export interface RotatingPasswordArgs {
  /** A higher number makes a new password. A plain value, for it decides which of the two that is. */
  version: number;
  /** Name of the password that its parent had in its place before there were versions: the first version keeps that one. */
  formerName: string;
}

const FORM = { length: 32, special: false };

/**
 * A generated password that can change without a moment in which nothing holds.
 * Creates two of them in turn: one for the odd versions, one for the even ones, so that the one before stays known for as
 * long as pods still use it.
 */
export class RotatingPassword extends pulumi.ComponentResource {
  /** The password of this version, a secret. */
  readonly current: pulumi.Output<string>;
  /** The password of the version before; of the first one, one that was never used. A secret. */
  readonly previous: pulumi.Output<string>;

  constructor(name: string, { version, formerName }: RotatingPasswordArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flask-doks:data:RotatingPassword", name, { version }, opts);
    const make = (parity: "odd" | "even", latest: number) =>
      new random.RandomPassword(
        `${name}-${parity}`,
        // The first one has none: it is kept from before there were versions.
        latest <= 1 ? FORM : { ...FORM, keepers: { version: String(latest) } },
        {
          parent: this,
          ...(parity === "odd" && opts?.parent !== undefined
            ? { aliases: [{ name: formerName, parent: opts.parent }] }
            : {}),
        },
      );
    const isOdd = version % 2 === 1;
    const odd = make("odd", isOdd ? version : version - 1);
    const even = make("even", isOdd ? version - 1 : version);
    const [current, previous] = isOdd ? [odd, even] : [even, odd];
    this.current = pulumi.secret(current.result);
    this.previous = pulumi.secret(previous.result);
    this.registerOutputs({ current: this.current, previous: this.previous });
  }
}
