import type { CoreV1Event, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { labels } from "../../../../lib/labels";
import { BreachReader } from "../../../../local/breaches/reader";
import { deadUrl, kubeconfigFor } from "../../../support/httpServer";
import { appPod, container, procNetTcp, unhealthy } from "./appPod";
import { answerExec, refuse, type Outcome } from "./execServer";

const REFUSED = 'Get "http://10.244.0.7:8000/healthz": dial tcp 10.244.0.7:8000: connect: connection refused';
const LOCALHOST = procNetTcp("0100007F:1388");
const OPEN = procNetTcp("00000000:1F40");

const since = (seconds: number) => ({ running: { startedAt: new Date(Date.now() - seconds * 1000) } });
const starting = (seconds = 20): V1Pod => appPod("web", container(since(seconds), { started: false }));

describe("The breach of a pod", () => {
  let server: Server;
  let asked: string[];
  let events: CoreV1Event[];
  let logs: Record<string, string>;
  /** What a command does in the container, by its first word; undefined where it may not be run. */
  let commands: Record<string, Outcome | undefined>;
  beforeEach(async () => {
    [asked, events, logs, commands] = [[], [], {}, {}];
    server = createServer((request, response) => {
      const url = new URL(request.url ?? "", "http://api.test");
      asked.push(`${url.pathname.split("/").at(-1) ?? ""} ${url.searchParams.toString()}`);
      const log = logs[`${url.searchParams.get("container") ?? ""} ${url.searchParams.get("previous") ?? ""}`] ?? "";
      const isLog = url.pathname.endsWith("/log");
      response.writeHead(200, { "content-type": isLog ? "text/plain" : "application/json" });
      response.end(isLog ? log : JSON.stringify({ kind: "EventList", items: events }));
    });
    server.on("upgrade", (request, socket) => {
      const { searchParams } = new URL(request.url ?? "", "http://api.test");
      const command = searchParams.getAll("command");
      asked.push(
        `exec ${searchParams.get("container") ?? ""} ${command[0] ?? ""} ${command.slice(3).join(" ")}`.trim(),
      );
      const outcome = commands[command.length > 3 && command[0] === "python3" ? "ask" : (command[0] ?? "")];
      if (outcome === undefined) refuse(socket, "403 Forbidden");
      else answerExec(request, socket, outcome);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
  });
  afterEach(async () => {
    const closed = once(server.close(), "close");
    server.closeAllConnections();
    await closed;
  });

  const reader = (seconds?: number) =>
    new BreachReader(kubeconfigFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), seconds);
  const execs = () => asked.filter((each) => each.startsWith("exec"));

  it("is told by where the app listens, as seen from within its container", async () => {
    events = [unhealthy("Startup", REFUSED)];
    commands = { cat: { out: LOCALHOST } };
    assert.deepStrictEqual(await reader().breachOf(starting()), {
      name: "listens-on-localhost",
      text: "it listens on 127.0.0.1:5000 only, where no request from outside reaches it. Let it listen on 0.0.0.0:$PORT, which is 8000.",
    });
    assert.deepStrictEqual(asked, [
      "log container=shop&previous=false&tailLines=60",
      "log container=shop&previous=false&tailLines=60",
      "events fieldSelector=involvedObject.name%3Dshop-1&limit=100",
      "exec shop cat",
    ]);
  });
  it("is told where the image has no cat, and where only one of the kernel's files is there", async () => {
    commands = { cat: { exitCode: 127 }, python3: { out: LOCALHOST } };
    assert.deepStrictEqual((await reader().breachOf(starting()))?.name, "listens-on-localhost");
    assert.deepStrictEqual(execs(), ["exec shop cat", "exec shop python3"]);
    commands = { cat: { out: LOCALHOST, exitCode: 1 } };
    assert.deepStrictEqual((await reader().breachOf(starting()))?.name, "listens-on-localhost");
  });
  it("is told as far as the kubelet knows it where commands may not be run, or the connection is lost", async () => {
    events = [unhealthy("Startup", REFUSED)];
    const forbidden = await reader().breachOf(starting(31));
    commands = { cat: { then: "is lost" }, python3: { then: "is lost" } };
    const lost = await reader().breachOf(starting(31));
    assert.deepStrictEqual(
      [forbidden?.name, forbidden?.text.slice(0, 30)],
      ["wrong-port", "nothing answers at port 8000: "],
    );
    assert.deepStrictEqual(lost, forbidden);
  });
  it("is told in time where a command hangs", async () => {
    events = [unhealthy("Startup", REFUSED)];
    commands = { cat: { then: "hangs" }, python3: { out: LOCALHOST } };
    assert.deepStrictEqual((await reader(0.1).breachOf(starting(31)))?.name, "wrong-port");
    assert.deepStrictEqual(execs(), ["exec shop cat"]);
  });
  it("is told by what was seen when the pod ran last, while it waits to be started again", async () => {
    events = [unhealthy("Startup", REFUSED)];
    commands = { cat: { out: LOCALHOST } };
    const same = reader();
    const seen = await same.breachOf(starting());
    const waiting = appPod("web", container({ waiting: { reason: "CrashLoopBackOff" } }, { restartCount: 1 }));
    assert.deepStrictEqual(await same.breachOf(waiting), seen);
    assert.deepStrictEqual(execs(), ["exec shop cat"]);
  });
  it("is told by asking the app itself where the kubelet has told of refusals alone, or of nothing", async () => {
    commands = { cat: { out: OPEN }, ask: { out: "status 404\n" } };
    for (const known of [[unhealthy("Startup", REFUSED)], []]) {
      events = known;
      assert.deepStrictEqual(
        (await reader().breachOf(starting()))?.text.slice(0, 43),
        "GET /healthz is answered with status 404. L",
      );
    }
    assert.deepStrictEqual(execs().slice(-1), ["exec shop python3 10.244.0.7 8000 /healthz"]);
    const started: V1ContainerStatus = container(since(90), { started: true });
    assert.deepStrictEqual((await reader().breachOf(appPod("web", started)))?.text.slice(0, 11), "GET /readyz");
  });
  it("is none for an app that answers well by now", async () => {
    commands = { cat: { out: OPEN }, ask: { out: "status 200\n" } };
    assert.deepStrictEqual(await reader().breachOf(starting()), undefined);
  });
  it("is told by the kubelet's words without looking into the pod, where they say enough", async () => {
    events = [unhealthy("Startup", "HTTP probe failed with statuscode: 404")];
    assert.deepStrictEqual((await reader().breachOf(starting()))?.name, "health-path");
    assert.deepStrictEqual(execs(), []);
  });
  it("behind NGINX is told by where the server listens beside it", async () => {
    commands = { cat: { out: procNetTcp("00000000:1F40", "00000000:1388") }, ask: { out: "status 502\n" } };
    const pod = appPod("behindNginx", container(since(20)), container(since(20), { name: "nginx", ready: true }));
    assert.deepStrictEqual(
      (await reader().breachOf(pod))?.text.split(". ")[0],
      "NGINX finds no server at 127.0.0.1:8080: it listens on 0.0.0.0:5000",
    );
    assert.deepStrictEqual(execs(), ["exec shop cat", "exec shop python3 10.244.0.7 8000 /healthz"]);
  });
  it("is told by the log of the run that ended, not of the one that has just begun", async () => {
    logs = { "shop true": "KeyError: 'STRIPE_KEY'\n", "shop false": "starting\n" };
    const terminated = {
      exitCode: 1,
      startedAt: new Date(Date.now() - 9_000),
      finishedAt: new Date(Date.now() - 8_000),
    };
    const pod = appPod("web", container(since(5), { restartCount: 1, lastState: { terminated } }));
    assert.deepStrictEqual((await reader().breachOf(pod))?.name, "missing-variable");
  });
  it("is told by the log of what copies static files, while the app waits for that", async () => {
    logs = { "static-files false": "cp: cannot stat '/app/static/.': No such file or directory\n" };
    const pod = appPod("behindNginx", container({ waiting: { reason: "PodInitializing" } }));
    const failed = container({ terminated: { exitCode: 1 } }, { name: "static-files" });
    Object.assign(pod.status ?? {}, { initContainerStatuses: [failed] });
    assert.deepStrictEqual((await reader().breachOf(pod))?.name, "no-static-folder");
  });
  it("is asked of no other pods, such as the database's", async () => {
    const pod = starting();
    Object.assign(pod.metadata ?? {}, { labels: labels("shop", "database") });
    assert.deepStrictEqual([await reader().breachOf(pod), asked], [undefined, []]);
  });
  it("is none where nobody answers", async () => {
    assert.deepStrictEqual(await new BreachReader(kubeconfigFor(await deadUrl())).breachOf(starting()), undefined);
  });
});
