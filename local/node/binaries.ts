/** Kubernetes and its companions, built from their Go modules once for the machine. */

import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command";
import { contentKey } from "../contentKey";
import { locked } from "../lock";
import { cacheFolder } from "../cacheFolder";

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
const folder = (): string => join(cacheFolder(), "kubernetes", binariesKey());

/** Path of a built command. */
export const binary = (name: string): string => join(folder(), name);

export const binariesAreBuilt = (): boolean => existsSync(folder());

/** Builds what is not built yet. Takes five minutes on two cores the first time, and seconds with Go's caches. */
export async function buildBinaries(go: string): Promise<void> {
  if (binariesAreBuilt()) return;
  await mkdir(join(cacheFolder(), "kubernetes"), { recursive: true });
  await locked(join(cacheFolder(), "kubernetes", "lock"), async () => {
    if (binariesAreBuilt()) return;
    const unfinished = `${folder()}.unfinished`;
    const env = { CGO_ENABLED: "0", GOOS: "linux", GOFLAGS: "-buildvcs=false -mod=readonly" };
    for (const { output = "", packages, flags } of BUILDS) {
      const target = output === "" ? `${unfinished}/` : join(unfinished, output);
      await run("nice", [go, "build", "-trimpath", "-ldflags", `-s -w ${flags}`, "-o", target, ...packages], {
        cwd: MODULE,
        env,
      });
    }
    for (const old of await readdir(join(cacheFolder(), "kubernetes"))) {
      if (/^[0-9a-f]{12}$/.test(old))
        await rm(join(cacheFolder(), "kubernetes", old), { recursive: true, force: true });
    }
    await rename(unfinished, folder());
  });
}
