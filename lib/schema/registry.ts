import { z } from "zod";
import { dnsLabel, group, regionSlug, secretString } from "./kinds";

/** How many repositories, and so how many apps that are built, each tier of DigitalOcean's registry holds. */
export const REPOSITORIES = { starter: 1, basic: 5, professional: Number.POSITIVE_INFINITY } as const;

/** The keys of `registry`. */
export const registrySchema = group([
  z
    .strictObject({
      kind: z.literal("digitalocean"),
      create: z.boolean().default(true).meta({
        description:
          "Whether this stack makes it. false: the account has it already, made by another stack or by hand.",
      }),
      name: dnsLabel(63)
        .optional()
        .meta({ description: "Name of the registry. Default: flask-doks-<stack>-<hash of the account>." }),
      tier: z.enum(["starter", "basic", "professional"]).default("basic").meta({
        description: "Subscription tier; starter holds the image of one app, basic of five.",
      }),
      region: regionSlug.optional().meta({
        description: "Region of the images. Default: the cluster's, where registries are on offer.",
      }),
      rotation: z.int().min(1).max(9999).default(1).meta({
        description:
          "Another number makes new credentials for push and pull, then revokes the old ones. Needed too when a push that failed is tried again more than an hour later.",
      }),
    })
    .meta({ description: "DigitalOcean's private registry." }),
  z
    .strictObject({
      kind: z.literal("external"),
      server: z
        .string()
        .regex(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/, "is not a registry such as ghcr.io/my-team")
        .meta({ description: "Host of the registry, with the folder that images go to." }),
      username: z.string().min(1).optional().meta({ description: "User, when the registry wants one." }),
      password: secretString("Password or token of that user.").optional(),
    })
    .meta({ description: "Any other registry." }),
]);
