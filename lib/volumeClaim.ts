import type { types } from "@pulumi/kubernetes";

/** What is asked for of a volume. */
export interface VolumeSize {
  /** Size in GiB. */
  storageGi: number;
  /** StorageClass. Default: the cluster's. */
  storageClass?: string | undefined;
}

/** A claim on a volume that one node at a time writes to. */
export const claimSpec = ({ storageGi, storageClass }: VolumeSize): types.input.core.v1.PersistentVolumeClaimSpec => ({
  accessModes: ["ReadWriteOnce"],
  resources: { requests: { storage: `${storageGi}Gi` } },
  ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
});
