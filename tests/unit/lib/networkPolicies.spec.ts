import assert from "node:assert/strict";
import { labels } from "../../../lib/labels";
import {
  allowDns,
  controllerPolicies,
  databasePolicies,
  denyAll,
  solverPolicy,
  webPolicy,
  type Callers,
} from "../../../lib/networkPolicies";
import { manifests, type Manifest } from "../../support/manifests";
import { deployProgram } from "../../support/mocks";
import { Traffic, type Party } from "../../support/networkPolicies";
import { app, deployStack, stack } from "../../support/stackFiles";

const pod = (namespace: string, podLabels: Record<string, string>): Party => ({ namespace, labels: podLabels });
const web = pod("blog", labels("blog", "web"));
const migration = pod("blog", labels("blog", "migration"));
const database = pod("blog", labels("blog", "database"));
const stranger = pod("blog", { "app.kubernetes.io/name": "blog" });
const otherWeb = pod("shop", labels("blog", "web"));
const controller = pod("ingress", { "app.kubernetes.io/name": "ingress-nginx" });
const dns = pod("kube-system", { "k8s-app": "kube-dns" });
const neighbour = pod("kube-system", { "k8s-app": "metrics-server" });
const internet = { address: "93.184.216.34" };

/** Addresses that are not of the internet, each with its name. */
const PRIVATE = {
  "a node": "10.110.0.2",
  "a pod": "10.112.3.4",
  "another private range": "172.20.0.1",
  "a home network": "192.168.1.1",
  "the cloud's metadata": "169.254.169.254",
  "a carrier's range": "100.64.0.1",
};

/** The policies of one app, as the cluster would hold them. */
function policies(callers: Callers, egress: "none" | "internet"): Manifest[] {
  const { server, clients } = databasePolicies("blog", 3306);
  return [denyAll(), allowDns(), webPolicy("blog", 8000, callers, egress), server, clients].map((spec) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { namespace: "blog" },
    spec,
  }));
}

describe("traffic of the local stack", () => {
  let traffic: Traffic;
  before(async () => {
    traffic = new Traffic(manifests(await deployStack("local")));
  });

  const cases: [string, Party, Party, number, boolean][] = [
    ["reaches MySQL from the web pods", web, database, 3306, true],
    ["reaches MySQL from the migration", migration, database, 3306, true],
    ["does not reach MySQL at another port", web, database, 33060, false],
    ["does not reach MySQL from another pod of the namespace", stranger, database, 3306, false],
    ["does not reach MySQL from a pod of another namespace with the same labels", otherWeb, database, 3306, false],
    ["does not reach MySQL from kube-system", neighbour, database, 3306, false],
    ["does not reach MySQL from outside", internet, database, 3306, false],
    ["reaches the web port from outside, through the node port", internet, web, 8000, true],
    ["reaches the web port from a private network, through the node port", { address: "192.168.1.9" }, web, 8000, true],
    ["does not reach another port of the web pods", internet, web, 9100, false],
    ["does not reach the migration", internet, migration, 8000, false],
    ["does not leave the web pods for the internet", web, internet, 443, false],
    ["does not leave the web pods for another namespace", web, otherWeb, 8000, false],
    ["does not leave the migration for the internet", migration, internet, 443, false],
    ["does not leave MySQL for the web pods", database, web, 8000, false],
    ["does not leave MySQL for the internet", database, internet, 443, false],
  ];
  for (const [title, from, to, port, allowed] of cases) {
    it(title, () => {
      assert.deepStrictEqual(traffic.allows(from, to, port), allowed);
    });
  }

  for (const [title, from] of Object.entries({ web, migration, database })) {
    it(`leaves the ${title} pods for DNS, and for nothing else of kube-system`, () => {
      assert.deepStrictEqual(
        [
          traffic.allows(from, dns, 53, "UDP"),
          traffic.allows(from, dns, 53, "TCP"),
          traffic.allows(from, dns, 9153),
          traffic.allows(from, neighbour, 53, "UDP"),
          traffic.allows(from, pod("blog", { "k8s-app": "kube-dns" }), 53, "UDP"),
        ],
        [true, true, false, false, false],
      );
    });
  }
});

describe("traffic of two apps", () => {
  it("does not reach the other's database or web pods", async () => {
    const apps = [app({ database: "mysql" }), app({ name: "shop", database: "mysql" })];
    const traffic = new Traffic(manifests(await deployProgram({ config: stack({ apps }) })));
    const shop = (role: "web" | "database") => pod("shop", labels("shop", role));
    assert.deepStrictEqual(
      [
        traffic.allows(web, database, 3306),
        traffic.allows(shop("web"), shop("database"), 3306),
        traffic.allows(web, shop("database"), 3306),
        traffic.allows(shop("web"), database, 3306),
        traffic.allows(web, shop("web"), 8000),
      ],
      [true, true, false, false, false],
    );
  });
});

describe("traffic of an app behind an Ingress", () => {
  it("comes from the controller's namespace only", async () => {
    const config = stack({
      ingress: { controller: "none", className: "nginx", namespace: "ingress" },
      apps: [app({ expose: "ingress", hosts: ["example.com"], port: 8080 })],
    });
    const traffic = new Traffic(manifests(await deployProgram({ config })));
    assert.deepStrictEqual(
      [controller, otherWeb, stranger, internet].map((from) => traffic.allows(from, web, 8080)),
      [true, false, false, false],
    );
    assert.deepStrictEqual(traffic.allows(controller, web, 8000), false);
  });
});

describe("traffic of an app that calls the internet", () => {
  it("is sent by its web pods, at any port, and by no others", async () => {
    const config = stack({ apps: [app({ egress: "internet", database: "mysql", migrate: ["flask"] })] });
    const traffic = new Traffic(manifests(await deployProgram({ config })));
    assert.deepStrictEqual(
      [
        traffic.allows(web, internet, 443),
        traffic.allows(web, internet, 587),
        traffic.allows(migration, internet, 443),
        traffic.allows(database, internet, 443),
      ],
      [true, true, false, false],
    );
  });

  for (const [title, address] of Object.entries(PRIVATE)) {
    it(`does not reach ${title}`, () => {
      const traffic = new Traffic(policies({ kind: "anyone" }, "internet"));
      assert.deepStrictEqual(traffic.allows(web, { address }, 443), false);
    });
  }

  it("does not reach pods of other namespaces", () => {
    const traffic = new Traffic(policies({ kind: "anyone" }, "internet"));
    assert.deepStrictEqual(traffic.allows(web, otherWeb, 8000), false);
  });
});

describe("traffic of the Ingress controller's namespace", () => {
  const traffic = new Traffic(
    Object.values(controllerPolicies()).map((spec) => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { namespace: "ingress" },
      spec,
    })),
  );

  it("comes in from anywhere at the ports of the protocols and of the webhook, and at no other", () => {
    const open = [80, 443, 8443, 8000, 8080, 9100, 10254].filter((port) => traffic.allows(internet, controller, port));
    assert.deepStrictEqual(open, [80, 443, 8443, 8000]);
  });

  it("goes out to the apps", () => {
    assert.deepStrictEqual(traffic.allows(controller, web, 8000), true);
  });
});

describe("traffic to what answers for a certificate", () => {
  const solver = pod("blog", { "acme.cert-manager.io/http01-solver": "true" });
  const traffic = new Traffic(
    [denyAll(), solverPolicy("ingress")].map((spec) => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { namespace: "blog" },
      spec,
    })),
  );

  it("comes from the Ingress controller, and from nobody else", () => {
    const callers = [controller, web, neighbour, internet];
    assert.deepStrictEqual(
      callers.map((caller) => traffic.allows(caller, solver, 8089)),
      [true, false, false, false],
    );
  });

  it("opens no way to the app's own pods", () => {
    assert.deepStrictEqual(traffic.allows(controller, web, 8089), false);
  });
});

describe("the evaluator of policies", () => {
  it("lets everything through where no policy selects a pod", () => {
    const traffic = new Traffic([]);
    assert.deepStrictEqual(
      [traffic.allows(web, database, 3306), traffic.allows(internet, web, 1), traffic.allows(web, internet, 1)],
      [true, true, true],
    );
  });

  it("lets nothing through under denyAll alone", () => {
    const traffic = new Traffic([
      { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { namespace: "blog" }, spec: denyAll() },
    ]);
    assert.deepStrictEqual(
      [traffic.allows(web, database, 3306), traffic.allows(internet, web, 8000), traffic.allows(web, dns, 53, "UDP")],
      [false, false, false],
    );
  });
});

describe("network policies", () => {
  it("say which directions they hold, so that one without rules shuts them", () => {
    const { server, clients } = databasePolicies("blog", 3306);
    assert.deepStrictEqual(
      [
        denyAll(),
        allowDns(),
        webPolicy("blog", 8000, { kind: "anyone" }, "none"),
        webPolicy("blog", 8000, { kind: "anyone" }, "internet"),
        server,
        clients,
      ].map(({ policyTypes }) => policyTypes),
      [["Ingress", "Egress"], ["Egress"], ["Ingress"], ["Ingress", "Egress"], ["Ingress"], ["Egress"]],
    );
  });

  it("let callers in over IPv6 too where anyone may call", () => {
    assert.deepStrictEqual(webPolicy("blog", 8000, { kind: "anyone" }, "none").ingress, [
      {
        from: [{ ipBlock: { cidr: "0.0.0.0/0" } }, { ipBlock: { cidr: "::/0" } }],
        ports: [{ protocol: "TCP", port: 8000 }],
      },
    ]);
  });
});
