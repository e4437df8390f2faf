import { z } from "zod";
import { hostName } from "./kinds";

/** What review apps get that share this stack's cluster. */
export const reviewSchema = z
  .strictObject({
    domain: hostName.optional().meta({
      description: "What their hosts end in: 7.<it> for pull request 7. Default: review. and the stack's domain.",
    }),
    maxAgeDays: z.int().min(1).max(90).default(7).meta({
      description: "Days after its last deployment at which one is taken down, merged or not.",
    }),
  })
  .prefault({});

/** What review apps get, defaults filled in. */
export type Review = z.output<typeof reviewSchema>;
