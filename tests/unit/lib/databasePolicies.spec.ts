import assert from "node:assert/strict";
import { APP_ROLES, type AppRole, labels } from "../../../lib/labels";
import {
  backupStorePolicy,
  databasePolicies,
  denyAll,
  managedDatabasePolicy,
  monitorPolicy,
} from "../../../lib/networkPolicies";
import type { Manifest } from "../../support/manifests";
import { type Party, Traffic } from "../../support/networkPolicies";

const CLIENTS: AppRole[] = ["web", "migration", "accounts", "backup", "restore", "move"];

const pod = (role: AppRole, app = "blog", namespace = "blog"): Party => ({ namespace, labels: labels(app, role) });
const scraper: Party = { namespace: "monitoring", labels: { "app.kubernetes.io/name": "prometheus" } };
const neighbour: Party = { namespace: "blog", labels: { "app.kubernetes.io/name": "blog" } };
const outside: Party = { address: "203.0.113.9" };
const inNetwork: Party = { address: "10.30.0.7" };

/** The traffic in an app's namespace, where nothing is let through that a policy does not name. */
const under = (...specs: Manifest["spec"][]): Traffic =>
  new Traffic(
    [denyAll(), ...specs].map((spec) => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { namespace: "blog" },
      spec,
    })),
  );

/** The parts of the app that are let through. */
const letThrough = (allowed: (from: Party) => boolean): AppRole[] => APP_ROLES.filter((role) => allowed(pod(role)));

describe("traffic to a database in the cluster", () => {
  const { server, clients } = databasePolicies("blog", 3306);
  const traffic = under(server, clients);

  it("comes from the parts of the app that have to, and from no others", () => {
    assert.deepStrictEqual(
      letThrough((from) => traffic.allows(from, pod("database"), 3306)),
      CLIENTS,
    );
  });

  it("does not come from a test of a restore, which has a server of its own, nor from what watches over backups", () => {
    assert.ok(!traffic.allows(pod("restore-test"), pod("database"), 3306));
    assert.ok(!traffic.allows(pod("backup-monitor"), pod("database"), 3306));
  });

  it("does not come from another app, another namespace or elsewhere", () => {
    const others = [pod("backup", "shop"), pod("backup", "blog", "shop"), neighbour, scraper, outside, inNetwork];
    assert.deepStrictEqual(
      others.filter((from) => traffic.allows(from, pod("database"), 3306)),
      [],
    );
  });
});

describe("traffic to a database of DigitalOcean's", () => {
  const traffic = under(managedDatabasePolicy("blog", 25060));

  it("is sent by the parts of the app that have to, and by no others", () => {
    assert.deepStrictEqual(
      letThrough((from) => traffic.allows(from, inNetwork, 25060)),
      CLIENTS,
    );
  });

  it("goes to its port alone", () => {
    assert.deepStrictEqual(
      [3306, 443, 25061].filter((port) => traffic.allows(pod("web"), inNetwork, port)),
      [],
    );
  });

  it("is let out by a policy that lets nobody in", () => {
    assert.deepStrictEqual(managedDatabasePolicy("blog", 25060).policyTypes, ["Egress"]);
    assert.ok(!traffic.allows(pod("web"), pod("migration"), 25060));
  });
});

describe("traffic to the store of backups", () => {
  const traffic = under(backupStorePolicy("blog", 443));

  it("is sent by what reads and writes backups, and by nothing else", () => {
    assert.deepStrictEqual(
      letThrough((from) => traffic.allows(from, outside, 443)),
      ["backup", "restore-test", "restore"],
    );
  });

  it("goes to its port alone, wherever it is", () => {
    assert.deepStrictEqual(
      [outside, inNetwork].map((to) => [traffic.allows(pod("backup"), to, 443), traffic.allows(pod("backup"), to, 80)]),
      [
        [true, false],
        [true, false],
      ],
    );
  });
});

describe("traffic of what watches over backups", () => {
  const traffic = under(monitorPolicy("blog", 9187));
  const monitor = pod("backup-monitor");

  it("goes to the API server, which is behind a Service or at a port of its own, and nowhere else", () => {
    assert.deepStrictEqual(
      [443, 6443, 80, 3306, 25060].filter((port) => traffic.allows(monitor, outside, port)),
      [443, 6443],
    );
    assert.ok(!traffic.allows(monitor, pod("database"), 3306));
  });

  it("comes in for its metrics from within the cluster, and from nowhere else", () => {
    assert.deepStrictEqual(
      [scraper, neighbour, outside].map((from) => traffic.allows(from, monitor, 9187)),
      // A pod of the app's own namespace may not go out to it.
      [true, false, false],
    );
    assert.ok(!traffic.allows(scraper, monitor, 8080));
  });
});
