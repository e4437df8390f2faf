/** A real Kubernetes on this machine: one node, with a registry and a Docker engine beside it. */

import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dockerHost, removeEngineNetwork, startEngine } from "../docker/engine";
import { buildMysql, type MysqlServer } from "../docker/mysql";
import { buildPackaged } from "../docker/packaged";
import { pushPodImage } from "../docker/podImage";
import { buildPython, providePython } from "../docker/python";
import { goToolchain } from "../go";
import { locked } from "../lock";
import { buildRestic } from "../restic/image";
import { UserError, type Step } from "../steps";
import { addonsReady, applyAddons } from "./addons";
import { binariesAreBuilt, buildBinaries } from "./binaries";
import { createCertificates } from "./certificates";
import { createCgroup, endContainers, removeCgroup } from "./cgroups";
import { importNodeImages, startContainerd } from "./containerd";
import { startApiServer, startControllers, startEtcd } from "./controlPlane";
import { end, nodeProcesses, stopDaemons } from "./daemon";
import { buildNodeImages } from "./images";
import { restoreKernelSettings } from "./kernelSettings";
import { kubectl } from "./kubectl";
import { startKubelet, startNetworkPolicyAgent, startProxy } from "./kubelet";
import { removeKubernetesState, removeStrayFiles, unmountAll } from "./leftovers";
import { connectNode, disconnectNode } from "./network";
import { missingPackages } from "./packages";
import { forgetReadiness } from "./pods";
import { startRegistry, type RegistryAccess } from "./registry";
import { nodeSettings, type NodeName, type NodeSettings } from "./settings";

export { installPackages, missingPackages } from "./packages";
export type { NodeName } from "./settings";

export interface RunningNode {
  /** Path of a kubeconfig that only root reads. */
  kubeconfig: string;
  /** The kubeconfig's only context: `flask-doks-<name>`. */
  context: string;
  /** The node's address. Node ports answer here, to this machine only. */
  address: string;
  registry: RegistryAccess;
  /** The engine to build images with. It pushes to the registry without TLS. */
  dockerHost: string;
  /** By name in the stack's config. What pods use is in the registry, with its digest: they need its password. */
  images: {
    /** Stands in for docker.io/library/python. In the Docker engine, for `FROM`. */
    python: string;
    /** Stands in for docker.io/library/mysql. */
    mysql: string;
    /** Stands in for docker.io/library/redis. */
    redis: string;
    /** Stands in for docker.io/nginxinc/nginx-unprivileged. */
    nginx: string;
    /** Stands in for docker.io/restic/restic. */
    restic: string;
    /** The same as `python`, for pods. */
    tools: string;
  };
  /** What `images.mysql` holds. */
  mysqlServer: MysqlServer;
}

const withNode = async <T>(node: NodeSettings, work: () => Promise<T>): Promise<T> => {
  if (process.getuid?.() !== 0) throw new UserError("A Kubernetes node on this machine can only be run as root.");
  await mkdir(node.state, { recursive: true, mode: 0o700 });
  await mkdir(node.runtime, { recursive: true, mode: 0o700 });
  return locked(`${node.state}.lock`, work);
};

/** Starts what does not run of a node, whatever state a failed start or a kill left it in. */
export async function startNode(name: NodeName, step: Step): Promise<RunningNode> {
  const node = nodeSettings(name);
  const missing = missingPackages();
  if (missing.length > 0) throw new UserError(`These Debian packages are missing: ${missing.join(" ")}`);
  return withNode(node, async () => {
    const go = await goToolchain(step);
    const registry = await step("Starting the registry and the Docker engine", async () => {
      await Promise.all([connectNode(node), createCertificates(node), createCgroup(node)]);
      const started = startRegistry(node);
      await startContainerd(node);
      await startEngine(node);
      return started;
    });
    const title = binariesAreBuilt()
      ? "Preparing the base images"
      : "Building Kubernetes and the base images, for minutes";
    const [python, mysql, redis, nginx, restic] = await step(title, () => {
      const kubernetes = buildBinaries(go);
      return Promise.all([
        buildPython(node),
        buildMysql(node),
        buildPackaged(node, "redis"),
        buildPackaged(node, "nginx"),
        // After Kubernetes: each build takes all cores, and memory by the core.
        kubernetes.then(() => buildRestic(node, go)),
        kubernetes.then(() => buildNodeImages(node)),
      ]);
    });
    const { server } = mysql;
    if (server.name === "MariaDB") {
      await step(
        `MariaDB ${server.version} stands in for MySQL: Debian unstable's cannot be installed`,
        () => undefined,
      );
    }
    return step("Starting Kubernetes", async () => {
      const images = Promise.all([
        providePython(node, registry, python),
        pushPodImage(node, registry, mysql),
        pushPodImage(node, registry, redis),
        pushPodImage(node, registry, nginx),
        pushPodImage(node, registry, restic),
      ]);
      await Promise.all([startKubernetes(node), images]);
      const [pythonNames, mysqlName, redisName, nginxName, resticName] = await images;
      return {
        kubeconfig: node.kubeconfig,
        context: node.fullName,
        address: node.address,
        registry,
        dockerHost: dockerHost(node),
        images: {
          python: pythonNames.base,
          mysql: mysqlName,
          redis: redisName,
          nginx: nginxName,
          restic: resticName,
          tools: pythonNames.pods,
        },
        mysqlServer: server,
      };
    });
  });
}

async function startKubernetes(node: NodeSettings): Promise<void> {
  await startEtcd(node);
  await Promise.all([startApiServer(node), importNodeImages(node)]);
  await forgetReadiness(node);
  await startControllers(node);
  await startKubelet(node);
  await startProxy(node);
  await startNetworkPolicyAgent(node);
  await applyAddons(node);
  await kubectl(node, ["wait", "--for=create", `node/${node.fullName}`, "--timeout=60s"]);
  await kubectl(node, ["wait", "--for=condition=Ready", `node/${node.fullName}`, "--timeout=90s"]);
  await restoreKernelSettings(node, "kubelet", { whileNeededBy: "nobody" });
  await addonsReady(node);
}

/**
 * Makes the node's Kubernetes anew: nothing of what was in it is left, whatever state it was in, and no token of it is
 * good any more. The registry, the Docker engine and the images stay.
 */
export async function resetKubernetes(name: NodeName): Promise<void> {
  const node = nodeSettings(name);
  await withNode(node, async () => {
    const patienceSeconds = 0;
    await stopDaemons(node, KUBERNETES, patienceSeconds);
    await endContainers(node, patienceSeconds, "pods");
    await stopDaemons(node, ["kube-apiserver", "etcd"], patienceSeconds);
    await removeKubernetesState(node);
    await startKubernetes(node);
  });
}

/** What runs beside the API server and its database. */
const KUBERNETES = ["network-policy", "kube-proxy", "kubelet", "kube-scheduler", "kube-controller-manager"];

/** Stops a node and leaves nothing running or mounted. What it holds stays, unless it is purged. */
export async function stopNode(name: NodeName, { purge }: { purge: boolean }, step: Step): Promise<void> {
  const node = nodeSettings(name);
  await step(purge ? `Removing the node ${name}` : `Stopping the node ${name}`, () =>
    withNode(node, async () => {
      await stopDaemons(node, ["cloud", ...KUBERNETES]);
      // Databases get the time to close; what is thrown away needs none.
      await endContainers(node, purge ? 0 : 5);
      await stopDaemons(node, ["docker", "registry", "kube-apiserver"], purge ? 2 : 10);
      await stopDaemons(node, ["containerd", "etcd"]);
      await end(await nodeProcesses(node), 0);
      await unmountAll(node);
      await removeEngineNetwork(node);
      await disconnectNode(node);
      await removeCgroup(node);
      await restoreKernelSettings(node, "kubelet", { whileNeededBy: "nobody" });
      if (purge) await rm(node.state, { recursive: true, force: true });
      await rm(node.runtime, { recursive: true, force: true });
      await removeStrayFiles(node);
    }),
  );
}

export interface NodeStatus {
  /** Whether there is anything of it on the disk. */
  exists: boolean;
  /** Names of the daemons that run. */
  running: string[];
}

export async function nodeStatus(name: NodeName): Promise<NodeStatus> {
  const node = nodeSettings(name);
  const daemons = (await nodeProcesses(node)).map((process) => process.daemon);
  return { exists: existsSync(node.state), running: [...new Set(daemons)].sort() };
}
