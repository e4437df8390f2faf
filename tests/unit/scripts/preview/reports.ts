/** Reports of previews as the dev and the prod stack would give them. */
import type { ChangedProperty, PlannedChange, PreviewReport } from "../../../../scripts/preview/previewReport";

export const COMMIT = "3f2a9c1d5b7e8f60112233445566778899aabbcc";
export const RUN_URL = "https://github.com/ada/shop/actions/runs/42";

/** A change; what it is called stands in one text, such as `Deployment blog-deployment`. */
export function change(
  op: PlannedChange["op"],
  called: string,
  properties: (Omit<ChangedProperty, "kind"> & { kind?: ChangedProperty["kind"] })[] = [],
): PlannedChange {
  const [type = "", name = ""] = called.split(" ");
  return { op, type, name, properties: properties.map((property) => ({ kind: "update", ...property })) };
}

/** The report of a stack with nothing to do. */
export const report = (changes: Partial<PreviewReport> = {}): PreviewReport => ({
  kind: "preview",
  stack: "dev",
  commit: COMMIT,
  fromNothing: false,
  changes: [],
  unchanged: 46,
  policy: { rules: 31, violations: [] },
  cost: { before: { min: 44.5, max: 44.5 }, after: { min: 44.5, max: 44.5 } },
  warnings: [],
  ...changes,
});
