/** Work that ends. */
import { isKind } from "../kubernetes";
import type { ResourceRule } from "../rule";
import { at, given, type Subject } from "../subject";

const jobSpec = (resource: Subject): unknown =>
  isKind(resource, "CronJob")
    ? at(resource.props, "spec", "jobTemplate", "spec")
    : isKind(resource, "Job")
      ? at(resource.props, "spec")
      : undefined;

export const jobRules: ResourceRule[] = [
  {
    name: "job-limits",
    level: "mandatory",
    scope: "resource",
    reason: "A Job that hangs, or fails again and again, holds up the release or the next backup for hours.",
    fix: "Set activeDeadlineSeconds and backoffLimit.",
    check: (resource) => {
      const spec = jobSpec(resource);
      return spec === undefined
        ? []
        : ["activeDeadlineSeconds", "backoffLimit"]
            .filter((field) => !given(at(spec, field)))
            .map((field) => `The Job has no ${field}`);
    },
  },
  {
    name: "cron-concurrency",
    level: "mandatory",
    scope: "resource",
    reason: "A slow run and the next one get into each other's way; DigitalOcean reports it before each upgrade.",
    fix: "Set spec.concurrencyPolicy, mostly to Forbid.",
    check: (resource) =>
      isKind(resource, "CronJob") && !given(at(resource.props, "spec", "concurrencyPolicy"))
        ? ["The CronJob has no concurrency policy"]
        : [],
  },
];
