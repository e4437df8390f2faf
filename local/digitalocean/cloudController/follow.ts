/** Watching a kind of object of a cluster. */
import {
  makeInformer,
  type Informer,
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  type ObjectCache,
} from "@kubernetes/client-node";

const RESTART_MS = 1000;

export interface Following {
  stop(): Promise<void>;
}

/**
 * Calls `changed` for every object that there is, and for each that comes, changes or goes.
 *
 * @param path Of the kind in the cluster's API, such as `/api/v1/services`.
 */
export async function follow<T extends KubernetesObject>(
  config: KubeConfig,
  path: string,
  list: () => Promise<KubernetesListObject<T>>,
  changed: (object: T) => void,
): Promise<Following> {
  const informer: Informer<T> & ObjectCache<T> = makeInformer<T>(config, path, list);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const restart = (): void => {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(() => {
      informer.start().catch(restart);
    }, RESTART_MS);
  };
  informer.on("change", changed);
  informer.on("error", restart);
  await informer.start();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await informer.stop();
    },
  };
}
