/** Kubernetes and its companions, built from their Go modules once for the machine. */

import { join } from "node:path";
import { contentKey } from "../contentKey";
import { buildCommands, commandsAreBuilt, commandsFolder, type CommandSet } from "../goBuild";

const KUBERNETES_VERSION = "1.34.4";
const MODULE = join(__dirname, "tools");

const stamp = (field: string, value: string): string => `-X k8s.io/component-base/version.${field}=${value}`;
const [MAJOR = "", MINOR = ""] = KUBERNETES_VERSION.split(".");
const KUBERNETES_FLAGS = [
  stamp("gitVersion", `v${KUBERNETES_VERSION}`),
  stamp("gitMajor", MAJOR),
  stamp("gitMinor", MINOR),
  stamp("gitTreeState", "clean"),
].join(" ");

const command = (name: string): string => `k8s.io/kubernetes/cmd/${name}`;

/** One `go build` for each: what is built together compiles its shared packages once. */
const BUILDS: readonly { output?: string; packages: string[]; flags: string }[] = [
  {
    packages: ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl"].map(
      command,
    ),
    flags: KUBERNETES_FLAGS,
  },
  { output: "etcd", packages: ["go.etcd.io/etcd/server/v3"], flags: "" },
  { packages: ["./coredns", "./pause", "github.com/rancher/local-path-provisioner"], flags: "" },
];

/** Changes with what is built. */
export const binariesKey = (): string => contentKey([MODULE], JSON.stringify(BUILDS));

const binaries = (): CommandSet => ({
  name: "kubernetes",
  key: binariesKey(),
  builds: BUILDS.map((build) => ({ module: MODULE, ...build })),
});

/** Path of a built command. */
export const binary = (name: string): string => join(commandsFolder(binaries()), name);

export const binariesAreBuilt = (): boolean => commandsAreBuilt(binaries());

/** Builds what is not built yet. Takes five minutes on two cores the first time, and seconds with Go's caches. */
export const buildBinaries = (go: string): Promise<void> => buildCommands(go, binaries());
