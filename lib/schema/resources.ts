import { z } from "zod";
import { cpuQuantity, memoryQuantity } from "./kinds";

const quantities = z.strictObject({
  cpu: cpuQuantity.optional().meta({ description: "CPU: 250m is a quarter of a core." }),
  memory: memoryQuantity.optional().meta({ description: "Memory, such as 256Mi." }),
});

/** CPU and memory of a pod, with defaults for what is not given. */
export const resources = (defaults: { cpu: string; memory: string; memoryLimit: string }) =>
  z
    .strictObject({
      requests: quantities
        .default({})
        .meta({ description: `What the scheduler reserves. Default: ${defaults.cpu} CPU, ${defaults.memory}.` }),
      limits: quantities.default({}).meta({
        description: `Above its memory limit a pod is killed. Default: ${defaults.memoryLimit}, and no CPU limit.`,
      }),
    })
    .transform(({ requests, limits }) => ({
      requests: { cpu: requests.cpu ?? defaults.cpu, memory: requests.memory ?? defaults.memory },
      limits: {
        memory: limits.memory ?? defaults.memoryLimit,
        ...(limits.cpu === undefined ? {} : { cpu: limits.cpu }),
      },
    }));
