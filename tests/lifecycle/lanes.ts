/**
 * The lifecycle suite in lanes that take about as long as each other. They run side by side, each on a node of its own:
 * most of the time a suite waits. Within a lane the order matters, for the local stack goes from spec to spec.
 */
export const LANES = {
  lifecycle: [
    "firstUp",
    "severalApps",
    "network",
    "change",
    "fault",
    "durability",
    "destroy",
    "chart",
    "servers",
    "state",
    "recovery",
    "failedCreate",
    "digitalocean/cluster",
    "checkers",
  ],
  "lifecycle-2": [
    "digitalocean/dev",
    "digitalocean/prod",
    "digitalocean/secrets",
    "digitalocean/badInput",
    "digitalocean/edge",
    "digitalocean/loadBalancers",
    "breaches",
    "retain",
  ],
  "lifecycle-3": ["backup", "digitalocean/managedMysql", "digitalocean/faults", "digitalocean/pipelines"],
} as const;

/** The node of a lane. */
export type LaneNode = keyof typeof LANES;

/** All of them. */
export const LANE_NODES = Object.keys(LANES) as LaneNode[];

/** Set in the environment of a lane: its node. */
export const NODE_VARIABLE = "FLASK_DOKS_TEST_NODE";

/** The node that this process's specs run on. */
export const NODE: LaneNode = LANE_NODES.find((name) => name === process.env[NODE_VARIABLE]) ?? "lifecycle";
