/** Reads from a cluster what there is to know of a pod, and tells which breach it is about. */

import { CoreV1Api, type KubeConfig, type V1Container, type V1Pod } from "@kubernetes/client-node";
import { inTime, REQUEST_SECONDS } from "../inTime";
import type { Breach } from "./breach";
import { endedBreach } from "./ended";
import { listenersIn, statusAt } from "./inside";
import { isLoopback, type Listener } from "./listeners";
import { type AppFacts, appContainer, lastEnd, partOf, spokesman, statusOf } from "./podFacts";
import { answeredWith, type Failure, isRefused, lastFailure, questionOf, refusedAt, statusIn } from "./probes";
import { unansweredBreach } from "./unanswered";

/** Lines of a log that are searched: a traceback is longer than what is shown of it. */
const LOG_LINES = 60;

export class BreachReader {
  /** Where pods listened when they ran last, by their names: one that waits to be started again cannot be asked. */
  readonly #seen = new Map<string, Listener[]>();

  /** @param seconds How long a look into a container may take. */
  constructor(
    private readonly kubeconfig: KubeConfig,
    private readonly seconds = REQUEST_SECONDS,
  ) {}

  /** The breach that keeps a pod from being ready; nothing where none explains it, or the pod does not run the app. */
  async breachOf(pod: V1Pod): Promise<Breach | undefined> {
    const { name, namespace } = pod.metadata ?? {};
    const app = appContainer(pod);
    if (app === undefined || name === undefined || namespace === undefined) return undefined;
    const api = this.kubeconfig.makeApiClient(CoreV1Api);
    const status = statusOf(pod, app.name);
    const now = new Date();
    const ended = lastEnd(status, now);
    const container = spokesman(pod, app.name);
    const previous = container === app.name && status?.state?.running !== undefined && ended !== undefined;
    const ask = (earlier: boolean) =>
      inTime(api.readNamespacedPodLog({ name, namespace, container, previous: earlier, tailLines: LOG_LINES }), "");
    const log = ((await ask(previous)) || (await ask(false))).trim().split("\n");
    const facts = { pod, app, status, ended, log, failure: undefined, listeners: undefined, now };
    const breach = endedBreach(facts);
    if (breach !== undefined || partOf(pod) !== "web") return breach;
    const ofPod = { namespace, fieldSelector: `involvedObject.name=${name}`, limit: 100 };
    const { items: events } = await inTime(api.listNamespacedEvent(ofPod), { items: [] });
    const failure = lastFailure(events, app.name, status?.started === true);
    return unansweredBreach({ ...facts, ...(await this.#look(pod, app, failure)) });
  }

  /**
   * Looks for itself where the kubelet has said nothing, or no more than that nobody answers: it tells of 25 failures of a
   * pod, and a start that takes half a minute uses them up.
   */
  async #look(
    pod: V1Pod,
    app: V1Container,
    told: Failure | undefined,
  ): Promise<Pick<AppFacts, "failure" | "listeners">> {
    const isPlain = told !== undefined && !isRefused(told.said) && statusIn(told.said) !== 502;
    if (isPlain) return { failure: told, listeners: undefined };
    const { name = "", namespace = "" } = pod.metadata ?? {};
    const status = statusOf(pod, app.name);
    const place = { namespace, pod: name, container: app.name, seconds: this.seconds };
    const key = `${namespace}/${name}`;
    if (status?.state?.running === undefined) return { failure: told, listeners: this.#seen.get(key) };
    const listeners = await listenersIn(this.kubeconfig, place);
    const kind = status.started === true ? "Readiness" : "Startup";
    const { port, path } = questionOf(app, kind);
    if (listeners === undefined || port === undefined) return { failure: told, listeners };
    this.#seen.set(key, listeners);
    const isOpen = listeners.some((each) => each.port === port && !isLoopback(each));
    if (!isOpen) return { failure: { kind, said: refusedAt(port) }, listeners };
    const code = await statusAt(this.kubeconfig, place, { address: pod.status?.podIP ?? "127.0.0.1", port, path });
    const said = code === undefined ? undefined : answeredWith(code);
    return { failure: said === undefined ? told : { kind, said }, listeners };
  }
}
