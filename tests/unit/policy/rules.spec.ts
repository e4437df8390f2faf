import assert from "node:assert/strict";
import { RULES } from "../../../policy/check";
import { onData, onDigitalOcean, onReleases } from "./dataCases";
import { ofContainers, ofImages, ofPods } from "./podCases";
import { onNamespaces, onServices } from "./serviceCases";
import { holds, type SingleRule } from "./singleRules";
import { onStacks } from "./stackCases";

const TABLES: Record<string, SingleRule[]> = {
  "rules on the images of pods": ofImages,
  "rules on containers": ofContainers,
  "rules on pods and Jobs": ofPods,
  "rules on Services and Ingresses": onServices,
  "rules on namespaces and rights": onNamespaces,
  "rules on data and secrets": onData,
  "rules on charts": onReleases,
  "rules on what DigitalOcean keeps": onDigitalOcean,
  "rules on resources beside others": onStacks,
};

for (const [title, rows] of Object.entries(TABLES)) {
  describe(title, () => {
    holds(rows);
  });
}

describe("the tables of the rules", () => {
  /** About what there is, whatever its inputs: dataRules.spec.ts has it. */
  const WITHOUT_INPUTS = ["no-bare-pod"];

  it("have for each rule an input as it should be, as it should not be, and missing", () => {
    // A row has the first and the last of themselves.
    const violated = Object.values(TABLES).flatMap((rows) =>
      rows.filter(({ wrong }) => wrong.length > 0).map(({ rule }) => rule),
    );
    assert.deepStrictEqual(
      RULES.map(({ name }) => name).filter((name) => !violated.includes(name)),
      WITHOUT_INPUTS,
    );
  });
});
