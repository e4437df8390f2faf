import assert from "node:assert/strict";
import { APP_ROLES, type AppRole, labels } from "../../../lib/labels";
import { cachePolicies, denyAll } from "../../../lib/networkPolicies";
import { type Party, Traffic } from "../../support/networkPolicies";

const pod = (role: AppRole, app = "guestbook", namespace = "guestbook"): Party => ({
  namespace,
  labels: labels(app, role),
});
const primary = pod("cache");
const replica = pod("cache-replica");

/** The app's namespace, where nothing is let through that a policy does not name. */
const traffic = new Traffic(
  [denyAll(), ...Object.values(cachePolicies("guestbook", 6379))].map((spec) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { namespace: "guestbook" },
    spec,
  })),
);

const callers = (to: Party): AppRole[] => APP_ROLES.filter((role) => traffic.allows(pod(role), to, 6379));

describe("traffic to a cache", () => {
  it("comes to the primary from what uses it and from its replicas", () => {
    assert.deepStrictEqual(callers(primary), ["web", "migration", "cache-replica"]);
  });

  it("comes to a replica from what uses it, and from no other server", () => {
    assert.deepStrictEqual(callers(replica), ["web", "migration"]);
  });

  it("does not come from another app, another namespace or elsewhere", () => {
    const others: Party[] = [
      pod("web", "shop"),
      pod("web", "guestbook", "shop"),
      pod("cache-replica", "guestbook", "shop"),
      { namespace: "guestbook", labels: { "app.kubernetes.io/name": "guestbook" } },
      { namespace: "monitoring", labels: { "app.kubernetes.io/name": "prometheus" } },
      { address: "203.0.113.9" },
    ];
    assert.deepStrictEqual(
      others.filter((from) => traffic.allows(from, primary, 6379) || traffic.allows(from, replica, 6379)),
      [],
    );
  });

  it("goes to its port alone", () => {
    assert.deepStrictEqual(
      [primary, replica].filter((to) => traffic.allows(pod("web"), to, 26379)),
      [],
    );
    assert.ok(!traffic.allows(replica, primary, 16379));
  });

  it("is not sent on: a server that is broken into reaches the primary at most", () => {
    const elsewhere: Party[] = [pod("database"), pod("web"), { address: "203.0.113.9" }, { address: "10.30.0.7" }];
    for (const server of [primary, replica]) {
      assert.deepStrictEqual(
        [...elsewhere, replica].filter((to) => traffic.allows(server, to, 6379)),
        [],
      );
    }
    assert.ok(traffic.allows(replica, primary, 6379));
  });
});
