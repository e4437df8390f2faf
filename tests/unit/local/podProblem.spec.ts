import type { V1ContainerStatus, V1Pod, V1PodStatus } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { podProblem } from "../../../local/diagnose";
import { container, ended, RUNS, waits } from "./containers";

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
