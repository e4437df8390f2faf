/** What the engine complains of in a preview: rules that do not hold, errors, warnings. */

import type { EngineEvent } from "@pulumi/pulumi/automation";
import { isRelaxed, ruleOf } from "../../policy/check";
import { isNoise, sentence, shortName } from "../../local/engine/report";
import type { Violation } from "./previewReport";

/** The engine's closing words, which tell nothing of their own. */
const CLOSING = /^(update|preview) failed$|policy violations? found/i;

const byResource = (a: Violation, b: Violation): number =>
  `${a.rule} ${a.resource}`.localeCompare(`${b.rule} ${b.resource}`, "en");

export class PreviewFindings {
  readonly #violations: Violation[] = [];
  readonly #errors = new Set<string>();
  readonly #warnings = new Set<string>();

  readonly onEvent = ({ policyEvent, diagnosticEvent }: EngineEvent): void => {
    if (policyEvent !== undefined) {
      const { policyName, resourceUrn = "", enforcementLevel } = policyEvent;
      const rule = ruleOf(policyName);
      const message = sentence(policyEvent.message);
      const level = enforcementLevel === "mandatory" ? "mandatory" : isRelaxed(message) ? "relaxed" : "advisory";
      const about = shortName(resourceUrn);
      this.#violations.push({ rule, level, resource: /^(Stack )?\s*$|^Stack /.test(about) ? "" : about, message });
    }
    if (diagnosticEvent !== undefined && diagnosticEvent.ephemeral !== true) this.#diagnose(diagnosticEvent);
  };

  /** Sorted, for the engine's order is another one each time. */
  get violations(): Violation[] {
    return [...this.#violations].sort(byResource);
  }

  get errors(): string[] {
    return [...this.#errors].sort();
  }

  get warnings(): string[] {
    return [...this.#warnings].sort();
  }

  #diagnose({ severity, urn = "", message: text }: NonNullable<EngineEvent["diagnosticEvent"]>): void {
    const message = sentence(text);
    if (isNoise(message) || CLOSING.test(message)) return;
    const about = shortName(urn).trim();
    const told = about === "" || about.startsWith("Stack ") ? message : `${about}: ${message}`;
    if (severity === "error") this.#errors.add(told);
    if (severity === "warning") this.#warnings.add(told);
  }
}
