import type {
  V1ContainerPort,
  V1LabelSelector,
  V1NetworkPolicy,
  V1NetworkPolicySpec,
  V1Pod,
} from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { firewallRules, selects } from "../../../../local/node/networkPolicy";

const pod = (
  name: string,
  podIP: string,
  more: { namespace?: string; ports?: V1ContainerPort[]; hostNetwork?: boolean; phase?: string } = {},
): V1Pod => ({
  metadata: { name, namespace: more.namespace ?? "blog", labels: { app: name } },
  spec: { containers: [{ name, ports: more.ports ?? [] }], hostNetwork: more.hostNetwork ?? false },
  status: { podIP, phase: more.phase ?? "Running" },
});
const policy = (spec: Partial<V1NetworkPolicySpec>, namespace = "blog"): V1NetworkPolicy => ({
  metadata: { name: "p", namespace },
  spec: { podSelector: {}, ...spec },
});
const labelled = (app: string): V1LabelSelector => ({ matchLabels: { app } });
const namespaces = ["blog", "shop", "monitoring"].map((name) => ({ metadata: { name, labels: { team: name } } }));

const WEB = "10.244.0.5/32";
const web = pod("web", "10.244.0.5", { ports: [{ name: "http", containerPort: 8000 }] });
const database = pod("database", "10.244.0.6", { ports: [{ name: "mysql", containerPort: 3306, protocol: "TCP" }] });
const scraper = pod("scraper", "10.244.0.7", { namespace: "monitoring" });
const stranger = pod("web", "10.244.0.8", { namespace: "shop" });
const PODS = [web, database, scraper, stranger];

const rules = (policies: V1NetworkPolicy[], pods = PODS) => firewallRules({ policies, pods, namespaces }).split("\n");
const HEAD = ["*mangle", ":FLASK-DOKS-EGRESS - [0:0]", ":FLASK-DOKS-INGRESS - [0:0]"];
const TAIL = ["COMMIT", ""];
const FORBID = "-j MARK --set-xmark 0x100000/0x100000";
const ALLOW = "-j MARK --set-xmark 0x0/0x100000";

/** The rules of one direction: replies pass, the pods' own rules, and the rest is dropped. */
const chain = (name: "EGRESS" | "INGRESS", ...lines: string[]) =>
  ["-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN", ...lines, "-m mark --mark 0x100000/0x100000 -j DROP"].map(
    (line) => `-A FLASK-DOKS-${name} ${line}`,
  );

/** What rules for the web pod's ingress or egress say beyond those that every isolated pod has. */
function allowed(direction: "ingress" | "egress", rule: object, pods = PODS): string[] {
  const type = direction === "ingress" ? "Ingress" : "Egress";
  const spec = { podSelector: labelled("web"), policyTypes: [type], [direction]: [rule] };
  const [ownOption, name] = direction === "ingress" ? ["-d", "INGRESS" as const] : ["-s", "EGRESS" as const];
  const all = rules([policy(spec)], pods);
  const frame = chain(name, `${ownOption} ${WEB} ${FORBID}`, `-s ${WEB} -d ${WEB} ${ALLOW}`);
  const more = all.slice(HEAD.length + frame.length - 1, -TAIL.length - 1);
  assert.deepStrictEqual(all, [...HEAD, ...frame.slice(0, -1), ...more, ...frame.slice(-1), ...TAIL]);
  return more.map((line) => {
    assert.deepStrictEqual([line.startsWith(`-A FLASK-DOKS-${name} `), line.endsWith(` ${ALLOW}`)], [true, true]);
    return line.slice(`-A FLASK-DOKS-${name} `.length, -` ${ALLOW}`.length);
  });
}

describe("The firewall of network policies", () => {
  it("holds no rules without policies, and empties both chains", () => {
    assert.deepStrictEqual(rules([]), [...HEAD, ...TAIL]);
  });
  it("closes every pod of a namespace in both directions for a default deny, but to itself", () => {
    assert.deepStrictEqual(rules([policy({ policyTypes: ["Ingress", "Egress"] })]), [
      ...HEAD,
      ...chain(
        "EGRESS",
        ...["10.244.0.5/32", "10.244.0.6/32"].flatMap((own) => [`-s ${own} ${FORBID}`, `-s ${own} -d ${own} ${ALLOW}`]),
      ),
      ...chain(
        "INGRESS",
        ...["10.244.0.5/32", "10.244.0.6/32"].flatMap((own) => [`-d ${own} ${FORBID}`, `-s ${own} -d ${own} ${ALLOW}`]),
      ),
      ...TAIL,
    ]);
  });
  it("closes ingress alone for a policy that names neither type nor egress, and both for one with egress", () => {
    const chains = (spec: Partial<V1NetworkPolicySpec>) => {
      const dropped = rules([policy(spec)]).filter((line) => line.endsWith("DROP"));
      return dropped.map((line) => line.split(" ")[1]);
    };
    assert.deepStrictEqual(
      [chains({}), chains({ egress: [] })],
      [["FLASK-DOKS-INGRESS"], ["FLASK-DOKS-EGRESS", "FLASK-DOKS-INGRESS"]],
    );
  });
  it("leaves pods alone that are selected by none, of other namespaces, on the node's network, ended or without an address", () => {
    const others = [
      pod("web", "10.99.0.2", { hostNetwork: true }),
      pod("web", "10.244.0.9", { phase: "Succeeded" }),
      pod("web", "10.244.0.10", { phase: "Failed" }),
      pod("web", "", { phase: "Pending" }),
      database,
      stranger,
    ];
    assert.deepStrictEqual(rules([policy({ podSelector: labelled("web") })], others), [...HEAD, ...TAIL]);
  });
  it("adds up what several policies allow, each once", () => {
    const allowing = (app: string) =>
      policy({ podSelector: labelled("web"), ingress: [{ _from: [{ podSelector: labelled(app) }] }] });
    assert.deepStrictEqual(rules([allowing("database"), allowing("database"), allowing("web")]), [
      ...HEAD,
      ...chain(
        "INGRESS",
        `-d ${WEB} ${FORBID}`,
        `-s ${WEB} -d ${WEB} ${ALLOW}`,
        `-d ${WEB} -s 10.244.0.6/32 ${ALLOW}`,
        `-d ${WEB} -s ${WEB} ${ALLOW}`,
      ),
      ...TAIL,
    ]);
  });

  describe("from a peer", () => {
    const from = (...peers: object[]) => allowed("ingress", { _from: peers });
    it("allows everybody when a rule names no peer", () => {
      assert.deepStrictEqual(
        [allowed("ingress", {}), from()],
        [[`-d ${WEB} -s 0.0.0.0/0`], [`-d ${WEB} -s 0.0.0.0/0`]],
      );
    });
    it("allows the pods that a selector names, of the policy's own namespace", () => {
      assert.deepStrictEqual(from({ podSelector: labelled("database") }), [`-d ${WEB} -s 10.244.0.6/32`]);
      assert.deepStrictEqual(from({ podSelector: labelled("scraper") }), []);
    });
    it("allows all pods of the namespaces that a selector names", () => {
      assert.deepStrictEqual(from({ namespaceSelector: { matchLabels: { team: "shop" } } }), [
        `-d ${WEB} -s 10.244.0.8/32`,
      ]);
      assert.deepStrictEqual(from({ namespaceSelector: {} }).length, PODS.length);
    });
    it("allows, for both selectors in one peer, the pods that both name; in two peers, those that either names", () => {
      const namespaceSelector = { matchLabels: { team: "monitoring" } };
      assert.deepStrictEqual(from({ namespaceSelector, podSelector: labelled("database") }), []);
      assert.deepStrictEqual(from({ namespaceSelector, podSelector: labelled("scraper") }), [
        `-d ${WEB} -s 10.244.0.7/32`,
      ]);
      assert.deepStrictEqual(from({ namespaceSelector }, { podSelector: labelled("database") }), [
        `-d ${WEB} -s 10.244.0.7/32`,
        `-d ${WEB} -s 10.244.0.6/32`,
      ]);
    });
    it("allows a block of addresses less its exceptions, and no block of IPv6", () => {
      assert.deepStrictEqual(from({ ipBlock: { cidr: "10.0.0.0/29", except: ["10.0.0.0/30", "10.0.0.7/32"] } }), [
        `-d ${WEB} -s 10.0.0.4/31`,
        `-d ${WEB} -s 10.0.0.6/32`,
      ]);
      assert.deepStrictEqual(from({ ipBlock: { cidr: "fd00::/8" } }), []);
    });
    it("reads a watched policy as a listed one: the client calls the same field by two names", () => {
      assert.deepStrictEqual(allowed("ingress", { from: [{ podSelector: labelled("database") }] }), [
        `-d ${WEB} -s 10.244.0.6/32`,
      ]);
    });
  });

  describe("at a port", () => {
    const at = (...ports: object[]) => allowed("ingress", { ports });
    const anybody = `-d ${WEB} -s 0.0.0.0/0`;
    it("allows a number, by TCP unless it says otherwise", () => {
      assert.deepStrictEqual(at({ port: 80 }, { port: 53, protocol: "UDP" }), [
        `${anybody} -p tcp --dport 80:80`,
        `${anybody} -p udp --dport 53:53`,
      ]);
    });
    it("allows a range to its end", () => {
      assert.deepStrictEqual(at({ port: 8000, endPort: 8999 }), [`${anybody} -p tcp --dport 8000:8999`]);
    });
    it("allows every port of a protocol that names none", () => {
      assert.deepStrictEqual(at({ protocol: "UDP" }), [`${anybody} -p udp --dport 0:65535`]);
    });
    it("allows the port that the pod itself calls by a name, and none for a name that it has not", () => {
      assert.deepStrictEqual(at({ port: "http" }), [`${anybody} -p tcp --dport 8000:8000`]);
      assert.deepStrictEqual([at({ port: "metrics" }), at({ port: "http", protocol: "UDP" })], [[], []]);
    });
    it("allows each peer at each port", () => {
      const rule = { _from: [{ podSelector: labelled("database") }, { podSelector: labelled("web") }] };
      assert.deepStrictEqual(
        allowed("ingress", { ...rule, ports: [{ port: 1 }, { port: 2 }] }).map((line) => line.slice(17)),
        ["-s 10.244.0.6/32", `-s ${WEB}`].flatMap((side) => [1, 2].map((n) => `${side} -p tcp --dport ${n}:${n}`)),
      );
    });
  });

  describe("to a peer", () => {
    const database5 = { to: [{ podSelector: labelled("database") }] };
    it("allows the pod to send, and not to be sent to", () => {
      assert.deepStrictEqual(allowed("egress", { ...database5, ports: [{ port: 3306 }] }), [
        `-s ${WEB} -d 10.244.0.6/32 -p tcp --dport 3306:3306`,
      ]);
    });
    it("takes a port's name from the receiver, so that a block of addresses has none", () => {
      assert.deepStrictEqual(allowed("egress", { ...database5, ports: [{ port: "mysql" }] }), [
        `-s ${WEB} -d 10.244.0.6/32 -p tcp --dport 3306:3306`,
      ]);
      assert.deepStrictEqual(allowed("egress", { ...database5, ports: [{ port: "http" }] }), []);
      const block = { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] };
      assert.deepStrictEqual(allowed("egress", { ...block, ports: [{ port: "mysql" }] }), []);
    });
    it("allows all the world less what is excepted", () => {
      const block = { cidr: "0.0.0.0/0", except: ["0.0.0.0/1", "128.0.0.0/2"] };
      assert.deepStrictEqual(allowed("egress", { to: [{ ipBlock: block }] }), [`-s ${WEB} -d 192.0.0.0/2`]);
    });
  });
});

describe("A label selector", () => {
  const expression = (operator: string, values?: string[]): V1LabelSelector => ({
    matchExpressions: [{ key: "app", operator, ...(values && { values }) }],
  });
  const labels: (Record<string, string> | undefined)[] = [{ app: "web" }, { app: "database" }, {}, undefined];
  const chosen = (selector: V1LabelSelector) => labels.map((each) => selects(selector, each));
  it("that is empty selects everything", () => {
    assert.deepStrictEqual(chosen({}), [true, true, true, true]);
  });
  it("selects by equal labels, all of them", () => {
    assert.deepStrictEqual(chosen(labelled("web")), [true, false, false, false]);
    assert.deepStrictEqual(selects({ matchLabels: { app: "web", tier: "front" } }, { app: "web" }), false);
  });
  it("selects by expressions, as Kubernetes reads them where the label is missing", () => {
    assert.deepStrictEqual(
      [
        chosen(expression("In", ["web", "worker"])),
        chosen(expression("NotIn", ["web"])),
        chosen(expression("Exists")),
        chosen(expression("DoesNotExist")),
      ],
      [
        [true, false, false, false],
        [false, true, true, true],
        [true, true, false, false],
        [false, false, true, true],
      ],
    );
  });
});
