/** Helm charts. What they make is not seen, so the rules are about how they are installed. */
import { autoNamed, isRelease } from "../kubernetes";
import type { ResourceRule } from "../rule";
import { at, given, type Subject, textAt } from "../subject";

/** What a load balancer may take to come up. */
const LEAST_SECONDS = 600;

/** A chart in a folder holds just one version. */
const isFolder = (chart: string, { props }: Subject): boolean =>
  !chart.startsWith("oci://") && !given(at(props, "repositoryOpts", "repo")) && /^[./]/.test(chart);

export const releaseRules: ResourceRule[] = [
  {
    name: "release-name",
    level: "mandatory",
    scope: "resource",
    reason: "A release that is replaced gets another name, and cannot take its own CRDs over.",
    fix: "Set name.",
    check: (resource) =>
      isRelease(resource) && autoNamed(resource, at(resource.props, "name"))
        ? ["Pulumi makes up the name of the release"]
        : [],
  },
  {
    name: "release-version",
    level: "mandatory",
    scope: "resource",
    reason: "An unrelated run installs whatever came out since.",
    fix: "Set version to one version, not to a range; lib/versions.ts has them.",
    check: (resource) => {
      if (!isRelease(resource)) return [];
      const version = at(resource.props, "version");
      const pinned = typeof version === "string" ? /^v?\d+\.\d+\.\d+([-+][\w.+-]+)?$/.test(version) : given(version);
      return pinned || isFolder(textAt(resource.props, "chart") ?? "", resource)
        ? []
        : ["The release pins no version of its chart"];
    },
  },
  {
    name: "release-timeout",
    level: "mandatory",
    scope: "resource",
    reason: "Images, webhooks and load balancers take minutes: the run fails while all is well.",
    fix: `Set timeout to ${LEAST_SECONDS} or more.`,
    check: (resource) => {
      if (!isRelease(resource)) return [];
      const seconds = at(resource.props, "timeout") ?? 300;
      return typeof seconds === "number" && seconds < LEAST_SECONDS
        ? [`The release is given up after ${seconds} s`]
        : [];
    },
  },
  {
    name: "ingress-controller-maintained",
    level: "advisory",
    scope: "resource",
    reason: "ingress-nginx was retired in March 2026: no fix will come for what is found in it.",
    fix: "Set ingress.controller: traefik; no request is lost on the way (docs/runbook.md).",
    check: (resource) =>
      isRelease(resource) && /(^|\/)ingress-nginx$/.test(textAt(resource.props, "chart") ?? "")
        ? ["The release installs ingress-nginx"]
        : [],
  },
];
