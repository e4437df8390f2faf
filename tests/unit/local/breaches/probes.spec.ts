import type { CoreV1Event } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { lastFailure } from "../../../../local/breaches/probes";
import { ago, unhealthy } from "./appPod";

const REFUSED = 'Get "http://10.244.0.7:8000/healthz": dial tcp 10.244.0.7:8000: connect: connection refused';
const NOT_FOUND = "HTTP probe failed with statuscode: 404";

describe("The probe that failed last", () => {
  it("is the newest of which the kubelet tells, in its words", () => {
    assert.deepStrictEqual(
      lastFailure([unhealthy("Startup", REFUSED, 9), unhealthy("Startup", NOT_FOUND, 2)], "shop", false),
      { kind: "Startup", said: NOT_FOUND },
    );
  });
  it("is found where the kubelet has put several into one event", () => {
    const event = unhealthy("Startup", REFUSED);
    event.message = `(combined from similar events): ${event.message ?? ""}`;
    assert.deepStrictEqual(lastFailure([event], "shop", false)?.said, REFUSED);
  });
  it("is not one of the start, once that is over", () => {
    const events = [unhealthy("Readiness", NOT_FOUND, 9), unhealthy("Startup", REFUSED, 2)];
    assert.deepStrictEqual(
      [lastFailure(events, "shop", true)?.kind, lastFailure(events.slice(1), "shop", true)],
      ["Readiness", undefined],
    );
  });
  it("is not one of another container, nor another event", () => {
    const backOff = unhealthy("", "");
    Object.assign(backOff, { reason: "BackOff", message: "Back-off restarting failed container" });
    const events = [unhealthy("Readiness", NOT_FOUND, 1, "nginx"), backOff];
    assert.deepStrictEqual(lastFailure(events, "shop", false), undefined);
  });
  it("is the newest by whichever time an event has", () => {
    const seen = (times: Partial<CoreV1Event>) => {
      const event = unhealthy("Startup", NOT_FOUND);
      delete event.lastTimestamp;
      return lastFailure([unhealthy("Startup", REFUSED, 60), Object.assign(event, times)], "shop", false)?.said;
    };
    assert.deepStrictEqual(
      [
        seen({ series: { count: 2, lastObservedTime: ago(5) } }),
        seen({ eventTime: ago(5) }),
        seen({ metadata: { creationTimestamp: ago(5) } }),
        seen({}),
      ],
      [NOT_FOUND, NOT_FOUND, NOT_FOUND, REFUSED],
    );
  });
});
