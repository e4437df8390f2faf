/** What a container may do, what it may take, and how it is asked whether it is well. */
import { type Container, containersOf, isKind, lastingContainersOf, podOf } from "../kubernetes";
import type { ResourceRule } from "../rule";
import { at, given, listAt, sound, type Subject } from "../subject";

/** One message for each container of a resource's pods in which something is wrong. */
function containers(resource: Subject, problem: (value: unknown) => string | undefined): string[] {
  const pod = podOf(resource);
  return pod === undefined ? [] : told(containersOf(pod), problem);
}

const told = (all: Container[], problem: (value: unknown) => string | undefined): string[] =>
  all.flatMap(({ title, value }) => {
    const wrong = problem(value);
    return wrong === undefined ? [] : [`${title} ${wrong}`];
  });

/** Like {@link containers}, for those that take requests in a pod that stays. */
function servers(resource: Subject, problem: (value: unknown) => string | undefined): string[] {
  const pod = isKind(resource, "Deployment", "StatefulSet", "DaemonSet") ? podOf(resource) : undefined;
  const serving = (pod === undefined ? [] : lastingContainersOf(pod)).filter(
    ({ value }) => listAt(value, "ports").length > 0,
  );
  return told(serving, problem);
}

/** What is missing among some keys, for people. */
function missing(value: unknown, group: "requests" | "limits", keys: string[]): string[] {
  return keys
    .filter((key) => !given(at(value, "resources", group, key)))
    .map((key) => `${group.slice(0, -1)} of ${key}`);
}

const ADDABLE = ["NET_BIND_SERVICE"];

export const containerRules: ResourceRule[] = [
  {
    name: "read-only-root-filesystem",
    level: "mandatory",
    scope: "resource",
    reason: "Whoever breaks in could change the program, and keep what they put there.",
    fix: "Set securityContext.readOnlyRootFilesystem: true, and an emptyDir for each folder that is written to.",
    check: (resource) =>
      containers(resource, (value) =>
        sound(at(value, "securityContext", "readOnlyRootFilesystem"), (it) => it === true)
          ? undefined
          : "can write to its root filesystem",
      ),
  },
  {
    name: "no-privilege-escalation",
    level: "mandatory",
    scope: "resource",
    reason: "A program that is broken into could become root on the node.",
    fix: "Set securityContext.allowPrivilegeEscalation: false, and privileged: false.",
    check: (resource) =>
      containers(resource, (value) => {
        if (at(value, "securityContext", "privileged") === true) return "is privileged";
        return sound(at(value, "securityContext", "allowPrivilegeEscalation"), (it) => it === false)
          ? undefined
          : "may gain more rights than it starts with";
      }),
  },
  {
    name: "drop-all-capabilities",
    level: "mandatory",
    scope: "resource",
    reason: "No Flask app and no server of this project needs any, and each is a way out of the container.",
    fix: "Set securityContext.capabilities.drop: [ALL]; NET_BIND_SERVICE alone may be added.",
    check: (resource) =>
      containers(resource, (value) => {
        const capabilities = at(value, "securityContext", "capabilities");
        const drops = sound(at(capabilities, "drop"), (drop) => Array.isArray(drop) && drop.includes("ALL"));
        const adds = listAt(capabilities, "add").every((each) => sound(each, (it) => ADDABLE.includes(String(it))));
        return drops && adds ? undefined : "keeps capabilities";
      }),
  },
  {
    name: "resource-requirements",
    level: "mandatory",
    scope: "resource",
    reason: "A node is filled until it kills its neighbours, and DigitalOcean reports it before each upgrade.",
    fix: "Set requests of cpu and memory and a limit of memory. A limit of cpu only slows requests down: none is asked for.",
    check: (resource) =>
      containers(resource, (value) => {
        const absent = [...missing(value, "requests", ["cpu", "memory"]), ...missing(value, "limits", ["memory"])];
        return absent.length === 0 ? undefined : `has no ${absent.join(", no ")}`;
      }),
  },
  {
    name: "ephemeral-storage-limit",
    level: "advisory",
    scope: "resource",
    reason: "A log or a temporary file that grows fills the node's disk, and every pod there is evicted.",
    fix: "Set a limit of ephemeral-storage.",
    check: (resource) =>
      containers(resource, (value) =>
        missing(value, "limits", ["ephemeral-storage"]).length === 0 ? undefined : "has no limit of ephemeral-storage",
      ),
  },
  {
    name: "readiness-probe",
    level: "mandatory",
    scope: "resource",
    reason: "Requests are sent to a pod that cannot answer them yet, at each release.",
    fix: "Set a readinessProbe on each container with a port.",
    check: (resource) =>
      servers(resource, (value) => (given(at(value, "readinessProbe")) ? undefined : "has no readiness probe")),
  },
  {
    name: "liveness-probe",
    level: "advisory",
    scope: "resource",
    reason: "A process that hangs is never started again.",
    fix: "Set a livenessProbe that touches nothing but the process itself.",
    check: (resource) =>
      servers(resource, (value) => (given(at(value, "livenessProbe")) ? undefined : "has no liveness probe")),
  },
];
