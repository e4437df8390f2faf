import { mebibytes } from "../quantity";
import { dataMebibytes } from "../redisSettings";
import type { Finding } from "./finding";
import type { Stack } from "./stack";

/** Less than that is taken by the server itself, its connections and its replicas. */
const LEAST_REDIS_MI = 32;

/** The log of writes may be so many times as large as the data while it is written anew. */
const LOG_TO_DATA = 4;

/** Rules on caches that span several keys. */
export function cacheFindings({ apps }: Stack): Finding[] {
  return apps.flatMap(({ cache }, index) => {
    if (cache.kind === "none") return [];
    const key = `apps[${index}].cache`;
    const { memory } = cache.resources.limits;
    if (mebibytes(memory) < LEAST_REDIS_MI) {
      const message = `is below ${LEAST_REDIS_MI}Mi, the least that Redis is of use with`;
      return [{ key: `${key}.resources.limits.memory`, message }];
    }
    const needed = Math.ceil((LOG_TO_DATA * dataMebibytes(memory)) / 1024);
    if (cache.persistence.kind === "volume" && cache.persistence.storageGi < needed) {
      const message = `is below ${needed}, which the log of writes may take with ${memory} of memory`;
      return [{ key: `${key}.persistence.storageGi`, message }];
    }
    return [];
  });
}
