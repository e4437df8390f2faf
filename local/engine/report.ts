/** Follows a run through the engine's events: a line for each resource that changes, its errors, and a summary. */

import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";

/** What the engine did, or in a preview would do, to one resource. */
export interface Change {
  op: OpType;
  urn: string;
  type: string;
  /** The changed properties, for an update or a replacement. */
  keys: string[];
  seconds: number;
  failed: boolean;
}

export interface Diagnostic {
  severity: "warning" | "error" | "info";
  /** Empty for what concerns the whole stack. */
  urn: string;
  message: string;
}

/** `Deployment blog-web` for `urn:pulumi:dev::p::flask-doks:app:FlaskApp$kubernetes:apps/v1:Deployment::blog-web`. */
export function shortName(urn: string): string {
  const [, , qualified = "", ...name] = urn.split("::");
  const type = qualified.split("$").at(-1) ?? "";
  return `${type.split(":").at(-1) ?? ""} ${name.join("::")}`;
}

/** The message without colours, stack traces and the words that the language runtime puts before it. */
export function sentence(message: string): string {
  const lines = message
    // eslint-disable-next-line no-control-regex -- terminal colours are control characters
    .replace(/<\{%[^%]*%\}>|\u001b\[[\d;]*m/g, "")
    .split("\n")
    .filter((line) => !/^\s+at (.*\(.*:\d+:\d+\)|.*:\d+:\d+)\s*$/.test(line));
  return (
    lines
      .join("\n")
      .trim()
      // What follows are the values, secrets in clear among them.
      .replace(/(violates plan: properties changed): .*/s, "$1")
      .replace(/resource "(urn:pulumi:[^"]+)"/, (_, urn: string) => shortName(urn))
      .replace(/^Unhandled exception: /, "")
      .replace(/^Preview failed: /, "")
      .replace(/^(Uncaught )?(\w*Error|error): /, "")
      .replace(/^\d+ errors? occurred:\s*\* /, "")
  );
}

/** What says nothing, or nothing of the stack: where the engine found the command that runs the rules or the program. */
export const isNoise = (message: string): boolean =>
  message === "" || /^using pulumi-\S+ from \$PATH at /.test(message);

const WORDS: Partial<Record<OpType, string>> = {
  create: "created",
  update: "updated",
  delete: "deleted",
  replace: "replaced",
  "create-replacement": "created anew",
  "delete-replaced": "deleted the old",
  import: "imported",
  discard: "forgotten",
};
const MARKS: Partial<Record<OpType, string>> = { create: "+", update: "~", delete: "-", replace: "±", import: "=" };

/** The engine also sends debug lines, which hold secrets in clear: they go nowhere. */
const SEVERITIES: Record<string, Diagnostic["severity"] | undefined> = {
  info: "info",
  "info#err": "info",
  warning: "warning",
  error: "error",
};

/** Operations of which nothing is said: nothing changes, or another one stands for it. */
const SILENT = new Set<OpType>(["same", "read", "refresh", "remove-pending-replace", "discard-replaced"]);

/** Default providers come and go as the engine sees fit, and are nothing that exists anywhere. */
const isEnginesOwn = (urn: string): boolean => urn.includes("::pulumi:providers:") && urn.includes("::default");

/** Components and providers are only there to hold others. */
const isWorthALine = (urn: string, custom: boolean | undefined): boolean =>
  custom === true && !shortName(urn).startsWith("Stack ") && !/[:$]pulumi:providers:/.test(urn);

export class Report {
  readonly changes: Change[] = [];
  readonly diagnostics: Diagnostic[] = [];
  counts: Partial<Record<OpType, number>> = {};
  #startedMs = new Map<string, number>();

  /** `line` takes each line of the report; leave it out to only collect. */
  constructor(
    readonly preview: boolean,
    private readonly line: (text: string) => void = () => undefined,
  ) {}

  readonly onEvent = (event: EngineEvent): void => {
    const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent, policyEvent, summaryEvent } = event;
    if (resourcePreEvent !== undefined) this.#started(resourcePreEvent.metadata);
    if (resOutputsEvent !== undefined) this.#ended(resOutputsEvent.metadata, false);
    if (resOpFailedEvent !== undefined) this.#ended(resOpFailedEvent.metadata, true);
    if (summaryEvent !== undefined) this.counts = summaryEvent.resourceChanges;
    if (policyEvent !== undefined) {
      const severity = policyEvent.enforcementLevel === "mandatory" ? "error" : "warning";
      this.#diagnose(
        severity,
        policyEvent.resourceUrn ?? "",
        `${policyEvent.policyName}: ${policyEvent.message.trim()}`,
      );
    }
    if (diagnosticEvent !== undefined && diagnosticEvent.ephemeral !== true) {
      const severity = SEVERITIES[diagnosticEvent.severity];
      if (severity !== undefined) this.#diagnose(severity, diagnosticEvent.urn ?? "", diagnosticEvent.message);
    }
  };

  /** Such as `3 created, 1 updated, 12 unchanged`. */
  summary(): string {
    const verb = (op: OpType) => (this.preview ? `to ${op}` : (WORDS[op] ?? op));
    const counted = Object.entries(this.counts) as [OpType, number][];
    const parts = counted.filter(([op]) => !SILENT.has(op)).map(([op, count]) => `${count} ${verb(op)}`);
    const same = this.counts.same ?? 0;
    if (parts.length === 0) return same > 0 ? `nothing to do, ${same} unchanged` : "nothing to do";
    return [...parts, ...(same > 0 ? [`${same} unchanged`] : [])].join(", ");
  }

  get errors(): Diagnostic[] {
    return this.diagnostics.filter(({ severity }) => severity === "error");
  }

  #started({ urn, op }: { urn: string; op: OpType }): void {
    this.#startedMs.set(`${op} ${urn}`, Date.now());
  }

  #ended(metadata: NonNullable<EngineEvent["resOutputsEvent"]>["metadata"], failed: boolean): void {
    const { op, urn, type, old, diffs } = metadata;
    if (SILENT.has(op) || isEnginesOwn(urn)) return;
    const seconds = (Date.now() - (this.#startedMs.get(`${op} ${urn}`) ?? Date.now())) / 1000;
    const keys = Object.keys(metadata.detailedDiff ?? {});
    this.changes.push({ op, urn, type, keys: keys.length > 0 ? keys : (diffs ?? []), seconds, failed });
    const custom = metadata.new?.custom ?? old?.custom;
    // A replacement is three operations: the plan names it once, the run shows its two halves.
    if (this.preview ? op === "create-replacement" || op === "delete-replaced" : op === "replace") return;
    if (!isWorthALine(urn, custom)) return;
    const mark = failed ? "✗" : (MARKS[op] ?? " ");
    const detail = this.preview
      ? this.#planned(op, keys)
      : `${failed ? "failed" : (WORDS[op] ?? op)} ${seconds.toFixed(1)} s`;
    this.line(`  ${mark} ${shortName(urn).padEnd(58)} ${detail}`);
  }

  #planned(op: OpType, keys: string[]): string {
    return keys.length === 0 ? op : `${op}: ${keys.join(", ")}`;
  }

  #diagnose(severity: Diagnostic["severity"], urn: string, text: string): void {
    const message = sentence(text);
    // The engine's closing word, when what failed has been said.
    if (/^(update|preview|refresh|destroy) failed$/.test(message) && this.errors.length > 0) return;
    if (isNoise(message)) return;
    // What a failure kept from being done is expected by a plan all the same.
    if (/^expected resource operations for .* but none were seen$/.test(message) && this.errors.length > 0) return;
    if (this.diagnostics.some((each) => each.urn === urn && each.message === message)) return;
    this.diagnostics.push({ severity, urn, message });
    const about = urn === "" || shortName(urn).startsWith("Stack ") ? "" : `${shortName(urn)}: `;
    if (severity === "info") this.line(`    ${about}${message}`);
    else this.line(`  ${severity === "error" ? "✗" : "!"} ${about}${message}`);
  }
}
