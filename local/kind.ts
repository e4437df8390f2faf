/**
 * A cluster of kind with a registry beside it, both in the Docker engine that runs already.
 * Made as kind's own guide to a local registry says.
 */

import { stringify } from "yaml";
import { attempt, run, succeeds, type CommandOptions } from "./command";
import { UserError, type Step } from "./steps";

const CLUSTER = "flask-doks";
const REGISTRY = "flask-doks-registry";

/** The context that kind gives to the cluster. */
export const KIND_CONTEXT = `kind-${CLUSTER}`;

const REGISTRY_PORT = 5001;
const REGISTRY_IMAGE = "docker.io/library/registry:3.0.0";

/** What a deployment to kind needs to know. */
export interface KindCluster {
  context: string;
  registry: string;
}

/** Whether a Docker engine answers and can pull; a sentence says why not. Pulls the registry's image, needed anyway. */
export async function dockerCanPull(): Promise<true | string> {
  if (!(await succeeds("docker", ["info"], { timeoutSeconds: 10 }))) {
    return "no Docker engine answers";
  }
  if (await succeeds("docker", ["image", "inspect", REGISTRY_IMAGE], { timeoutSeconds: 10 })) {
    return true;
  }
  const { code } = await attempt("docker", ["pull", "--quiet", REGISTRY_IMAGE], { timeoutSeconds: 120 });
  return code === 0 ? true : "Docker cannot pull images";
}

/** Whether the command `kind` is there. */
export const kindIsInstalled = (): Promise<boolean> => succeeds("kind", ["version"], { timeoutSeconds: 10 });

/** Node ports that apps get which are still to come: a cluster lets no request in at others than it was made with. */
const PORTS_TO_COME = Array.from({ length: 10 }, (_, index) => 30423 + index);

/** The cluster's description: node ports on loopback only, images from the registry beside it. */
export function kindConfig(nodePorts: readonly number[]): string {
  const ports = [...new Set([...nodePorts, ...PORTS_TO_COME])].sort((a, b) => a - b);
  return stringify({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    containerdConfigPatches: [
      '[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = "/etc/containerd/certs.d"\n',
    ],
    nodes: [
      {
        role: "control-plane",
        extraPortMappings: ports.map((port) => ({
          containerPort: port,
          hostPort: port,
          listenAddress: "127.0.0.1",
          protocol: "TCP",
        })),
      },
    ],
  });
}

/** Runs kind; what it says when it fails is for the user, who has it installed. */
async function kind(args: string[], options: CommandOptions = {}): Promise<string> {
  return run("kind", args, options).catch((error: unknown) => {
    throw new UserError((error as Error).message);
  });
}

/** Starts what does not run of the cluster and its registry. */
export async function startKind(nodePorts: readonly number[], step: Step): Promise<KindCluster> {
  await step("Starting the registry", async () => {
    const started = await attempt("docker", ["start", REGISTRY]);
    if (started.code === 0) return;
    if (!/no such container/i.test(started.stderr)) {
      throw new UserError(`The registry cannot be started: ${started.stderr.trim()}`);
    }
    const publish = `127.0.0.1:${REGISTRY_PORT}:5000`;
    const options = ["--detach", "--restart=unless-stopped", "--publish", publish, "--name", REGISTRY];
    const made = await attempt("docker", ["run", ...options, REGISTRY_IMAGE]);
    if (made.code !== 0) {
      // What was made and did not start would stand in the way of the next attempt.
      await attempt("docker", ["rm", "--force", "--volumes", REGISTRY]);
      throw new UserError(`The registry cannot be started: ${made.stderr.trim()}`);
    }
  });
  await step("Starting kind", async () => {
    const clusters = (await kind(["get", "clusters"])).split("\n");
    if (!clusters.includes(CLUSTER)) {
      await kind(["create", "cluster", "--name", CLUSTER, "--wait", "120s", "--config", "-"], {
        input: kindConfig(nodePorts),
      });
    }
    const nodes = (await kind(["get", "nodes", "--name", CLUSTER])).split("\n");
    await refuseUnmapped(nodes[0] ?? "", nodePorts);
    const folder = `/etc/containerd/certs.d/localhost:${REGISTRY_PORT}`;
    for (const node of nodes) {
      await run(
        "docker",
        ["exec", "--interactive", node, "sh", "-c", `mkdir -p ${folder} && cat > ${folder}/hosts.toml`],
        {
          input: `[host."http://${REGISTRY}:5000"]\n`,
        },
      );
    }
    const { code, stderr } = await attempt("docker", ["network", "connect", "kind", REGISTRY]);
    if (code !== 0 && !stderr.includes("already exists")) {
      throw new UserError(`The registry cannot be joined to kind's network: ${stderr.trim()}`);
    }
  });
  return { context: KIND_CONTEXT, registry: `localhost:${REGISTRY_PORT}` };
}

/** A port that the cluster was not made with would be waited for in vain. */
async function refuseUnmapped(node: string, nodePorts: readonly number[]): Promise<void> {
  for (const port of nodePorts) {
    if ((await attempt("docker", ["port", node, `${port}/tcp`])).code !== 0) {
      throw new UserError(
        `kind's cluster lets no request in at node port ${port}: it was made without it. Set apps[].nodePort to one from ` +
          `${PORTS_TO_COME[0] ?? ""} to ${PORTS_TO_COME.at(-1) ?? ""}, or have it made anew: npm run down:local, and up:local again.`,
      );
    }
  }
}

/** Takes the cluster and its registry away. */
export async function removeKind(step: Step): Promise<void> {
  await step("Removing kind and its registry", async () => {
    await kind(["delete", "cluster", "--name", CLUSTER]);
    await attempt("docker", ["rm", "--force", "--volumes", REGISTRY]);
  });
}
