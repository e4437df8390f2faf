/** Where requests go. */
import { every, maybe } from "../answer";
import { isKind, mayBeBesideRelease, podOf, sameNamespace } from "../kubernetes";
import type { ResourceRule, Rule } from "../rule";
import { matches } from "../selectors";
import { at, given, groupAt, listAt, present, sound, type Subject, UNKNOWN } from "../subject";

const ANNOTATION = "service.beta.kubernetes.io/do-loadbalancer-";

const annotation = ({ props }: Subject, name: string): unknown =>
  at(props, "metadata", "annotations", `${ANNOTATION}${name}`);

const isLoadBalancer = (resource: Subject): boolean =>
  isKind(resource, "Service") && at(resource.props, "spec", "type") === "LoadBalancer";

/** Whether the load balancer itself tells who its client is, to whatever node it passes the connection. */
const tellsClients = (service: Subject): boolean =>
  sound(annotation(service, "type"), (type) => type === "REGIONAL") &&
  sound(annotation(service, "enable-proxy-protocol"), (enabled) => enabled === "true");

const balancerRules: ResourceRule[] = [
  {
    name: "load-balancer-type",
    level: "mandatory",
    scope: "resource",
    reason:
      "DigitalOcean's default has changed once already, and another type is another load balancer with another address.",
    fix: `Set the annotation ${ANNOTATION}type.`,
    check: (resource) =>
      isLoadBalancer(resource) && !given(annotation(resource, "type"))
        ? ["The Service leaves the type of its load balancer open"]
        : [],
  },
  {
    name: "load-balancer-client-address",
    level: "mandatory",
    scope: "resource",
    reason: "Requests pass through a second node, and the app sees that node's address in place of its client's.",
    fix: "Set externalTrafficPolicy: Local.",
    check: (resource) =>
      isLoadBalancer(resource) &&
      !tellsClients(resource) &&
      !sound(at(resource.props, "spec", "externalTrafficPolicy"), (policy) => policy === "Local")
        ? ["The Service takes requests on nodes that have no pod of it"]
        : [],
  },
  {
    name: "load-balancer-proxy-protocol",
    level: "mandatory",
    scope: "resource",
    reason: "A network load balancer passes connections through and adds no such header: every request fails.",
    fix: `Take the annotation out, or set ${ANNOTATION}type to REGIONAL.`,
    check: (resource) =>
      isLoadBalancer(resource) &&
      annotation(resource, "type") === "REGIONAL_NETWORK" &&
      annotation(resource, "enable-proxy-protocol") === "true"
        ? ["The Service asks a network load balancer for PROXY protocol"]
        : [],
  },
];

/** Whether an Ingress's certificates are for a host. */
const covers = (ingress: Subject, host: string): boolean => {
  const tls = at(ingress.props, "spec", "tls");
  return (
    tls === UNKNOWN ||
    listAt(ingress.props, "spec", "tls").some((entry) =>
      sound(at(entry, "hosts"), (hosts) => Array.isArray(hosts) && hosts.some((each) => covered(each, host))),
    )
  );
};

/** Whether the name of a certificate is for a host: it is the same, or a wildcard for its first part. */
const covered = (name: unknown, host: string): boolean =>
  sound(name, (it) => it === host || it === host.replace(/^[^.]+/, "*"));

const hostsOf = (ingress: Subject): unknown[] => listAt(ingress.props, "spec", "rules").map((rule) => at(rule, "host"));

export const serviceRules: Rule[] = [
  ...balancerRules,
  {
    name: "service-selects-pods",
    level: "mandatory",
    scope: "stack",
    reason: "Requests to it are refused, and nothing else says why.",
    fix: "Make the selector that of a workload's pods.",
    check: (resources) =>
      resources
        .filter((service) => isKind(service, "Service"))
        .filter((service) => Object.keys(groupAt(service.props, "spec", "selector")).length > 0)
        // A chart's pods are not seen: a Service beside one may be for them.
        .filter((service) => !mayBeBesideRelease(service, resources))
        .filter(
          (service) =>
            !resources.some((each) => {
              const pod = podOf(each);
              return (
                pod !== undefined &&
                maybe(every(sameNamespace(each, service), matches(at(service.props, "spec", "selector"), pod.labels)))
              );
            }),
        )
        .map((resource) => ({ resource, what: "The Service selects no pod of the stack" })),
  },
  {
    name: "ingress-host",
    level: "mandatory",
    scope: "resource",
    reason: "It takes the requests for every host of the cluster that nobody else has.",
    fix: "Set a host on each rule.",
    check: (resource) =>
      isKind(resource, "Ingress") &&
      (present(at(resource.props, "spec", "defaultBackend")) ||
        hostsOf(resource).some((host) => !sound(host, (it) => given(it) && it !== "*")))
        ? ["The Ingress takes requests for any host"]
        : [],
  },
  {
    name: "ingress-tls",
    level: "advisory",
    scope: "resource",
    reason: "Passwords and cookies cross the network in clear.",
    fix: "Set tls.issuer in the stack file, or put TLS in front of the cluster.",
    check: (resource) =>
      isKind(resource, "Ingress")
        ? hostsOf(resource).flatMap((host) =>
            typeof host === "string" && host !== "" && !covers(resource, host)
              ? [`The Ingress serves ${host} without a certificate`]
              : [],
          )
        : [],
  },
];
