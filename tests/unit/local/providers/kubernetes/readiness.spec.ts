import { deepStrictEqual, strictEqual } from "node:assert";
import type { KubernetesObject } from "../../../../../local/providers/kubernetes/client";
import { judge, podReasons } from "../../../../../local/providers/kubernetes/readiness";

const object = (
  apiVersion: string,
  kind: string,
  rest: Record<string, unknown>,
  annotations = {},
): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: "x", generation: 2, annotations },
  ...rest,
});
const deployment = (status: object) => object("apps/v1", "Deployment", { spec: { replicas: 2 }, status });
const full = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };

describe("An object is ready", () => {
  it("when a Deployment's new pods are available and the old ones gone", () => {
    deepStrictEqual(judge(deployment(full)), { state: "ready" });
    deepStrictEqual(judge(deployment({ ...full, replicas: 3 })), {
      state: "waiting",
      reason: "1 old pods are still there",
    });
    deepStrictEqual(judge(deployment({ ...full, availableReplicas: 1 })), {
      state: "waiting",
      reason: "1 of 2 pods are ready",
    });
  });
  it("not by a status that is older than the change", () => {
    strictEqual(judge(deployment({ ...full, observedGeneration: 1 })).state, "waiting");
    strictEqual(judge(deployment({})).state, "waiting");
  });
  it("never, when a Deployment's deadline is over", () => {
    const conditions = [
      { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "too late" },
    ];
    deepStrictEqual(judge(deployment({ ...full, availableReplicas: 0, conditions })), {
      state: "failed",
      reason: "ProgressDeadlineExceeded: too late",
    });
  });
  it("when a StatefulSet has rolled to its last revision", () => {
    const set = (status: object, spec: object = { replicas: 2 }) => object("apps/v1", "StatefulSet", { spec, status });
    const status = { observedGeneration: 2, readyReplicas: 2, replicas: 2, updatedReplicas: 1 };
    strictEqual(judge(set({ ...status, currentRevision: "a", updateRevision: "b" })).state, "waiting");
    strictEqual(judge(set({ ...status, currentRevision: "b", updateRevision: "b" })).state, "ready");
    strictEqual(judge(set({ ...status, readyReplicas: 1 })).state, "waiting");
    const partition = { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } };
    strictEqual(judge(set({ ...status, currentRevision: "a", updateRevision: "b" }, partition)).state, "ready");
  });
  it("when a Job is complete, and fails with the Job", () => {
    const job = (conditions: object[]) => object("batch/v1", "Job", { status: { conditions, failed: 1 } });
    strictEqual(judge(job([])).state, "waiting");
    strictEqual(judge(job([{ type: "Complete", status: "True" }])).state, "ready");
    deepStrictEqual(judge(job([{ type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "m" }])), {
      state: "failed",
      reason: "BackoffLimitExceeded: m",
    });
  });
  it("when a Service has an endpoint, unless it selects nothing or is headless", () => {
    const service = (spec: object, status = {}) => object("v1", "Service", { spec, status });
    const selector = { app: "x" };
    strictEqual(judge(service({ selector }), { readyEndpoints: 0 }).state, "waiting");
    strictEqual(judge(service({ selector }), { readyEndpoints: 1 }).state, "ready");
    strictEqual(judge(service({ selector, clusterIP: "None" })).state, "ready");
    strictEqual(judge(service({})).state, "ready");
    strictEqual(judge(service({ type: "ExternalName" })).state, "ready");
    strictEqual(judge(service({ type: "LoadBalancer", selector }), { readyEndpoints: 1 }).state, "waiting");
    const status = { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } };
    strictEqual(judge(service({ type: "LoadBalancer", selector }, status), { readyEndpoints: 1 }).state, "ready");
  });
  it("when a claim is bound, or waits for its first pod", () => {
    const claim = object("v1", "PersistentVolumeClaim", { status: { phase: "Pending" } });
    strictEqual(judge(claim).state, "waiting");
    strictEqual(judge(claim, { waitsForConsumer: true }).state, "ready");
  });
  it("at once, when nothing is known about its kind or it says not to be waited for", () => {
    strictEqual(judge(object("autoscaling/v2", "HorizontalPodAutoscaler", {})).state, "ready");
    strictEqual(judge(object("apps/v1", "Deployment", {}, { "pulumi.com/skipAwait": "true" })).state, "ready");
  });
  it("when the condition or the value that it names is there", () => {
    const issuer = (expression: string, status: object) =>
      judge(object("cert-manager.io/v1", "ClusterIssuer", { status }, { "pulumi.com/waitFor": expression })).state;
    const conditions = [{ type: "Ready", status: "True" }];
    strictEqual(issuer("condition=Ready", {}), "waiting");
    strictEqual(issuer("condition=Ready", { conditions }), "ready");
    strictEqual(
      issuer('["condition=Ready", "jsonpath={.status.phase}=Bound"]', { conditions, phase: "New" }),
      "waiting",
    );
    strictEqual(issuer("jsonpath={.status.phase}=Bound", { phase: "Bound" }), "ready");
  });
});

describe("A pod's reasons", () => {
  it("name the container that cannot start and the code of the one that ended", () => {
    const containerStatuses = [
      { name: "web", state: { waiting: { reason: "ImagePullBackOff", message: "no such image" } } },
      {
        name: "side",
        state: { waiting: { reason: "CrashLoopBackOff" } },
        lastState: { terminated: { exitCode: 3, reason: "Error" } },
      },
    ];
    deepStrictEqual(podReasons(object("v1", "Pod", { status: { containerStatuses } })), [
      "container web: ImagePullBackOff: no such image",
      "container side: CrashLoopBackOff",
      "container side ended with code 3 (Error)",
    ]);
  });
});
