/** The storage classes of a cluster of DigitalOcean's, on the node's own provisioner. */
import type { V1StorageClass } from "@kubernetes/client-node";

const DEFAULT = "storageclass.kubernetes.io/is-default-class";
const BLOCK_STORAGE = "do-block-storage";

/** Whether claims of this class are volumes of the account. */
export const isBlockStorage = (name: string | undefined): boolean => name?.startsWith(BLOCK_STORAGE) ?? false;

export const fileSystemOf = (name: string): "ext4" | "xfs" => (name.includes("-xfs") ? "xfs" : "ext4");

/** DigitalOcean's four, of which one is the default; and the node's own, which is not the default any more. */
export const storageClasses = (): V1StorageClass[] => [
  ...["", "-retain", "-xfs", "-xfs-retain"].map((kind) =>
    storageClass(`${BLOCK_STORAGE}${kind}`, {
      annotations: { [DEFAULT]: String(kind === "") },
      reclaimPolicy: kind.endsWith("-retain") ? "Retain" : "Delete",
      allowVolumeExpansion: true,
    }),
  ),
  storageClass("local-path", { annotations: { [DEFAULT]: "false" }, reclaimPolicy: "Delete" }),
];

/** The provisioner makes folders on the node that a pod is on, so it has to wait for a pod. */
const storageClass = (
  name: string,
  { annotations, ...rest }: { annotations: Record<string, string> } & Partial<V1StorageClass>,
): V1StorageClass => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name, annotations },
  provisioner: "rancher.io/local-path",
  volumeBindingMode: "WaitForFirstConsumer",
  ...rest,
});
