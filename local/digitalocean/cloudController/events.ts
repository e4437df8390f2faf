/** Events on an object, as controllers leave them for people to read. */
import type { CoreV1Api, KubernetesObject } from "@kubernetes/client-node";

export class Events {
  readonly #last = new Map<string, string>();

  constructor(
    private readonly core: CoreV1Api,
    /** Who says it. */
    private readonly component: string,
  ) {}

  /** The same words about the same object are not said twice in a row. What cannot be written is not worth a failure. */
  async record(object: KubernetesObject, type: "Normal" | "Warning", reason: string, message: string): Promise<void> {
    const { uid = "", name = "", namespace = "default", resourceVersion } = object.metadata ?? {};
    const words = `${reason} ${message}`;
    if (this.#last.get(uid) === words) return;
    this.#last.set(uid, words);
    const now = new Date();
    await this.core
      .createNamespacedEvent({
        namespace,
        body: {
          metadata: { generateName: `${name}.`, namespace },
          involvedObject: {
            apiVersion: object.apiVersion ?? "v1",
            kind: object.kind ?? "",
            name,
            namespace,
            uid,
            resourceVersion,
          },
          type,
          reason,
          message: message.slice(0, 1024),
          source: { component: this.component },
          firstTimestamp: now,
          lastTimestamp: now,
          count: 1,
        },
      })
      .catch(() => undefined);
  }
}
