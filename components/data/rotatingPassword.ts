import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type Turn, turnsOf } from "../../lib/turns";

/** Arguments of {@link RotatingPassword}. */
export interface RotatingPasswordArgs {
  /** A higher number makes a new password. A plain value, for it decides which of the two that is. */
  version: number;
  /** Name of the password that its parent had in its place before there were versions: the first version keeps that one. */
  formerName: string;
}

const FORM = { length: 32, special: false };

/** The first version has none before it. Its place is filled all the same, so that a stack always has both. */
const NEVER_USED: Turn = { suffix: "-even", keepers: undefined };

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
    const make = ({ suffix, keepers }: Turn) =>
      new random.RandomPassword(
        suffix === "" ? `${name}-odd` : `${name}-even`,
        keepers === undefined ? FORM : { ...FORM, keepers },
        {
          parent: this,
          ...(suffix === "" && opts?.parent !== undefined
            ? { aliases: [{ name: formerName, parent: opts.parent }] }
            : {}),
        },
      );
    const turns = turnsOf(version);
    const current = make(turns.current);
    const previous = make(turns.previous ?? NEVER_USED);
    this.current = pulumi.secret(current.result);
    this.previous = pulumi.secret(previous.result);
    this.registerOutputs({ current: this.current, previous: this.previous });
  }
}
