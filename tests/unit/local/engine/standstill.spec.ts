import type { EngineEvent } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Standstill } from "../../../../local/engine/standstill";

const QUIET_MS = 40;

const step = (urn: string, custom = true) => ({ metadata: { urn, new: { custom } } });
const began = (urn: string, custom?: boolean) => ({ resourcePreEvent: step(urn, custom) });
const ended = (urn: string) => ({ resOutputsEvent: step(urn) });
const failed = (urn: string) => ({ resOpFailedEvent: step(urn) });
const says = (severity: string) => ({ diagnosticEvent: { severity, message: "boom" } });

/** How often it is found that nothing goes on, after these events and some time. */
async function found(...events: object[]): Promise<number> {
  let times = 0;
  const standstill = new Standstill(() => times++, QUIET_MS);
  for (const event of events) standstill.onEvent(event as EngineEvent);
  await sleep(3 * QUIET_MS);
  standstill.stop();
  return times;
}

describe("an operation that will not end by itself", () => {
  it("is found once, when it has failed and nothing goes on", async () => {
    assert.deepStrictEqual(await found(began("a"), ended("a"), says("error")), 1);
    assert.deepStrictEqual(await found(began("a"), says("error"), failed("a")), 1);
  });

  it("is none that has not failed, however long nothing is heard of it", async () => {
    assert.deepStrictEqual(await found(began("a"), ended("a"), says("warning"), says("info")), 0);
  });

  it("is none in which something is being done still", async () => {
    assert.deepStrictEqual(await found(began("a"), began("b"), says("error"), failed("a")), 0);
  });

  it("does not wait for components, which end with the program", async () => {
    assert.deepStrictEqual(await found(began("component", false), says("error")), 1);
  });

  it("is none that has ended, or of which there is news", async () => {
    let times = 0;
    const standstill = new Standstill(() => times++, QUIET_MS);
    standstill.onEvent(says("error") as EngineEvent);
    await sleep(QUIET_MS / 2);
    standstill.onEvent(began("a") as unknown as EngineEvent);
    await sleep(2 * QUIET_MS);
    standstill.onEvent(failed("a") as unknown as EngineEvent);
    standstill.stop();
    await sleep(2 * QUIET_MS);
    assert.deepStrictEqual(times, 0);
  });
});
