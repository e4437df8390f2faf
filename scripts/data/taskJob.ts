/** Jobs after the pattern of a CronJob's: the same pod, with what is to be otherwise. */
import type { V1CronJob, V1Job, V1PodTemplateSpec } from "@kubernetes/client-node";
import { randomBytes } from "node:crypto";
import type { AppRole } from "../../lib/labels";

/** What is otherwise. */
export interface TaskPlan {
  /** The name's first part; five characters by chance follow. */
  prefix: string;
  /**
   * Whether the CronJob counts it as one of its own, as `kubectl create job --from` has it: its success is then a
   * success of the CronJob's, and it is cleared away with the CronJob's others.
   */
  owned: boolean;
  /** The part that its pod plays, where that is another one. */
  role?: AppRole;
  /** What its container runs, where that is something else. */
  command?: string[];
  /** Variables with other values. */
  env?: Record<string, string>;
  /** How long it may take, in seconds, where that is not what the pattern says. */
  deadlineSeconds?: number;
  /** How long one that is not owned is kept after its end, in seconds. */
  keepSeconds?: number;
}

const COMPONENT = "app.kubernetes.io/component";

const chance = (): string => randomBytes(4).readUInt32BE().toString(36).padStart(7, "0").slice(-5);

/** A Job that is tried once: who started it by hand sees it fail, and decides. */
export function taskJob(pattern: V1CronJob, plan: TaskPlan): V1Job {
  const { metadata: owner = {} } = pattern;
  const { metadata = {}, spec } = pattern.spec.jobTemplate;
  const labels = { ...metadata.labels, ...(plan.role === undefined ? {} : { [COMPONENT]: plan.role }) };
  const { name = "", uid = "" } = owner;
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: `${plan.prefix}-${chance()}`,
      labels,
      ...(plan.owned
        ? { annotations: { ...metadata.annotations, "cronjob.kubernetes.io/instantiate": "manual" } }
        : {}),
      // It goes with the CronJob in any case: its pod would hold the volume of the backups when the stack is destroyed.
      ownerReferences: [
        { apiVersion: "batch/v1", kind: "CronJob", name, uid, ...(plan.owned ? { controller: true } : {}) },
      ],
    },
    spec: Object.assign({}, spec, {
      backoffLimit: 0,
      ...(plan.deadlineSeconds === undefined ? {} : { activeDeadlineSeconds: plan.deadlineSeconds }),
      ...(plan.owned ? {} : { ttlSecondsAfterFinished: plan.keepSeconds ?? 0 }),
      template: template(spec?.template ?? {}, plan),
    }),
  };
}

function template(pattern: V1PodTemplateSpec, { role, command, env = {} }: TaskPlan): V1PodTemplateSpec {
  const [container, ...others] = pattern.spec?.containers ?? [];
  if (container === undefined || pattern.spec === undefined) return pattern;
  const known = (container.env ?? []).map((each) => {
    const value = env[each.name];
    return value === undefined ? each : { name: each.name, value };
  });
  const labels = { ...pattern.metadata?.labels, ...(role === undefined ? {} : { [COMPONENT]: role }) };
  const changed = Object.assign({}, container, { env: known, ...(command === undefined ? {} : { command }) });
  return {
    metadata: Object.assign({}, pattern.metadata, { labels }),
    spec: Object.assign({}, pattern.spec, { containers: [changed, ...others] }),
  };
}

/** A variable of the pattern's container, in clear. */
export function patternEnv(pattern: V1CronJob, name: string): string {
  const { containers = [] } = pattern.spec.jobTemplate.spec?.template.spec ?? {};
  return containers[0]?.env?.find((each) => each.name === name)?.value ?? "";
}

/** Whether the database is the server in the cluster, by the name of its Service. */
export const isInCluster = (pattern: V1CronJob): boolean => patternEnv(pattern, "DB_HOST") === "mysql";
