import { z } from "zod";
import { asText, kinds } from "./kinds";
import { resources } from "./resources";

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

const version = (only: string) =>
  z
    .preprocess(asText, z.enum([only]))
    .default(only)
    .meta({ description: "MySQL series." });

const passwordVersion = z
  .int()
  .min(1)
  .max(9999)
  .default(1)
  .meta({ description: "Another number, one higher, makes new passwords; the old ones hold until no pod uses them." });

/** The database of an app. */
export const databaseSchema = kinds([
  z.strictObject({ kind: z.literal("none") }).meta({ description: "No database." }),
  z
    .strictObject({
      kind: z.literal("mysql"),
      storageGi: z
        .int()
        .min(1)
        .max(16384)
        .default(10)
        .meta({ description: "Size of the volume in GiB. A larger number has it grow while the server runs." }),
      storageClass: z
        .string()
        .min(1)
        .optional()
        .meta({ description: "StorageClass of the volume. Default: the cluster's." }),
      version: version("8.4"),
      passwordVersion,
      resources: resources({ cpu: "100m", memory: "512Mi", memoryLimit: "768Mi" })
        .prefault({})
        .meta({ description: "CPU and memory of the server. What it keeps in memory follows from the memory limit." }),
    })
    .meta({ description: "MySQL in a pod of its own beside the app, on a volume." }),
  z
    .strictObject({
      kind: z.literal("managed-mysql"),
      size: z
        .string()
        .regex(/^db-[a-z0-9-]+$/, "is not the slug of a database size such as db-s-1vcpu-1gb")
        .default("db-s-1vcpu-1gb")
        .meta({ description: "Slug of the database nodes' size." }),
      nodes: z.int().min(1).max(3).default(1).meta({ description: "Nodes: 1, or 2–3 with standby." }),
      storageGi: z
        .int()
        .min(10)
        .max(16384)
        .optional()
        .meta({ description: "Disk in GiB, where it is to be more than the size brings." }),
      readReplicas: z
        .int()
        .min(0)
        .max(2)
        .default(0)
        .meta({ description: "Read replicas. The app gets their hosts as DB_REPLICA_HOSTS." }),
      maintenance: z
        .strictObject({
          day: z.enum(DAYS).default("sunday").meta({ description: "Day of the week." }),
          hour: z
            .string()
            .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "is not a time such as 03:00")
            .default("03:00")
            .meta({ description: "Start, in UTC." }),
        })
        .prefault({})
        .meta({ description: "When DigitalOcean may update it." }),
      version: version("8"),
      passwordVersion,
    })
    .meta({ description: "DigitalOcean's managed MySQL." }),
]);

/** The database of an app, as its config has it. */
export type Database = z.output<typeof databaseSchema>;
