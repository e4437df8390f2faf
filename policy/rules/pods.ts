/** Who a pod runs as, what of its node it touches, and how it ends. */
import { containersOf, isKind, lastingContainersOf, type Pod, podOf } from "../kubernetes";
import { fewest, scaled } from "../replicas";
import type { Rule } from "../rule";
import { at, given, listAt, present, sound, type Subject, textAt } from "../subject";

const pods = (resource: Subject, problems: (pod: Pod) => string[]): string[] => {
  const pod = podOf(resource);
  return pod === undefined ? [] : problems(pod);
};

/** A setting of a container's own, or of its pod. */
const setting = ({ spec }: Pod, value: unknown, ...path: string[]): unknown =>
  at(value, "securityContext", ...path) ?? at(spec, "securityContext", ...path);

/** Unless it is said otherwise, the time that a pod has to end. */
const DEFAULT_GRACE_SECONDS = 30;

/** Seconds of a container's preStop: a number, or UNKNOWN, or none. */
const preStopSeconds = (value: unknown): unknown => at(value, "lifecycle", "preStop", "sleep", "seconds");

const isSpread = (spec: unknown): boolean =>
  given(at(spec, "topologySpreadConstraints")) || given(at(spec, "affinity", "podAntiAffinity"));

export const podRules: Rule[] = [
  {
    name: "run-as-non-root",
    level: "mandatory",
    scope: "resource",
    reason: "Root in a container is root on the node for whoever finds the way out.",
    fix: "Set securityContext.runAsNonRoot: true and a runAsUser that is not 0. A low user id, as that of the official images of MySQL and Redis, is fine.",
    check: (resource) =>
      pods(resource, (pod) =>
        containersOf(pod)
          .filter(
            ({ value }) =>
              !sound(setting(pod, value, "runAsNonRoot"), (it) => it === true) ||
              setting(pod, value, "runAsUser") === 0,
          )
          .map(({ title }) => `${title} may run as root`),
      ),
  },
  {
    name: "seccomp-profile",
    level: "mandatory",
    scope: "resource",
    reason:
      "Every system call of the kernel is open to the container, and the namespace's Pod Security refuses the pod.",
    fix: "Set securityContext.seccompProfile: { type: RuntimeDefault }.",
    check: (resource) =>
      pods(resource, (pod) =>
        containersOf(pod)
          .filter(
            ({ value }) =>
              !sound(setting(pod, value, "seccompProfile", "type"), (it) =>
                ["RuntimeDefault", "Localhost"].includes(String(it)),
              ),
          )
          .map(({ title }) => `${title} runs without a seccomp profile`),
      ),
  },
  {
    name: "no-host-access",
    level: "mandatory",
    scope: "resource",
    reason: "The node's network, processes and files are those of every other pod; DigitalOcean reports hostPath.",
    fix: "Take hostNetwork, hostPID, hostIPC, hostPath and hostPort out.",
    check: (resource) =>
      pods(resource, (pod) => [
        ...["hostNetwork", "hostPID", "hostIPC"]
          .filter((field) => at(pod.spec, field) === true)
          .map((field) => `The pod uses ${field}`),
        ...listAt(pod.spec, "volumes")
          .filter((volume) => present(at(volume, "hostPath")))
          .map((volume) => `The volume "${textAt(volume, "name") ?? ""}" is a hostPath`),
        ...containersOf(pod)
          .filter(({ value }) => listAt(value, "ports").some((port) => present(at(port, "hostPort"))))
          .map(({ title }) => `${title} uses a hostPort`),
      ]),
  },
  {
    name: "own-service-account",
    level: "mandatory",
    scope: "resource",
    reason: "What one is granted, all pods of the namespace have: pull secrets and rights alike.",
    fix: "Set serviceAccountName to an account of the workload's own.",
    check: (resource) =>
      pods(resource, ({ spec }) =>
        sound(at(spec, "serviceAccountName"), (name) => given(name) && name !== "default")
          ? []
          : ["The pod runs as the namespace's default service account"],
      ),
  },
  {
    name: "grace-period",
    level: "mandatory",
    scope: "resource",
    reason: "The process is killed while it still answers: requests are lost at each release.",
    fix: "Set terminationGracePeriodSeconds well above the seconds that preStop sleeps.",
    check: (resource) =>
      pods(resource, (pod) => {
        const grace = at(pod.spec, "terminationGracePeriodSeconds") ?? DEFAULT_GRACE_SECONDS;
        return lastingContainersOf(pod).flatMap(({ title, value }) => {
          const sleep = preStopSeconds(value);
          return typeof grace === "number" && typeof sleep === "number" && sleep >= grace
            ? [`${title} sleeps ${sleep} s before it is told to end, and the pod has ${grace} s`]
            : [];
        });
      }),
  },
  {
    name: "no-bare-pod",
    level: "mandatory",
    scope: "resource",
    reason: "Nothing makes it anew when its node goes, and DigitalOcean reports it before each upgrade.",
    fix: "Let a Deployment, a StatefulSet or a Job make it.",
    check: (resource) => (isKind(resource, "Pod") ? ["The pod belongs to no workload"] : []),
  },
  {
    name: "spread-over-nodes",
    level: "advisory",
    scope: "stack",
    reason: "All replicas may stand on one node, and go with it.",
    fix: "Set topologySpreadConstraints, or a podAntiAffinity, on kubernetes.io/hostname.",
    check: (resources) =>
      resources
        .filter((workload) => scaled(workload) && (fewest(workload, resources) ?? 0) > 1)
        .filter((workload) => !isSpread(at(workload.props, "spec", "template", "spec")))
        .map((resource) => ({ resource, what: "Nothing spreads the replicas over nodes" })),
  },
];
