/** The cluster, the registry and the names, as DigitalOcean keeps them. */
import type { ResourceRule, Rule } from "../rule";
import { at, given, present, sound, type Subject, textAt } from "../subject";

const isCluster = ({ type }: Subject): boolean => type === "digitalocean:index/kubernetesCluster:KubernetesCluster";

const inClusters = (problems: (props: Subject["props"]) => string[]) => (resource: Subject) =>
  isCluster(resource) ? problems(resource.props) : [];

const clusterRules: ResourceRule[] = [
  {
    name: "cluster-version",
    level: "mandatory",
    scope: "resource",
    reason: "An unrelated run upgrades the cluster, or finds that the version is gone.",
    fix: "Set version to a slug such as 1.35.1-do.0, with cluster.version in the stack file.",
    check: inClusters((props) =>
      sound(at(props, "version"), (version) => typeof version === "string" && /^\d+\.\d+\.\d+-do\.\d+$/.test(version))
        ? []
        : ["The cluster's version is not pinned"],
    ),
  },
  {
    name: "cluster-subnets",
    level: "mandatory",
    scope: "resource",
    reason: "The managed Gateway needs VPC-native networking, and to set it later replaces the cluster.",
    fix: "Set clusterSubnet and serviceSubnet from the first day.",
    check: inClusters((props) =>
      ["clusterSubnet", "serviceSubnet"]
        .filter((field) => !given(at(props, field)))
        .map((field) => `The cluster has no ${field}`),
    ),
  },
  {
    name: "cluster-ha-explicit",
    level: "mandatory",
    scope: "resource",
    reason: "From 1.36 on it is true by default, costs money, and cannot be turned off again.",
    fix: "Set ha, with cluster.ha in the stack file.",
    check: inClusters((props) => (given(at(props, "ha")) ? [] : ["The cluster leaves ha open"])),
  },
  {
    name: "cluster-upgrades",
    level: "mandatory",
    scope: "resource",
    reason: "DigitalOcean replaces nodes at a time of its own, or takes one away before there is another.",
    fix: "Set maintenancePolicy, and surgeUpgrade: true beside autoUpgrade.",
    check: inClusters((props) => [
      ...(given(at(props, "maintenancePolicy")) ? [] : ["The cluster has no maintenance window"]),
      ...(at(props, "autoUpgrade") === true && !sound(at(props, "surgeUpgrade"), (surge) => surge === true)
        ? ["The cluster upgrades itself without surge upgrades"]
        : []),
    ]),
  },
];

/** How many repositories a registry of a tier takes; a larger tier takes any number. */
const REPOSITORIES: Record<string, number> = { starter: 1, basic: 5 };

const REGISTRY = "digitalocean:index/containerRegistry:ContainerRegistry";

/** Repositories of DigitalOcean's registry that images are pushed to. */
function repositories(resources: readonly Subject[]): Set<string> {
  const names = resources
    .filter(({ type }) => type === "docker:index/image:Image")
    .map(({ props }) => textAt(props, "imageName") ?? "")
    .filter((name) => name.startsWith("registry.digitalocean.com/"));
  return new Set(names.map((name) => name.replace(/:[^:/]*$/, "")));
}

/** What holds data, or cannot be had again. */
const PRECIOUS = [
  "digitalocean:index/containerRegistry:ContainerRegistry",
  "digitalocean:index/databaseCluster:DatabaseCluster",
  "digitalocean:index/databaseDb:DatabaseDb",
  "digitalocean:index/domain:Domain",
  "digitalocean:index/kubernetesCluster:KubernetesCluster",
  "digitalocean:index/spacesBucket:SpacesBucket",
  "digitalocean:index/volume:Volume",
  "kubernetes:core/v1:PersistentVolumeClaim",
];

const HOUR = 3600;

export const digitaloceanRules: Rule[] = [
  ...clusterRules,
  {
    name: "data-protected",
    level: "mandatory",
    scope: "resource",
    reason: "The stack is to retain its data, and one run with a key of its file mistyped can delete it for good.",
    fix: "Set the option protect: true, leave destroyAllAssociatedResources out, or set dataPolicy: delete.",
    check: (resource, { dataPolicy }) =>
      dataPolicy === "delete"
        ? []
        : [
            ...(PRECIOUS.includes(resource.type) && !resource.protect ? ["What holds data is not protected"] : []),
            ...(isCluster(resource) && at(resource.props, "destroyAllAssociatedResources") === true
              ? ["The deletion of the cluster takes its volumes and snapshots with it"]
              : []),
          ],
  },
  {
    name: "registry-tier",
    level: "advisory",
    scope: "stack",
    reason: "The push of the image that is one too many is refused.",
    fix: "Set registry.tier in the stack file to a larger one.",
    check: (resources) => {
      const count = repositories(resources).size;
      return resources
        .filter(({ type, props }) => {
          const tier = textAt(props, "subscriptionTierSlug") ?? "";
          return type === REGISTRY && count > (REPOSITORIES[tier] ?? Number.POSITIVE_INFINITY);
        })
        .map((resource) => ({ resource, what: `The registry's tier does not take ${count} repositories` }));
    },
  },
  {
    name: "dns-ttl",
    level: "advisory",
    scope: "resource",
    reason: "Names lead to the old address for as long after a move; under 30 s, every request asks anew.",
    fix: "Set ttl between 30 and 3600, with dns.ttl in the stack file.",
    check: ({ type, props }) =>
      type === "digitalocean:index/dnsRecord:DnsRecord" &&
      ["A", "AAAA", "CNAME"].includes(textAt(props, "type") ?? "") &&
      !sound(at(props, "ttl"), (ttl) => typeof ttl === "number" && ttl >= 30 && ttl <= HOUR)
        ? ["The record's time to live is not set, or far from what others use"]
        : [],
  },
  {
    name: "domain-without-address",
    level: "mandatory",
    scope: "resource",
    reason: "DigitalOcean makes a record of it that no state knows, and that no run changes or deletes.",
    fix: "Take ipAddress out, and make the record a DnsRecord.",
    check: ({ type, props }) =>
      type === "digitalocean:index/domain:Domain" && present(at(props, "ipAddress"))
        ? ["The domain is made with an address"]
        : [],
  },
];
