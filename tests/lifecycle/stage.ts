/** The one node that all the specs of the suite share, and the line that says what was real and what was not. */
import { Cluster } from "../support/cluster";
import { Stage } from "../support/lifecycle";

let shared: Stage | undefined;

/** The stage, once the suite has begun. */
export function stage(): Stage {
  if (shared === undefined) {
    throw new Error("the suite has not begun");
  }
  return shared;
}

export const cluster = (): Cluster => new Cluster(stage().kubeconfig);

export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(40 * 60_000);
    shared = await Stage.set();
  },
  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(5 * 60_000);
    await shared?.strike();
  },
};
