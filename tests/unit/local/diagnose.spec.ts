import type { CoreV1Event, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { mock } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { diagnose, watchForTrouble } from "../../../local/diagnose";
import { deadUrl, kubeconfigFor, startServer, type HttpServer } from "../../support/httpServer";
import { appPod, unhealthy } from "./breaches/appPod";
import { container, ended, RUNS, waits } from "./containers";

describe("The diagnosis of namespaces", () => {
  let server: HttpServer;
  let asked: string[];
  /** What the server knows: the pods of a namespace, and the answer to each question for a log. */
  let pods: Record<string, V1Pod[]>;
  let logs: Record<string, string>;
  let events: CoreV1Event[];
  beforeEach(async () => {
    [asked, pods, logs, events] = [[], {}, {}, []];
    server = await startServer((request, response) => {
      const path = request.url ?? "";
      asked.push(path);
      const [, namespace = "", kind, log] = /^\/api\/v1\/namespaces\/([^/]+)\/(pods|events)([/?].*)?$/.exec(path) ?? [];
      const found = kind === "events" ? events : log === undefined ? pods[namespace] : logs[log];
      response.writeHead(found === undefined ? 404 : 200, {
        "content-type": typeof found === "string" ? "text/plain" : "application/json",
      });
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
  it("explains the first pods of an app by what it breaks of what an app must do, between the pod and its log", async () => {
    events = [unhealthy("Startup", "HTTP probe failed with statuscode: 404")];
    pods["shop"] = [1, 2, 3, 4].map(() => appPod("web", container(RUNS, { name: "shop", started: false })));
    logs["/shop-1/log?container=shop&previous=false&tailLines=15"] = "GET /healthz 404\n";
    const told = [
      "Pod shop/shop-1: container shop runs, but its readiness probe is not answered",
      "    health-path: GET /healthz is answered with status 404. Let the app answer it with 200, or name a path that it does in apps[].health.live. See docs/your-app.md#health-path",
      "    | GET /healthz 404",
    ];
    assert.deepStrictEqual(await diagnosed("shop"), [...told, ...told, ...told, told[0], told[2]]);
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
        // One that comes while a look goes on is passed over.
        for (let tries = 0; asked.length === before; tries += 1) {
          if (tries % 100 === 0) mock.timers.tick(4_000);
          await sleep(2);
        }
        let known: number;
        do {
          known = asked.length;
          await sleep(20);
        } while (known !== asked.length);
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
    it("tells what an app breaks after some looks, once for all its pods, though every pod goes through that", async () => {
      events = [unhealthy("Startup", "HTTP probe failed with statuscode: 404")];
      pods["blog"] = [1, 2].map((number) => {
        const each = appPod("web", container(RUNS, { name: "shop", started: false }));
        Object.assign(each.metadata ?? {}, { namespace: "blog", name: `shop-${number}` });
        return each;
      });
      await looks(3);
      assert.deepStrictEqual(told.length, 0);
      await looks(9);
      assert.deepStrictEqual(
        told.map((line) => line.slice(0, 40)),
        ["! Pod blog/shop-1: container shop runs, ", "    health-path: GET /healthz is answere"],
      );
    });
    it("tells what an app breaks under a trouble that lasts", async () => {
      const crashed = container(waits("CrashLoopBackOff"), { name: "shop", lastState: ended(137, "OOMKilled") });
      pods["blog"] = [appPod("web", crashed)];
      await looks(4);
      assert.deepStrictEqual(
        told.map((line) => line.slice(0, 40)),
        ["! Pod blog/shop-1: container shop was ki", "    killed-for-memory: it used more than"],
      );
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
