/** What a preview, or a look for drift, found: written as JSON by one step of a pipeline, and read by the next. */

/** One property that would change, or has changed. */
export interface ChangedProperty {
  /** Where it is, such as `spec.replicas`. */
  path: string;
  kind: "add" | "delete" | "update";
  /** As short texts, such as `2`; none for what is long or not known yet. A secret one is `[secret]`. */
  before?: string;
  after?: string;
  /** Whether this change makes the engine replace the resource. */
  replaces?: boolean;
}

/** One resource that would be made, changed, replaced or deleted. */
export interface PlannedChange {
  op: "create" | "update" | "replace" | "delete" | "import";
  /** The last part of its type, such as `Deployment`. */
  type: string;
  /** As the program calls it, such as `blog-deployment`. */
  name: string;
  /** Those of an update or a replacement. */
  properties: ChangedProperty[];
}

/** A rule of `policy/` that does not hold. */
export interface Violation {
  rule: string;
  /** `relaxed`: the stack file makes an exception, with its reason in the message. */
  level: "mandatory" | "advisory" | "relaxed";
  /** Such as `Deployment blog-deployment`; empty for the stack as a whole. */
  resource: string;
  /** What is wrong, why it matters, and how to mend it. */
  message: string;
}

/** US dollars a month, at rest and at most. */
export interface CostRange {
  min: number;
  max: number;
}

export interface PreviewReport {
  kind: "preview";
  stack: string;
  /** Id of the commit that was looked at. */
  commit: string;
  /** Why there is no preview, in sentences; the rest is then what is known all the same. */
  error?: string;
  /** Whether nothing of the stack is deployed yet, as far as the preview could see. */
  fromNothing: boolean;
  changes: PlannedChange[];
  /** How many resources stay as they are. */
  unchanged: number;
  /** How many rules were checked, and what did not hold; none when they were not checked. */
  policy?: { rules: number; violations: Violation[] };
  /** None for a stack that makes nothing at DigitalOcean, or where it is not known. */
  cost?: { before?: CostRange; after: CostRange };
  /** Sentences that the engine or the program warns with. */
  warnings: string[];
}

export interface DriftReport {
  kind: "drift";
  stack: string;
  commit: string;
  /** Why it could not be looked, in sentences. */
  error?: string;
  /** How the real resources differ from the state: `update` and `delete` are what somebody else did. */
  changes: PlannedChange[];
}
