/** The node's certificate authorities, and the certificates and kubeconfigs signed by them. */

import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { run } from "../command";
import { CLUSTER_NETWORK, type NodeSettings } from "./settings";

const TEN_YEARS_DAYS = "3650";
const SERVICE_NAMES = [
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster.local",
];

interface CertificateArgs {
  file: string;
  subject: string;
  authority: "ca" | "front-proxy-ca";
  /** For a server: the names and addresses it is reached by. A client has none. */
  reachedBy?: string[];
}

export const pki = (node: NodeSettings, file: string): string => join(node.state, "pki", file);

/** Users of the API server that read a kubeconfig, by the file's name. */
const users = (node: NodeSettings) => ({
  admin: "/O=system:masters/CN=admin",
  "controller-manager": "/CN=system:kube-controller-manager",
  scheduler: "/CN=system:kube-scheduler",
  proxy: "/CN=system:kube-proxy",
  kubelet: `/O=system:nodes/CN=system:node:${node.fullName}`,
});
type User = keyof ReturnType<typeof users>;

/** Path of a component's kubeconfig. The one for people is `node.kubeconfig`. */
export const kubeconfigOf = (node: NodeSettings, user: User): string => pki(node, `${user}.kubeconfig`);

export async function createAuthority(folder: string, file: string, name: string): Promise<void> {
  await create(
    folder,
    file,
    ["-subj", `/CN=${name}`],
    ["basicConstraints=critical,CA:true", "keyUsage=critical,keyCertSign,cRLSign"],
  );
}

export async function createCertificate(
  folder: string,
  { file, subject, authority, reachedBy }: CertificateArgs,
): Promise<void> {
  const names = reachedBy?.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`));
  const extensions = [
    "basicConstraints=critical,CA:false",
    "keyUsage=digitalSignature,keyEncipherment",
    `extendedKeyUsage=${names ? "serverAuth" : "clientAuth"}`,
    ...(names ? [`subjectAltName=${names.join(",")}`] : []),
  ];
  const signer = ["-CA", `${authority}.crt`, "-CAkey", `${authority}.key`];
  await create(folder, file, ["-subj", subject, ...signer], extensions);
}

async function create(cwd: string, file: string, args: string[], extensions: string[]): Promise<void> {
  const config = [
    "[req]",
    "distinguished_name=name",
    "x509_extensions=extensions",
    "[name]",
    "[extensions]",
    ...extensions,
  ];
  await writeFile(join(cwd, `${file}.cnf`), `${config.join("\n")}\n`);
  await run(
    "openssl",
    ["req", "-x509", "-config", `${file}.cnf`, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"].concat(
      ["-days", TEN_YEARS_DAYS, "-keyout", `${file}.key`, "-out", `${file}.crt`],
      args,
    ),
    { cwd },
  );
}

async function kubeconfig(node: NodeSettings, folder: string, user: string): Promise<string> {
  const base64 = async (file: string) => (await readFile(join(folder, file))).toString("base64");
  const name = node.fullName;
  const server = `https://${node.address}:6443`;
  return stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name, cluster: { server, "certificate-authority-data": await base64("ca.crt") } }],
      users: [
        {
          name,
          user: {
            "client-certificate-data": await base64(`${user}.crt`),
            "client-key-data": await base64(`${user}.key`),
          },
        },
      ],
      contexts: [{ name, context: { cluster: name, user: name } }],
      "current-context": name,
    },
    { lineWidth: 0 },
  );
}

/** Creates all of it once: the folder gets its name when it is complete. */
export async function createCertificates(node: NodeSettings): Promise<void> {
  if (!existsSync(pki(node, ""))) {
    const folder = `${node.state}/pki.unfinished`;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await createAuthority(folder, "ca", "kubernetes");
    await createAuthority(folder, "front-proxy-ca", "front-proxy-ca");

    const apiServer = [...SERVICE_NAMES, "localhost", "127.0.0.1", CLUSTER_NETWORK.apiService, node.address];
    const kubelet = [node.fullName, node.address];
    const kubeletClient = "/O=system:masters/CN=kube-apiserver-kubelet-client";
    await Promise.all([
      run("openssl", ["genrsa", "-out", "service-account.key", "2048"], { cwd: folder }),
      createCertificate(folder, {
        file: "apiserver",
        subject: "/CN=kube-apiserver",
        authority: "ca",
        reachedBy: apiServer,
      }),
      createCertificate(folder, {
        file: "kubelet-server",
        subject: `/CN=${node.fullName}`,
        authority: "ca",
        reachedBy: kubelet,
      }),
      createCertificate(folder, { file: "kubelet-client", subject: kubeletClient, authority: "ca" }),
      createCertificate(folder, {
        file: "front-proxy-client",
        subject: "/CN=front-proxy-client",
        authority: "front-proxy-ca",
      }),
      ...Object.entries(users(node)).map(([file, subject]) =>
        createCertificate(folder, { file, subject, authority: "ca" }),
      ),
    ]);
    await run("openssl", ["rsa", "-in", "service-account.key", "-pubout", "-out", "service-account.pub"], {
      cwd: folder,
    });
    for (const user of Object.keys(users(node))) {
      await writeFile(join(folder, `${user}.kubeconfig`), await kubeconfig(node, folder, user), { mode: 0o600 });
    }
    await rename(folder, pki(node, ""));
  }
  await writeFile(node.kubeconfig, await readFile(kubeconfigOf(node, "admin")), { mode: 0o600 });
}
