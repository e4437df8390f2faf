/** The cloud of the program under mocks: what it makes up is easy to tell apart in an assertion. */
import type { MadeUp, OtherOutputs } from "../../local/render/cloud";

/** The name that the engine makes up for an object without one. */
export const autoName = (name: string): string => `${name}-1a2b3c4d`;

/** What other stacks that a program may refer to have as outputs. */
const OTHER_STACKS: Record<string, OtherOutputs> = {
  "organization/flask-doks/dev": {
    urls: {},
    clusterId: "the-shared-id",
    kubeconfig: "the shared kubeconfig",
    edge: { className: "theirs", namespace: "their-ingress", issuer: "letsencrypt", address: { ip: "203.0.113.8" } },
  },
  // Its apps have load balancers of their own.
  "organization/flask-doks/edgeless": { urls: {}, clusterId: "the-other-id", kubeconfig: "the other kubeconfig" },
};

/** @param slow Name of a resource that takes its time. */
export const testCloud = (mode: MadeUp["mode"], slow?: string): MadeUp => ({
  mode,
  autoName,
  known: (value) => value,
  otherStack: (stack) => OTHER_STACKS[stack] ?? {},
  slow,
});
