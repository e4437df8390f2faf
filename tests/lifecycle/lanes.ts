/**
 * The lifecycle suite in two halves that take about as long as each other. They run side by side, each on a node of its
 * own: most of the time a suite waits. Within a half the order matters, for the local stack goes from spec to spec.
 */
export const HALVES = {
  lifecycle: [
    "firstUp",
    "network",
    "change",
    "fault",
    "destroy",
    "selfSigned",
    "state",
    "recovery",
    "failedCreate",
    "digitalocean/cluster",
    "digitalocean/loadBalancers",
    "digitalocean/faults",
    "checkers",
  ],
  "lifecycle-2": [
    "digitalocean/dev",
    "digitalocean/prod",
    "digitalocean/secrets",
    "digitalocean/badInput",
    "digitalocean/edge",
  ],
} as const;

/** The node of a half. */
export type HalfNode = keyof typeof HALVES;

/** Set in the environment of a half: its node. */
export const NODE_VARIABLE = "FLASK_DOKS_TEST_NODE";

/** The node that this process's specs run on. */
export const NODE: HalfNode = process.env[NODE_VARIABLE] === "lifecycle-2" ? "lifecycle-2" : "lifecycle";
