import type { V1ContainerState, V1ContainerStatus, V1Pod, V1PodStatus } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { mock } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { diagnose, podProblem, watchForTrouble } from "../../../local/diagnose";
import { deadUrl, kubeconfigFor, startServer, type HttpServer } from "../../support/httpServer";

const container = (
  state: V1ContainerState,
  { ready = false, name = "web", ...more }: Partial<V1ContainerStatus> = {},
): V1ContainerStatus => ({ name, ready, state, image: "i", imageID: "", restartCount: 0, ...more });
const ended = (exitCode: number, reason = "Error"): V1ContainerState => ({ terminated: { exitCode, reason } });
const waits = (reason: string, message?: string): V1ContainerState => ({
  waiting: { reason, ...(message !== undefined && { message }) },
});
const RUNS: V1ContainerState = { running: {} };
const condition = (type: string, status: string, more: { reason?: string; message?: string } = {}) => ({
  conditions: [{ type, status, ...more }],
});
const problem = (status: V1PodStatus, metadata: V1Pod["metadata"] = {}) => podProblem({ metadata, status });
const ofContainer = (...containerStatuses: V1ContainerStatus[]) => problem({ phase: "Running", containerStatuses });

describe("The problem of a pod", () => {
  it("is that no node takes it, in the scheduler's words", () => {
    const unscheduled = (more: { reason?: string; message?: string }) =>
      problem({ phase: "Pending", ...condition("PodScheduled", "False", more) });
    assert.deepStrictEqual(
      [unscheduled({ reason: "Unschedulable", message: "1 Insufficient cpu." }), unscheduled({ reason: "Gated" })],
      [{ text: "no node has room for it: 1 Insufficient cpu." }, { text: "no node has room for it: Gated" }],
    );
  });
  it("is a container that ended, with its log", () => {
    assert.deepStrictEqual(ofContainer(container(ended(2))), {
      text: "container web ended (exit code 2)",
      container: "web",
      previous: false,
    });
  });
  it("is a container that ends again and again, with the log of the run before", () => {
    const crashed = { text: "container web ended (exit code 1)", container: "web", previous: true };
    assert.deepStrictEqual(
      [
        ofContainer(container(waits("CrashLoopBackOff", "back-off 10s"), { lastState: ended(1) })),
        ofContainer(container(RUNS, { lastState: ended(1) })),
      ],
      [crashed, crashed],
    );
  });
  it("is a container that should run and ends well again and again", () => {
    assert.deepStrictEqual(
      ofContainer(container(waits("CrashLoopBackOff"), { lastState: ended(0, "Completed") }))?.text,
      "container web ended (exit code 0)",
    );
  });
  it("is a container that was killed for its memory, now or before its present run", () => {
    const text = "container web was killed: it used more memory than its limit (exit code 137)";
    assert.deepStrictEqual(
      [
        ofContainer(container(ended(137, "OOMKilled"))),
        ofContainer(container(waits("CrashLoopBackOff"), { lastState: ended(137, "OOMKilled") })),
      ],
      [
        { text, container: "web", previous: false },
        { text, container: "web", previous: true },
      ],
    );
  });
  for (const reason of ["ErrImagePull", "ImagePullBackOff", "CreateContainerConfigError"]) {
    it(`is ${reason}, with its message and no log, for nothing has run`, () => {
      assert.deepStrictEqual(
        [ofContainer(container(waits(reason, "not found"))), ofContainer(container(waits(reason)))],
        [
          { text: `container web cannot start: ${reason}: not found` },
          { text: `container web cannot start: ${reason}` },
        ],
      );
    });
  }
  it("is an init container that ended, rather than those that wait for it", () => {
    const status = {
      phase: "Pending",
      initContainerStatuses: [
        container(ended(0, "Completed"), { name: "first", ready: true }),
        container(ended(1), { name: "second" }),
      ],
      containerStatuses: [container(waits("PodInitializing"))],
    };
    assert.deepStrictEqual(problem(status)?.container, "second");
  });
  it("is a container that runs and is not ready, with its log", () => {
    assert.deepStrictEqual(ofContainer(container(RUNS, { name: "proxy", ready: true }), container(RUNS)), {
      text: "container web runs, but its readiness probe is not answered",
      container: "web",
      passing: true,
    });
  });
  it("is the container that is not ready, even if one that is has ended before", () => {
    const recovered = container(RUNS, { name: "proxy", ready: true, lastState: ended(1) });
    assert.deepStrictEqual(ofContainer(recovered, container(RUNS))?.container, "web");
  });
  it("is that a container is not made yet, and not that it runs", () => {
    assert.deepStrictEqual(ofContainer(container(waits("ContainerCreating"))), {
      text: "container web has not started yet: ContainerCreating",
      passing: true,
    });
  });
  it("is why a pod failed as a whole", () => {
    assert.deepStrictEqual(
      [
        problem({ phase: "Failed", reason: "Evicted", message: "The node was low on memory." }),
        problem({ phase: "Failed", reason: "Evicted" }),
        problem({ phase: "Failed" }),
      ],
      [{ text: "The node was low on memory." }, { text: "Evicted" }, { text: "failed" }],
    );
  });
  it("is none for a pod that is ready, even if it was started again on the way", () => {
    const containerStatuses = [container(RUNS, { ready: true, lastState: ended(1) })];
    assert.deepStrictEqual(problem({ phase: "Running", ...condition("Ready", "True"), containerStatuses }), undefined);
    assert.deepStrictEqual(ofContainer(...containerStatuses), undefined);
    const late = { containerStatuses: [container(RUNS)] };
    assert.deepStrictEqual(problem({ phase: "Running", ...condition("Ready", "True"), ...late }), undefined);
  });
  it("is none for a pod that has done its work, or is on its way out", () => {
    const failing = { containerStatuses: [container(ended(1))] };
    assert.deepStrictEqual(
      [
        problem({ phase: "Succeeded", ...failing }),
        problem({ phase: "Running", ...failing }, { deletionTimestamp: new Date(0) }),
      ],
      [undefined, undefined],
    );
  });
  it("is none for a pod of which nothing is known yet", () => {
    assert.deepStrictEqual([podProblem({}), problem({ phase: "Pending" })], [undefined, undefined]);
  });
});

describe("The diagnosis of namespaces", () => {
  let server: HttpServer;
  let asked: string[];
  /** What the server knows: the pods of a namespace, and the answer to each question for a log. */
  let pods: Record<string, V1Pod[]>;
  let logs: Record<string, string>;
  beforeEach(async () => {
    [asked, pods, logs] = [[], {}, {}];
    server = await startServer((request, response) => {
      const path = request.url ?? "";
      asked.push(path);
      const [, namespace = "", log] = /^\/api\/v1\/namespaces\/([^/]+)\/pods(\/.*)?$/.exec(path) ?? [];
      const found = log === undefined ? pods[namespace] : logs[log];
      response.writeHead(found === undefined ? 404 : 200, { "content-type": log ? "text/plain" : "application/json" });
      response.end(typeof found === "string" ? found : JSON.stringify({ kind: "PodList", items: found ?? [] }));
    });
  });
  afterEach(() => server.stop());

  const pod = (name: string, ...containerStatuses: V1ContainerStatus[]): V1Pod => ({
    metadata: { name, namespace: "blog" },
    status: { phase: "Running", containerStatuses },
  });
  const question = (name: string, previous: boolean) => `/${name}/log?container=web&previous=${previous}&tailLines=15`;
  const diagnosed = (...namespaces: string[]) => diagnose(kubeconfigFor(server.url), namespaces);

  it("names each pod with a problem, with the end of its log under it, in the order of the namespaces", async () => {
    pods["shop"] = [pod("shop-1", container(waits("ErrImagePull")))];
    pods["blog"] = [pod("web-1", container(RUNS)), pod("web-2", container(RUNS, { ready: true }))];
    logs[question("web-1", false)] = "starting\n  no database\n";
    assert.deepStrictEqual(await diagnosed("shop", "blog"), [
      "Pod shop/shop-1: container web cannot start: ErrImagePull",
      "Pod blog/web-1: container web runs, but its readiness probe is not answered",
      "    | starting",
      "    |   no database",
    ]);
    assert.deepStrictEqual(asked, [
      "/api/v1/namespaces/shop/pods",
      "/api/v1/namespaces/blog/pods",
      `/api/v1/namespaces/blog/pods${question("web-1", false)}`,
    ]);
  });
  it("shows the log of the run that ended, not of the one that has just begun", async () => {
    pods["blog"] = [pod("web-1", container(RUNS, { lastState: ended(1) }))];
    logs[question("web-1", true)] = "Traceback\n";
    logs[question("web-1", false)] = "starting\n";
    assert.deepStrictEqual(await diagnosed("blog"), [
      "Pod blog/web-1: container web ended (exit code 1)",
      "    | Traceback",
    ]);
  });
  it("shows the present log where that of the run before is gone", async () => {
    pods["blog"] = [pod("web-1", container(RUNS, { lastState: ended(1) }))];
    logs[question("web-1", false)] = "starting\n";
    assert.deepStrictEqual((await diagnosed("blog")).slice(1), ["    | starting"]);
  });
  it("names a pod without a log alone", async () => {
    pods["blog"] = [pod("web-1", container(RUNS)), pod("web-2", container(RUNS))];
    logs[question("web-2", false)] = "\n";
    assert.deepStrictEqual(
      (await diagnosed("blog")).map((line) => line.slice(0, 15)),
      ["Pod blog/web-1:", "Pod blog/web-2:"],
    );
  });
  it("goes on after a namespace that is not there", async () => {
    pods["blog"] = [pod("web-1", container(waits("ErrImagePull")))];
    assert.deepStrictEqual((await diagnosed("gone", "blog")).length, 1);
  });
  it("has no lines where all is well", async () => {
    pods["blog"] = [pod("web-1", container(RUNS, { ready: true }))];
    assert.deepStrictEqual([await diagnosed("blog"), await diagnosed()], [[], []]);
  });
  it("has no lines where nobody answers", async () => {
    assert.deepStrictEqual(await diagnose(kubeconfigFor(await deadUrl()), ["blog"]), []);
  });

  describe("while the engine waits", () => {
    let told: string[];
    let end: () => void;
    beforeEach(() => {
      mock.timers.enable({ apis: ["setInterval"] });
      told = [];
      end = watchForTrouble(kubeconfigFor(server.url), ["blog"], (text) => told.push(text));
    });
    afterEach(() => {
      end();
      mock.timers.reset();
    });
    /** Lets time pass for this many looks, each to its end. */
    const looks = async (times: number) => {
      for (let look = 0; look < times; look += 1) {
        const before = asked.length;
        mock.timers.tick(4_000);
        while (asked.length === before) await sleep(1);
        await sleep(10);
      }
    };

    it("tells of a trouble that lasts, once, and of another one of the same pod", async () => {
      pods["blog"] = [pod("web-1", container(waits("ErrImagePull")))];
      await looks(2);
      assert.deepStrictEqual(told, []);
      await looks(2);
      assert.deepStrictEqual(told, ["! Pod blog/web-1: container web cannot start: ErrImagePull"]);
      pods["blog"] = [pod("web-1", container(RUNS, { lastState: ended(1) }))];
      await looks(4);
      assert.deepStrictEqual(told.slice(1), ["! Pod blog/web-1: container web ended (exit code 1)"]);
    });
    it("keeps silent about what every pod goes through, and about pods that are ready", async () => {
      pods["blog"] = [
        pod("web-1", container(RUNS)),
        pod("web-2", container(waits("ContainerCreating"))),
        pod("web-3", container(RUNS, { ready: true, lastState: ended(1) })),
      ];
      await looks(4);
      assert.deepStrictEqual(told, []);
    });
    it("asks no more when it is ended", async () => {
      await looks(1);
      end();
      mock.timers.tick(20_000);
      await sleep(20);
      assert.deepStrictEqual(asked, ["/api/v1/namespaces/blog/pods"]);
    });
  });
});
