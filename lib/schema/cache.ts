import { z } from "zod";
import { kinds } from "./kinds";
import { resources } from "./resources";

const persistence = kinds([
  z.strictObject({ kind: z.literal("none") }).meta({
    description: "In memory only: a primary that restarts begins empty, and when memory is full the oldest go.",
  }),
  z
    .strictObject({
      kind: z.literal("volume"),
      storageGi: z.int().min(1).max(16384).default(1).meta({ description: "Size of the volume in GiB. It can grow." }),
      storageClass: z
        .string()
        .min(1)
        .optional()
        .meta({ description: "StorageClass of the volume. Default: the cluster's." }),
    })
    .meta({ description: "Every write is on the primary's volume before it is acknowledged." }),
]);

/** The cache of an app. */
export const cacheSchema = kinds([
  z.strictObject({ kind: z.literal("none") }).meta({ description: "No cache." }),
  z
    .strictObject({
      kind: z.literal("redis"),
      replicas: z.int().min(0).max(10).default(1).meta({ description: "Read replicas." }),
      passwordVersion: z.int().min(1).max(1000).default(1).meta({
        description: "One more makes a new password. The servers restart for it: what is in memory only is lost.",
      }),
      persistence: persistence.default({ kind: "none" }).meta({ description: "What of it outlives a restart." }),
      resources: resources({ cpu: "50m", memory: "64Mi", memoryLimit: "128Mi" })
        .prefault({})
        .meta({ description: "CPU and memory of each server; its data gets the larger part of the memory limit." }),
    })
    .meta({ description: "Redis: one primary, which is written to, and read replicas." }),
]);

/** The cache of an app, defaults filled in. */
export type Cache = z.output<typeof cacheSchema>;
