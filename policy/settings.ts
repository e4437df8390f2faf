import * as pulumi from "@pulumi/pulumi";
import type { CheckOptions, Relaxation } from "./check";

const isRelaxation = (value: unknown): value is Relaxation =>
  typeof value === "object" &&
  value !== null &&
  ["rule", "resource", "reason"].every((key) => typeof (value as Record<string, unknown>)[key] === "string");

/**
 * What the stack's config says of the rules. The engine hands the config to the pack, which runs in a process of its own,
 * without the program. What is wrong in it is not told here: the program tells it, and stops.
 */
export function settings(): CheckOptions {
  const config = new pulumi.Config("flask-doks");
  const { relax } = config.getObject<{ relax?: unknown }>("policy") ?? {};
  return {
    relax: Array.isArray(relax) ? relax.filter(isRelaxation) : [],
    dataPolicy: config.get("dataPolicy") === "delete" ? "delete" : "retain",
  };
}
