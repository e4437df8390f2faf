import { z } from "zod";
import { cronSchedule, group, memoryQuantity, regionSlug, secretString } from "./kinds";

const kept = (most: number, fallback: number, description: string) =>
  z.int().min(0).max(most).default(fallback).meta({ description });

/** What all backups have in common, wherever they go. */
const common = {
  encryptionKey: secretString(
    "Without it no backup can be read: keep it in a safe place as well. Backups are encrypted before they leave.",
  ),
  schedule: cronSchedule
    .default("17 2 * * *")
    .meta({ description: "When backups are made, as cron writes it, in UTC." }),
  restoreTest: cronSchedule.default("41 3 * * 0").meta({
    description: "When the newest backup is restored into a scratch database, to prove that it can be, in UTC.",
  }),
  keep: z
    .strictObject({
      hourly: kept(720, 0, "One an hour."),
      daily: kept(365, 7, "One a day."),
      weekly: kept(520, 4, "One a week."),
      monthly: kept(120, 0, "One a month."),
    })
    .prefault({})
    .meta({ description: "How many of the scheduled ones are kept; the newest one always is." }),
  maxAgeHours: z.int().min(1).max(8784).default(36).meta({
    description: "A newest backup that is older than this is told as a fault, by `npm run status` and by a metric.",
  }),
  deadlineSeconds: z.int().min(60).max(86400).default(3600).meta({ description: "How long one may take." }),
  memory: memoryQuantity.default("512Mi").meta({ description: "Memory that one may take." }),
};

/** Backups of the databases of a stack. */
export const backupSchema = group([
  z.strictObject({ kind: z.literal("none") }).meta({ description: "No backups." }),
  z
    .strictObject({
      kind: z.literal("spaces"),
      region: regionSlug.optional().meta({ description: "Region of the Space. Default: the cluster's." }),
      bucket: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, "is not the name of a Space")
        .meta({
          description: "Name of a Space that is there. The stack makes itself a key that opens this one only.",
        }),
      ...common,
    })
    .meta({ description: "A Space of DigitalOcean's." }),
  z
    .strictObject({
      kind: z.literal("s3"),
      endpoint: z
        .string()
        .regex(/^https?:\/\/[a-z0-9.-]+(:\d+)?$/, "is not an address such as https://s3.eu-central-1.example.com")
        .meta({ description: "Address of the S3 server, without the bucket." }),
      region: z.string().min(1).default("us-east-1").meta({ description: "Region, as that server calls it." }),
      bucket: z
        .string()
        .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "is not the name of a bucket")
        .meta({ description: "Name of a bucket that is there." }),
      accessKeyId: z.string().min(1).meta({ description: "The key pair's public half." }),
      secretAccessKey: secretString("The key pair's secret half."),
      serverCa: z
        .string()
        .startsWith("-----BEGIN CERTIFICATE-----", "is not a certificate in PEM")
        .optional()
        .meta({ description: "Certificate of the authority that the server is to be trusted by, in PEM." }),
      ...common,
    })
    .meta({ description: "Any other S3 server." }),
  z
    .strictObject({
      kind: z.literal("volume"),
      storageGi: z.int().min(1).max(16384).default(20).meta({ description: "Size of the volume in GiB." }),
      storageClass: z.string().min(1).optional().meta({ description: "StorageClass of it. Default: the cluster's." }),
      ...common,
    })
    .meta({ description: "A volume beside the database's: against mistakes, not against the loss of the cluster." }),
]);

/** Where backups go; `none` left out. */
export type Backup = Exclude<z.output<typeof backupSchema>, { kind: "none" }>;
