/** The Debian packages that a node is made with. */

import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { attempt, run } from "../command";
import { UserError, type Step } from "../steps";

/** Package by what is used of it: a command, or a path. One that came from elsewhere does as well. */
const NEEDED: Readonly<Record<string, string>> = {
  containerd: "containerd",
  runc: "runc",
  "/usr/lib/cni/bridge": "containernetworking-plugins",
  iptables: "iptables",
  conntrack: "conntrack",
  ip: "iproute2",
  modprobe: "kmod",
  nsenter: "util-linux",
  openssl: "openssl",
  debootstrap: "debootstrap",
  dockerd: "docker.io",
  docker: "docker.io",
  "docker-registry": "docker-registry",
  htpasswd: "apache2-utils",
  skopeo: "skopeo",
  // containerd and dockerd unpack images with it if it is there, in half the time.
  unpigz: "pigz",
  go: "golang-go",
  "/etc/ssl/certs/ca-certificates.crt": "ca-certificates",
};

/** These come with a system service, which is of no use here and would take ports. */
const SERVICES: Readonly<Record<string, string[]>> = {
  containerd: ["containerd"],
  "docker.io": ["docker.service", "docker.socket"],
  "docker-registry": ["docker-registry"],
};

const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

function isThere(what: string): boolean {
  if (what.startsWith("/")) return existsSync(what);
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...SYSTEM_FOLDERS];
  return folders.some((folder) => existsSync(join(folder, what)));
}

/** Debian packages that are to be installed before a node can start. */
export function missingPackages(): string[] {
  return [
    ...new Set(
      Object.keys(NEEDED)
        .filter((what) => !isThere(what))
        .map((what) => NEEDED[what] ?? what),
    ),
  ];
}

const POLICY = "/usr/sbin/policy-rc.d";

/** Installs Debian packages, without starting the system services that come with some. */
export async function installPackages(names: readonly string[], step: Step): Promise<void> {
  if (names.length === 0) return;
  if (process.getuid?.() !== 0) throw new UserError(`These Debian packages are missing: ${names.join(" ")}`);
  await step(`Installing ${names.join(", ")}`, async () => {
    const hadPolicy = existsSync(POLICY);
    if (!hadPolicy) await writeFile(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    try {
      const env = { DEBIAN_FRONTEND: "noninteractive" };
      await run("apt-get", ["-qq", "update"], { env });
      await run("apt-get", ["-qq", "install", "-y", "--no-install-recommends", ...names], { env });
    } finally {
      if (!hadPolicy) await rm(POLICY, { force: true });
    }
    const services = names.flatMap((name) => SERVICES[name] ?? []);
    // Where there is no systemd this fails, and there is nothing to disable.
    if (services.length > 0) await attempt("systemctl", ["disable", "--now", ...services]);
  });
}
