import type { V1Pod } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { deploy } from "../../../local/deployment";
import { OperationFailed, type OpenStack } from "../../../local/engine/stack";
import { UserError } from "../../../local/steps";
import { kubeconfigFor, startServer, type HttpServer } from "../../support/httpServer";
import { appPod, container, unhealthy } from "./breaches/appPod";

describe("A deployment that fails", () => {
  let server: HttpServer;
  let pods: V1Pod[];
  before(async () => {
    server = await startServer((request, response) => {
      const [path = ""] = (request.url ?? "").split("?");
      const isLog = path.endsWith("/log");
      const items = path.endsWith("/events")
        ? [unhealthy("Readiness", "HTTP probe failed with statuscode: 404")]
        : pods;
      response.writeHead(200, { "content-type": isLog ? "text/plain" : "application/json" });
      response.end(isLog ? "401 Unauthorized\n" : JSON.stringify({ items }));
    });
  });
  after(() => server.stop());

  const failing = async (error: Error) => {
    const settle = () => Promise.reject(new Error("the account cannot be asked"));
    const stack = { up: () => Promise.reject(error), settle } as unknown as OpenStack;
    const step = async <T>(_title: string, work: () => Promise<T> | T) => work();
    const args = { stack, kubeconfig: kubeconfigFor(server.url), namespaces: ["shop"] };
    return deploy(args, { step, note: () => undefined }).then(
      () => assert.fail("it did not fail"),
      (reason: unknown) => reason as Error,
    );
  };

  it("is told in sentences: the engine's, what each pod breaks, its log; no hint comes from what an app says", async () => {
    pods = [appPod("web", container({ running: {} }, { started: true }))];
    const timedOut = new OperationFailed('The up of "local" failed: timed out waiting to be Ready', [], []);
    const error = await failing(timedOut);
    assert.ok(error instanceof UserError);
    assert.deepStrictEqual(error.message.split("\n"), [
      'The up of "local" failed: timed out waiting to be Ready',
      "Pod shop/shop-1: container shop runs, but its readiness probe is not answered",
      "    health-path: GET /readyz is answered with status 404. Let the app answer it with 200, or name a path that it does in apps[].health.ready. See docs/your-app.md#health-path",
      "    | 401 Unauthorized",
    ]);
  });
  it("is told with what to do about causes that the engine or Kubernetes names", async () => {
    const conditions = [{ type: "PodScheduled", status: "False", message: "1 Insufficient cpu." }];
    pods = [{ metadata: { name: "shop-1" }, status: { phase: "Pending", conditions } }];
    const { message } = await failing(new OperationFailed("exec format error", [], []));
    assert.deepStrictEqual(message.split("\n"), [
      "exec format error",
      "Pod shop/shop-1: no node has room for it: 1 Insufficient cpu.",
      "The image is for another platform than the nodes: set build.platform.",
      "The nodes have no room left: lower apps[].resources.requests or apps[].replicas, or add nodes.",
    ]);
  });
  it("is left as it is where it is a defect, and not the engine's word", async () => {
    pods = [];
    const defect = new TypeError("undefined is not a function");
    assert.deepStrictEqual(await failing(defect), defect);
  });
});
