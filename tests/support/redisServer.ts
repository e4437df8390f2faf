/** The primary of an app's Redis on the suite's node, past the app: what is in it, and what befalls it. */
import { kubectl } from "../../local/node/kubectl";
import type { NodeSettings } from "../../local/node/settings";
import { type Cluster, eventually } from "./cluster";
import { killInPod } from "./processes";

const POD = "redis-primary-0";
/** With the password from the file that the server has: it stands in no argument. */
const CLIENT = ["sh", "-c", 'REDISCLI_AUTH="$(cat /run/secrets/redis/password)" exec redis-cli "$@"', "redis-cli"];

export class RedisServer {
  constructor(
    private readonly node: NodeSettings,
    private readonly cluster: Cluster,
    private readonly namespace: string,
  ) {}

  /** Runs one command as the app's user, within the pod, and gives what it answers. */
  async ask(...command: string[]): Promise<string> {
    const exec = ["-n", this.namespace, "exec", POD, "-c", "redis", "--"];
    return (await kubectl(this.node, [...exec, ...CLIENT, ...command])).trim();
  }

  /** Kills the server as a power cut would, and with `pod` has its pod made anew; returns when it is ready again. */
  async kill({ pod }: { pod: boolean }): Promise<void> {
    const [before] = await this.cluster.pods("cache", this.namespace);
    const uid = before?.metadata?.uid ?? "";
    const restarts = before?.status?.containerStatuses?.[0]?.restartCount ?? 0;
    killInPod(uid, /^redis-server$/);
    if (pod) await this.cluster.core.deleteNamespacedPod({ name: POD, namespace: this.namespace });
    await eventually(
      "a primary that is ready again",
      120,
      () => this.cluster.pods("cache", this.namespace),
      ([found]) => {
        const [container] = found?.status?.containerStatuses ?? [];
        const anew = pod ? found?.metadata?.uid !== uid : (container?.restartCount ?? 0) > restarts;
        return anew && container?.ready === true;
      },
    );
  }
}
