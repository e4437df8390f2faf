import assert from "node:assert/strict";
import { type Subject, UNKNOWN } from "../../../policy/subject";
import { AUTOSCALER, BALANCER, broken, BUDGET, changed, CRON_JOB, DATABASE, RELEASE, resource, WEB } from "./subjects";

const withIgnored = (subject: Subject, ignoreChanges: string[]): Subject => ({ ...subject, ignoreChanges });

describe("the rule that several replicas have a disruption budget", () => {
  const wrong = ["Deployment web: Several replicas have no disruption budget"];

  it("holds with one that selects their pods", () => {
    assert.deepStrictEqual(broken("disruption-budget", [WEB, BUDGET]), []);
  });

  it("does not hold without one, with one of other pods, or with one in another namespace", () => {
    const ofOthers = changed(BUDGET, "spec/selector/matchLabels", { app: "other" });
    assert.deepStrictEqual(broken("disruption-budget", [WEB]), wrong);
    assert.deepStrictEqual(broken("disruption-budget", [WEB, ofOthers]), wrong);
    assert.deepStrictEqual(broken("disruption-budget", [WEB, changed(BUDGET, "metadata/namespace", "other")]), wrong);
  });

  it("asks none of a single replica, which has to go when its node does", () => {
    assert.deepStrictEqual(broken("disruption-budget", [changed(WEB, "spec/replicas", 1), DATABASE]), []);
  });

  it("goes by the fewest replicas of an autoscaler", () => {
    const one = changed(WEB, "spec/replicas", undefined);
    assert.deepStrictEqual(broken("disruption-budget", [one]), []);
    assert.deepStrictEqual(broken("disruption-budget", [one, AUTOSCALER]), wrong);
  });

  it("asks none while an autoscaler may be this workload's or another's", () => {
    const unknown = changed(AUTOSCALER, "spec/scaleTargetRef/name", UNKNOWN);
    assert.deepStrictEqual(broken("disruption-budget", [changed(WEB, "spec/replicas", 1), unknown]), []);
    assert.deepStrictEqual(broken("spread-over-nodes", [changed(WEB, "spec/template/spec", {}), unknown]), []);
  });

  it("holds while the replicas, or the budget's pods, cannot be known", () => {
    assert.deepStrictEqual(broken("disruption-budget", [changed(WEB, "spec/replicas", UNKNOWN)]), []);
    assert.deepStrictEqual(broken("disruption-budget", [WEB, changed(BUDGET, "spec/selector", UNKNOWN)]), []);
  });
});

describe("the rule that a disruption budget lets a node be drained (K8)", () => {
  const one = changed(WEB, "spec/replicas", 1);
  const available = (amount: unknown) =>
    changed(changed(BUDGET, "spec/maxUnavailable", undefined), "spec/minAvailable", amount);
  const cases: [string, Subject, Subject, boolean][] = [
    ["one pod that may be away", one, BUDGET, true],
    ["one that must be there, of two", WEB, available(1), true],
    ["one that must be there, of one", one, available(1), false],
    ["two that must be there, of two", WEB, available(2), false],
    ["half of two, in percent", WEB, available("50%"), true],
    ["all of two, in percent", WEB, available("100%"), false],
    ["none that may be away", WEB, changed(BUDGET, "spec/maxUnavailable", 0), false],
    ["a number that cannot be known", WEB, available(UNKNOWN), true],
    ["one that must be there, of nobody knows which", one, changed(available(1), "spec/selector", UNKNOWN), true],
    ["one that must be there, nobody knows where", one, changed(available(1), "metadata/namespace", UNKNOWN), true],
    ["no number at all", WEB, available(undefined), false],
    ["replicas that cannot be known", changed(WEB, "spec/replicas", UNKNOWN), available(1), true],
  ];
  for (const [title, workload, budget, fine] of cases) {
    it(`${fine ? "holds" : "does not hold"} for ${title}`, () => {
      const wrong = ["PodDisruptionBudget budget: The disruption budget lets no pod go"];
      assert.deepStrictEqual(broken("drain-not-blocked", [workload, budget]), fine ? [] : wrong);
    });
  }
});

describe("the rule that replicas are either the program's or an autoscaler's", () => {
  const wrong = ["Deployment web: The program and an autoscaler both set the replicas"];

  it("holds where the program leaves them out, or to the autoscaler", () => {
    const without = withIgnored(changed(WEB, "spec/replicas", undefined), []);
    assert.deepStrictEqual(broken("autoscaler-owns-replicas", [without, AUTOSCALER]), []);
    assert.deepStrictEqual(broken("autoscaler-owns-replicas", [withIgnored(WEB, ["spec.replicas"]), AUTOSCALER]), []);
    assert.deepStrictEqual(broken("autoscaler-owns-replicas", [withIgnored(WEB, [])]), []);
  });

  it("does not hold where both set them", () => {
    assert.deepStrictEqual(broken("autoscaler-owns-replicas", [withIgnored(WEB, []), AUTOSCALER]), wrong);
  });

  it("says nothing where it is not recorded what the program ignores", () => {
    assert.deepStrictEqual(broken("autoscaler-owns-replicas", [WEB, AUTOSCALER]), []);
  });
});

describe("the rule that a namespace with pods keeps others out", () => {
  const policy = resource("kubernetes:networking.k8s.io/v1:NetworkPolicy", "deny", {
    metadata: { namespace: "shop" },
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
  });
  const wrong = ["Deployment web: Nothing keeps others out of the namespace shop"];
  const cases: [string, Subject[], boolean][] = [
    ["a policy for all its pods that lets nothing in", [policy], true],
    [
      "such a policy without types, which is one about what comes in",
      [changed(policy, "spec/policyTypes", undefined)],
      true,
    ],
    ["no policy", [], false],
    ["a policy for some of its pods", [changed(policy, "spec/podSelector", { matchLabels: { app: "web" } })], false],
    ["a policy about what goes out alone", [changed(policy, "spec/policyTypes", ["Egress"])], false],
    ["a policy that lets somebody in", [changed(policy, "spec/ingress", [{ from: [] }])], false],
    ["a policy of another namespace", [changed(policy, "metadata/namespace", "other")], false],
    ["a policy whose pods cannot be known", [changed(policy, "spec/podSelector", UNKNOWN)], true],
  ];
  for (const [title, policies, fine] of cases) {
    it(`${fine ? "holds" : "does not hold"} with ${title}`, () => {
      assert.deepStrictEqual(broken("default-deny", [WEB, DATABASE, ...policies]), fine ? [] : wrong);
    });
  }

  it("says nothing of a namespace that cannot be known", () => {
    assert.deepStrictEqual(broken("default-deny", [changed(WEB, "metadata/namespace", UNKNOWN)]), []);
  });
});

describe("the rule that a Service selects pods", () => {
  const wrong = ["Service public: The Service selects no pod of the stack"];

  it("holds with a workload of its labels, and without a selector", () => {
    assert.deepStrictEqual(broken("service-selects-pods", [BALANCER, WEB]), []);
    assert.deepStrictEqual(broken("service-selects-pods", [changed(BALANCER, "spec/selector", undefined)]), []);
  });

  it("does not hold with other labels, or with the workload in another namespace", () => {
    assert.deepStrictEqual(broken("service-selects-pods", [BALANCER, DATABASE]), wrong);
    assert.deepStrictEqual(
      broken("service-selects-pods", [BALANCER, changed(WEB, "metadata/namespace", "other")]),
      wrong,
    );
  });

  it("says nothing of one beside a chart, whose pods are not seen", () => {
    assert.deepStrictEqual(broken("service-selects-pods", [BALANCER, changed(RELEASE, "namespace", "shop")]), []);
    assert.deepStrictEqual(broken("service-selects-pods", [BALANCER, RELEASE]), wrong);
  });

  it("holds while the selector, or the pods' labels, cannot be known", () => {
    const unlabelled = changed(WEB, "spec/template/metadata/labels", { app: UNKNOWN });
    assert.deepStrictEqual(broken("service-selects-pods", [changed(BALANCER, "spec/selector", UNKNOWN)]), []);
    assert.deepStrictEqual(broken("service-selects-pods", [BALANCER, unlabelled]), []);
    assert.deepStrictEqual(broken("service-selects-pods", [BALANCER, changed(WEB, "spec", UNKNOWN)]), []);
  });
});

describe("the rule that a token of a service account is for something", () => {
  const wrong = ["Deployment web: The pod has a token of its service account and no right to use it for"];
  const MOUNT = "spec/template/spec/automountServiceAccountToken";
  const account = resource("kubernetes:core/v1:ServiceAccount", "account", {
    metadata: { name: "web", namespace: "shop" },
    automountServiceAccountToken: false,
  });
  const binding = resource("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "binding", {
    metadata: { namespace: "shop" },
    subjects: [{ kind: "ServiceAccount", name: "web", namespace: "shop" }],
  });

  it("holds where the pod, or its account, has none mounted", () => {
    assert.deepStrictEqual(broken("no-idle-token", [WEB, CRON_JOB]), []);
    assert.deepStrictEqual(broken("no-idle-token", [changed(WEB, MOUNT, undefined), account]), []);
    assert.deepStrictEqual(broken("no-idle-token", [changed(WEB, MOUNT, UNKNOWN)]), []);
  });

  it("does not hold where it is mounted, be it by default", () => {
    assert.deepStrictEqual(broken("no-idle-token", [changed(WEB, MOUNT, true), account]), wrong);
    assert.deepStrictEqual(broken("no-idle-token", [changed(WEB, MOUNT, undefined)]), wrong);
  });

  it("holds for an account that has rights, and for no other", () => {
    const mounted = changed(WEB, MOUNT, true);
    assert.deepStrictEqual(broken("no-idle-token", [mounted, binding]), []);
    assert.deepStrictEqual(broken("no-idle-token", [mounted, changed(binding, "subjects", UNKNOWN)]), []);
    assert.deepStrictEqual(broken("no-idle-token", [mounted, changed(binding, "subjects/0/name", "other")]), wrong);
    const elsewhere = changed(binding, "metadata/namespace", "other");
    assert.deepStrictEqual(broken("no-idle-token", [mounted, elsewhere]), []);
    const ofOthers = [
      changed(binding, "subjects/0/namespace", "other"),
      changed(elsewhere, "subjects/0/namespace", undefined),
    ];
    assert.deepStrictEqual(
      ofOthers.map((each) => broken("no-idle-token", [mounted, each])),
      [wrong, wrong],
    );
  });

  it("holds while it cannot be known which account is the pod's, the binding's, or where it is", () => {
    const of = (mount: unknown) =>
      changed(changed(WEB, MOUNT, mount), "spec/template/spec/serviceAccountName", UNKNOWN);
    const unknown = ["subjects/0/name", "subjects/0/namespace"].map((path) => changed(binding, path, UNKNOWN));
    const ways = [
      [of(undefined)],
      [of(undefined), account],
      [of(true), binding],
      [changed(WEB, MOUNT, undefined), changed(account, "metadata/name", UNKNOWN)],
      [changed(WEB, MOUNT, undefined), changed(account, "automountServiceAccountToken", UNKNOWN)],
      ...unknown.map((each) => [changed(WEB, MOUNT, true), each]),
    ];
    assert.deepStrictEqual(
      ways.map((resources) => broken("no-idle-token", resources)),
      ways.map(() => []),
    );
    assert.deepStrictEqual(broken("no-idle-token", [of(true)]), wrong);
  });
});
