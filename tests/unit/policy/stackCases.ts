import { type Subject, UNKNOWN } from "../../../policy/subject";
import type { SingleRule } from "./singleRules";
import { AUTOSCALER, BALANCER, BUDGET, changed, CLUSTER, resource, WEB } from "./subjects";

const POD = "spec/template/spec";
const NO_BUDGET = "Deployment web: Several replicas have no disruption budget";
const BLOCKED = "PodDisruptionBudget budget: The disruption budget lets no pod go";
const NO_PURPOSE = "Deployment web: The pod has a token of its service account and no right to use it for";
const UNUSED = "ConfigMap settings: Nothing of the stack uses the object";
const NO_FIREWALL = "DatabaseCluster database: The database has no firewall";
const OPEN = "Deployment web: Nothing keeps others out of the namespace shop";

const object = (type: string, name: string, props: Record<string, unknown> = {}): Subject =>
  resource(`kubernetes:${type}`, name, { metadata: { name: "web", namespace: "shop" }, ...props });

const denial = object("networking.k8s.io/v1:NetworkPolicy", "deny", { spec: { podSelector: {} } });
const account = object("core/v1:ServiceAccount", "account", { automountServiceAccountToken: false });
const unmentioned = changed(WEB, `${POD}/automountServiceAccountToken`, undefined);
const image = (name: string): Subject =>
  resource("docker:index/image:Image", name, { imageName: `registry.digitalocean.com/shop/${name}:1` });

const selecting = (...matchExpressions: unknown[]): unknown => ({ matchExpressions });

/** Rules that look at a resource beside others. */
export const onStacks: SingleRule[] = [
  {
    rule: "disruption-budget",
    subject: BUDGET,
    beside: [WEB],
    path: "spec/selector",
    sound: [
      {},
      selecting({ key: "app", operator: "In", values: ["api", "web"] }),
      selecting({ key: "app", operator: "In", values: [UNKNOWN] }),
      selecting({ key: "app", operator: "NotIn", values: ["api"] }, { key: "tier", operator: "DoesNotExist" }),
      selecting({ key: "app", operator: "Exists" }),
    ],
    wrong: [
      [null, NO_BUDGET],
      [{ matchLabels: { app: "api" } }, NO_BUDGET],
      [selecting({ key: "app", operator: "In", values: ["api"] }), NO_BUDGET],
      [selecting({ key: "app", operator: "NotIn", values: ["web"] }), NO_BUDGET],
      [selecting({ key: "tier", operator: "Exists" }), NO_BUDGET],
      [selecting({ key: "app", operator: "Exists" }, { key: "app", operator: "DoesNotExist" }), NO_BUDGET],
    ],
    missing: NO_BUDGET,
  },
  {
    // Without a number, too, Kubernetes lets none go.
    rule: "drain-not-blocked",
    trap: "K8",
    subject: BUDGET,
    beside: [WEB],
    path: "spec/maxUnavailable",
    wrong: [[0, BLOCKED]],
    missing: BLOCKED,
  },
  {
    // One that may be another's is not held against it.
    rule: "drain-not-blocked",
    trap: "K8",
    subject: changed(BUDGET, "spec", { minAvailable: 1, selector: { matchLabels: { app: "other" } } }),
    beside: [changed(WEB, "spec/replicas", 1)],
    path: "spec/selector/matchLabels/app",
    wrong: [["web", BLOCKED]],
    missing: BLOCKED,
  },
  {
    rule: "autoscaler-owns-replicas",
    subject: { ...changed(WEB, "spec/replicas", undefined), ignoreChanges: [] },
    beside: [AUTOSCALER],
    path: "spec/replicas",
    wrong: [[2, "Deployment web: The program and an autoscaler both set the replicas"]],
  },
  {
    rule: "default-deny",
    subject: denial,
    beside: [WEB],
    path: "spec/podSelector",
    wrong: [[{ matchLabels: { app: "web" } }, OPEN]],
    missing: OPEN,
  },
  {
    rule: "default-deny",
    subject: denial,
    beside: [WEB],
    path: "spec/policyTypes",
    sound: [["Ingress"], [UNKNOWN]],
    wrong: [[["Egress"], OPEN]],
  },
  {
    rule: "service-selects-pods",
    subject: BALANCER,
    beside: [WEB],
    path: "spec/selector",
    sound: [{ app: UNKNOWN }],
    wrong: [[{ app: "api" }, "Service public: The Service selects no pod of the stack"]],
  },
  {
    rule: "no-unused-object",
    trap: "D13",
    subject: WEB,
    beside: [object("core/v1:ConfigMap", "settings")],
    path: `${POD}/containers/0/envFrom`,
    sound: [[{ configMapRef: { name: UNKNOWN } }]],
    wrong: [[[{ configMapRef: { name: "other" } }], UNUSED]],
    missing: UNUSED,
  },
  {
    rule: "no-idle-token",
    subject: WEB,
    path: `${POD}/automountServiceAccountToken`,
    wrong: [[true, NO_PURPOSE]],
    missing: NO_PURPOSE,
  },
  {
    rule: "no-idle-token",
    subject: unmentioned,
    beside: [account],
    path: `${POD}/serviceAccountName`,
    wrong: [["other", NO_PURPOSE]],
    missing: NO_PURPOSE,
  },
  {
    rule: "no-idle-token",
    subject: account,
    beside: [unmentioned],
    path: "automountServiceAccountToken",
    wrong: [[true, NO_PURPOSE]],
    missing: NO_PURPOSE,
  },
  {
    rule: "data-protected",
    trap: "D7",
    subject: { ...CLUSTER, protect: true },
    dataPolicy: "retain",
    path: "destroyAllAssociatedResources",
    sound: [false],
    wrong: [[true, "KubernetesCluster cluster: The deletion of the cluster takes its volumes and snapshots with it"]],
  },
  {
    rule: "registry-tier",
    subject: resource("digitalocean:index/containerRegistry:ContainerRegistry", "registry", {
      subscriptionTierSlug: "basic",
    }),
    beside: [image("web"), image("admin")],
    path: "subscriptionTierSlug",
    sound: ["professional"],
    wrong: [["starter", "ContainerRegistry registry: The registry's tier does not take 2 repositories"]],
  },
  {
    rule: "database-firewall",
    subject: resource("digitalocean:index/databaseFirewall:DatabaseFirewall", "firewall", {
      clusterId: UNKNOWN,
      rules: [{ type: "k8s", value: UNKNOWN }],
    }),
    beside: [resource("digitalocean:index/databaseCluster:DatabaseCluster", "database", { engine: "mysql" })],
    path: "rules",
    wrong: [
      [[], NO_FIREWALL],
      [[{ type: "ip_addr", value: "0.0.0.0/0" }], "DatabaseFirewall firewall: The firewall lets everybody in"],
    ],
    missing: NO_FIREWALL,
  },
];
