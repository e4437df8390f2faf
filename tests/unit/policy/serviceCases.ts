import { type Subject, UNKNOWN } from "../../../policy/subject";
import type { SingleRule } from "./singleRules";
import { BALANCER, changed, INGRESS, RELEASE, resource, WEB } from "./subjects";

const TYPE = "service.beta.kubernetes.io/do-loadbalancer-type";
const PROXY = "service.beta.kubernetes.io/do-loadbalancer-enable-proxy-protocol";
const namespace = resource("kubernetes:core/v1:Namespace", "shop", {
  metadata: { labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
});
const webhook = resource("kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration", "hook", {
  webhooks: [{ timeoutSeconds: 29 }],
});
const role = resource("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "reader", {
  rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }],
});
const binding = resource("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "binding", {
  metadata: { namespace: "shop" },
  roleRef: { kind: "ClusterRole", name: "view" },
});

const annotated = (value: string): Subject =>
  changed(BALANCER, "metadata/annotations", { [PROXY]: "true", [TYPE]: value });

export const onServices: SingleRule[] = [
  {
    rule: "load-balancer-type",
    trap: "D9",
    subject: BALANCER,
    path: "metadata/annotations",
    sound: [{ [TYPE]: "REGIONAL" }],
    wrong: [[{}, "Service public: The Service leaves the type of its load balancer open"]],
    missing: "Service public: The Service leaves the type of its load balancer open",
  },
  {
    rule: "load-balancer-client-address",
    trap: "D9",
    subject: BALANCER,
    path: "spec/externalTrafficPolicy",
    wrong: [["Cluster", "Service public: The Service takes requests on nodes that have no pod of it"]],
    missing: "Service public: The Service takes requests on nodes that have no pod of it",
  },
  {
    // Such a load balancer tells who its client is, by whatever node a connection goes.
    rule: "load-balancer-client-address",
    subject: changed(annotated("REGIONAL"), "spec/externalTrafficPolicy", "Cluster"),
    path: "metadata/annotations",
    sound: [{ [PROXY]: "true", [TYPE]: UNKNOWN }],
    wrong: [{ [PROXY]: "true", [TYPE]: "REGIONAL_NETWORK" }, { [TYPE]: "REGIONAL" }].map((value) => [
      value,
      "Service public: The Service takes requests on nodes that have no pod of it",
    ]),
    missing: "Service public: The Service takes requests on nodes that have no pod of it",
  },
  {
    rule: "load-balancer-proxy-protocol",
    trap: "D9",
    subject: annotated("REGIONAL"),
    path: "metadata/annotations",
    sound: [{ [PROXY]: "false", [TYPE]: "REGIONAL_NETWORK" }],
    wrong: [
      [
        { [PROXY]: "true", [TYPE]: "REGIONAL_NETWORK" },
        "Service public: The Service asks a network load balancer for PROXY protocol",
      ],
    ],
  },
  {
    rule: "ingress-host",
    subject: INGRESS,
    path: "spec/rules",
    sound: [[{ host: "*.example.com" }], [{ host: UNKNOWN }]],
    wrong: [
      [[{ http: {} }], "Ingress web: The Ingress takes requests for any host"],
      [[{ host: "*" }], "Ingress web: The Ingress takes requests for any host"],
    ],
  },
  {
    rule: "ingress-host",
    subject: INGRESS,
    path: "spec/defaultBackend",
    wrong: [[{ service: { name: "web" } }, "Ingress web: The Ingress takes requests for any host"]],
  },
  {
    rule: "ingress-tls",
    subject: INGRESS,
    path: "spec/tls",
    sound: [[{ hosts: ["*.example.com"] }], [{ hosts: UNKNOWN }]],
    wrong: [
      [[{ hosts: ["example.com"] }], "Ingress web: The Ingress serves shop.example.com without a certificate"],
      [[], "Ingress web: The Ingress serves shop.example.com without a certificate"],
    ],
    missing: "Ingress web: The Ingress serves shop.example.com without a certificate",
  },
];

export const onNamespaces: SingleRule[] = [
  {
    rule: "no-default-namespace",
    trap: "D13",
    subject: WEB,
    path: "metadata/namespace",
    wrong: [["default", "Deployment web: The object is in the namespace default"]],
    missing: "Deployment web: The object is in the namespace default",
  },
  {
    rule: "pod-security",
    subject: namespace,
    path: "metadata/labels",
    sound: [{ "pod-security.kubernetes.io/enforce": "baseline" }],
    wrong: [[{ "pod-security.kubernetes.io/enforce": "privileged" }, "Namespace shop: The namespace admits any pod"]],
    missing: "Namespace shop: The namespace admits any pod",
  },
  {
    rule: "webhook-timeout",
    trap: "D13",
    subject: webhook,
    path: "webhooks/0/timeoutSeconds",
    wrong: [[30, "ValidatingWebhookConfiguration hook: An admission webhook may take 30 s"]],
  },
  {
    rule: "webhook-timeout",
    trap: "K2b",
    subject: RELEASE,
    path: "values/admissionWebhooks/timeoutSeconds",
    wrong: [[30, "Release traefik: An admission webhook may take 30 s"]],
  },
  {
    // Its chart says 30 where Kubernetes says 10.
    rule: "webhook-timeout",
    trap: "D13",
    subject: changed(
      changed(RELEASE, "chart", "oci://quay.io/jetstack/charts/cert-manager"),
      "values/webhook/timeoutSeconds",
      10,
    ),
    path: "values/webhook/timeoutSeconds",
    wrong: [[30, "Release traefik: An admission webhook may take 30 s"]],
    missing: "Release traefik: An admission webhook may take 30 s",
  },
  {
    rule: "least-privilege",
    subject: role,
    path: "rules/0/verbs",
    wrong: [[["*"], "ClusterRole reader: The role has * among its verbs"]],
  },
  {
    rule: "least-privilege",
    subject: role,
    path: "rules/0/apiGroups",
    sound: [["apps"]],
    wrong: [[["*"], "ClusterRole reader: The role has * among its apiGroups"]],
  },
  {
    rule: "least-privilege",
    subject: changed(role, "rules/0", { resources: ["secrets"], verbs: ["get"], resourceNames: ["one"] }),
    path: "rules/0/resourceNames",
    wrong: [[[], "ClusterRole reader: The role may read the Secrets of every namespace"]],
    missing: "ClusterRole reader: The role may read the Secrets of every namespace",
  },
  {
    rule: "least-privilege",
    subject: role,
    path: "rules/0/resources",
    sound: [["events"]],
    wrong: [
      [["*"], "ClusterRole reader: The role has * among its resources"],
      [["pods", "secrets"], "ClusterRole reader: The role may read the Secrets of every namespace"],
    ],
  },
  {
    rule: "least-privilege",
    subject: binding,
    path: "roleRef/name",
    wrong: [["cluster-admin", "RoleBinding binding: The binding grants cluster-admin"]],
  },
];
