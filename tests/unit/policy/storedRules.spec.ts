import assert from "node:assert/strict";
import { inspect } from "node:util";
import { type Subject, UNKNOWN } from "../../../policy/subject";
import { broken, changed, CLUSTER, DATABASE, INGRESS, RELEASE, resource, WEB } from "./subjects";

const object = (kind: string, name?: string): Subject =>
  resource(`kubernetes:core/v1:${kind}`, "shop-thing", {
    metadata: { namespace: "shop", ...(name === undefined ? {} : { name }) },
  });

const custom = (type: string, spec: unknown): Subject =>
  resource(`kubernetes:${type}`, "custom", { metadata: { namespace: "shop" }, spec });

describe("the rule that an object is used by a pod (D13)", () => {
  const POD = "spec/template/spec";
  const CONTAINER = `${POD}/containers/0`;
  const account = (name: string): Subject => changed(object("ServiceAccount", "web"), "imagePullSecrets", [{ name }]);
  const used: [string, Subject, Subject[]][] = [
    ["a ConfigMap in the environment", object("ConfigMap", "web"), [WEB]],
    ["a Secret in the environment", object("Secret", "web"), [WEB]],
    ["a claim of a volume", object("PersistentVolumeClaim", "data"), [DATABASE]],
    ["the account of a pod", object("ServiceAccount", "web"), [WEB]],
    ["the pull secret of an account", object("Secret", "pull"), [account("pull"), WEB]],
    ["the certificate of an Ingress", object("Secret", "shop-tls"), [INGRESS]],
    [
      "one key of a Secret",
      object("Secret", "keys"),
      [changed(WEB, `${CONTAINER}/env`, [{ name: "KEY", valueFrom: { secretKeyRef: { name: "keys", key: "a" } } }])],
    ],
    [
      "a Secret in a projected volume",
      object("Secret", "keys"),
      [
        changed(WEB, "spec/template/spec/volumes", [
          { name: "all", projected: { sources: [{ secret: { name: "keys" } }] } },
        ]),
      ],
    ],
    [
      "the token of an issuer's challenge",
      object("Secret", "dns"),
      [
        resource("kubernetes:cert-manager.io/v1:ClusterIssuer", "issuer", {
          spec: { acme: { solvers: [{ dns01: { digitalocean: { tokenSecretRef: { name: "dns", key: "token" } } } }] } },
        }),
      ],
    ],
    [
      "an object whose name Pulumi makes up",
      object("ConfigMap"),
      [changed(WEB, `${CONTAINER}/envFrom`, [{ configMapRef: { name: "shop-thing-1a2b3c4d" } }])],
    ],
    ...["spec", "spec/template/spec", "spec/template/spec/containers", "spec/template/spec/volumes"].map(
      (path): (typeof used)[number] => [
        `what ${path} of a pod may refer to, which cannot be known`,
        object("ConfigMap", "other"),
        [changed(WEB, path, UNKNOWN)],
      ],
    ),
    ...(
      [
        ["ConfigMap", `${CONTAINER}/envFrom`, [{ configMapRef: { name: UNKNOWN } }]],
        ["ConfigMap", `${CONTAINER}/env`, [{ valueFrom: { configMapKeyRef: { name: UNKNOWN } } }]],
        ["ConfigMap", `${POD}/volumes`, [{ configMap: { name: UNKNOWN } }]],
        ["ConfigMap", `${POD}/volumes`, [{ projected: { sources: [{ configMap: { name: UNKNOWN } }] } }]],
        ["Secret", `${CONTAINER}/envFrom`, [{ secretRef: { name: UNKNOWN } }]],
        ["Secret", `${CONTAINER}/env`, [{ valueFrom: { secretKeyRef: { name: UNKNOWN } } }]],
        ["Secret", `${CONTAINER}/env`, [{ valueFrom: UNKNOWN }]],
        ["Secret", `${POD}/volumes`, [{ secret: { secretName: UNKNOWN } }]],
        ["Secret", `${POD}/imagePullSecrets`, [{ name: UNKNOWN }]],
        ["PersistentVolumeClaim", `${POD}/volumes`, [{ persistentVolumeClaim: { claimName: UNKNOWN } }]],
        ["ServiceAccount", `${POD}/serviceAccountName`, UNKNOWN],
      ] as const
    ).flatMap(([kind, path, reference]) =>
      ["shop-thing-1a2b3c4d", undefined, UNKNOWN].map((name): (typeof used)[number] => [
        `a ${kind} called ${String(name)}, to which ${path} may refer: ${inspect(reference, { depth: 6 })}`,
        changed(object(kind), "metadata/name", name),
        [changed(WEB, path, reference)],
      ]),
    ),
    [
      "one that is being replaced, which had another made-up name before",
      object("ConfigMap", "shop-thing-1a2b3c4d"),
      [changed(WEB, `${CONTAINER}/envFrom`, [{ configMapRef: { name: "shop-thing-5e6f7a8b" } }])],
    ],
    [
      "the key pair of an issuer",
      object("Secret", "authority"),
      [custom("cert-manager.io/v1:Issuer", { ca: { secretName: "authority" } })],
    ],
    [
      "the certificate of a Gateway",
      object("Secret", "shop-tls"),
      [
        custom("gateway.networking.k8s.io/v1:Gateway", {
          listeners: [{ tls: { certificateRefs: [{ name: "shop-tls" }] } }],
        }),
      ],
    ],
    [
      "whatever an issuer may name, which cannot be known",
      object("Secret", "authority"),
      [custom("cert-manager.io/v1:Issuer", UNKNOWN)],
    ],
    [
      "the passwords that an Ingress asks for",
      object("Secret", "users"),
      [changed(INGRESS, "metadata/annotations", { "nginx.ingress.kubernetes.io/auth-secret": "shop/users" })],
    ],
    ["what a chart beside it may use", object("Secret", "other"), [changed(RELEASE, "namespace", "shop")]],
    ["what a chart may use, nobody knows where", object("Secret", "other"), [changed(RELEASE, "namespace", UNKNOWN)]],
    ["an object whose name cannot be known", changed(object("ConfigMap"), "metadata/name", UNKNOWN), [WEB]],
    [
      "whatever a reference that cannot be known may be to",
      object("ConfigMap", "other"),
      [changed(WEB, `${CONTAINER}/envFrom`, [{ configMapRef: { name: UNKNOWN } }])],
    ],
  ];
  for (const [title, subject, others] of used) {
    it(`holds for ${title}`, () => {
      assert.deepStrictEqual(broken("no-unused-object", [subject, ...others]), []);
    });
  }

  for (const kind of ["ConfigMap", "Secret", "PersistentVolumeClaim", "ServiceAccount"]) {
    it(`does not hold for a ${kind} that nothing names, or something in another namespace`, () => {
      const wrong = [`${kind} shop-thing: Nothing of the stack uses the object`];
      assert.deepStrictEqual(broken("no-unused-object", [object(kind, "other"), WEB, DATABASE]), wrong);
      const name = kind === "PersistentVolumeClaim" ? "data" : "web";
      const elsewhere = changed(object(kind, name), "metadata/namespace", "other");
      assert.deepStrictEqual(broken("no-unused-object", [elsewhere, WEB, DATABASE]), wrong);
    });
  }
});

describe("the rule that an object is used, beside others that name it", () => {
  const wrong = ["Secret shop-thing: Nothing of the stack uses the object"];

  it("does not hold for what is named elsewhere, or beside a chart of another namespace", () => {
    const others = [
      changed(custom("cert-manager.io/v1:Issuer", { ca: { secretName: "other" } }), "metadata/namespace", "elsewhere"),
      custom("cert-manager.io/v1:Issuer", { ca: { secretName: "another" } }),
      changed(object("Service", "other"), "spec/selector", { app: "other" }),
      RELEASE,
    ];
    assert.deepStrictEqual(broken("no-unused-object", [object("Secret", "other"), ...others]), wrong);
  });

  it("does not hold for a fixed name where another, made up for it, is referred to", () => {
    const referring = changed(WEB, "spec/template/spec/imagePullSecrets", [{ name: "shop-thing-1a2b3c4d" }]);
    assert.deepStrictEqual(broken("no-unused-object", [object("Secret", "other"), referring]), wrong);
  });
});

describe("the rule that what holds data is protected", () => {
  const claim = object("PersistentVolumeClaim", "data");

  it("holds where it is, and where data is disposable (D7)", () => {
    assert.deepStrictEqual(broken("data-protected", [{ ...claim, protect: true }, WEB], "retain"), []);
    assert.deepStrictEqual(broken("data-protected", [claim, CLUSTER], "delete"), []);
  });

  it("does not hold where the engine would delete it", () => {
    assert.deepStrictEqual(broken("data-protected", [claim, CLUSTER], "retain"), [
      "PersistentVolumeClaim shop-thing: What holds data is not protected",
      "KubernetesCluster cluster: What holds data is not protected",
    ]);
  });

  it("does not hold for a cluster that takes its volumes with it (D7)", () => {
    const taking = changed({ ...CLUSTER, protect: true }, "destroyAllAssociatedResources", true);
    assert.deepStrictEqual(broken("data-protected", [taking], "retain"), [
      "KubernetesCluster cluster: The deletion of the cluster takes its volumes and snapshots with it",
    ]);
    assert.deepStrictEqual(broken("data-protected", [taking], "delete"), []);
    const unknown = changed(taking, "destroyAllAssociatedResources", UNKNOWN);
    assert.deepStrictEqual(broken("data-protected", [unknown], "retain"), []);
  });
});

describe("the rule that a registry's tier takes all repositories", () => {
  const registry = (tier: unknown): Subject =>
    resource("digitalocean:index/containerRegistry:ContainerRegistry", "registry", { subscriptionTierSlug: tier });
  const image = (name: string): Subject =>
    resource("docker:index/image:Image", name, { imageName: `registry.digitalocean.com/shop/${name}:1` });

  it("counts repositories, not images", () => {
    const again = changed(image("again"), "imageName", "registry.digitalocean.com/shop/web:2");
    assert.deepStrictEqual(broken("registry-tier", [registry("starter"), image("web"), again]), []);
    assert.deepStrictEqual(broken("registry-tier", [registry("starter"), image("web"), image("admin")]), [
      "ContainerRegistry registry: The registry's tier does not take 2 repositories",
    ]);
  });

  it("holds for a larger tier, one that is not known, and images of another registry", () => {
    const two = [image("web"), image("admin")];
    const elsewhere = changed(image("other"), "imageName", "ghcr.io/team/other:1");
    assert.deepStrictEqual(broken("registry-tier", [registry("basic"), ...two]), []);
    assert.deepStrictEqual(broken("registry-tier", [registry(UNKNOWN), ...two]), []);
    assert.deepStrictEqual(broken("registry-tier", [registry("starter"), image("web"), elsewhere]), []);
  });
});

describe("the rule that a database of DigitalOcean's has a firewall", () => {
  const database = resource("digitalocean:index/databaseCluster:DatabaseCluster", "database", { engine: "mysql" });
  const replica = resource("digitalocean:index/databaseReplica:DatabaseReplica", "replica", {});
  const firewall = resource("digitalocean:index/databaseFirewall:DatabaseFirewall", "firewall", {
    clusterId: UNKNOWN,
    rules: [{ type: "k8s", value: UNKNOWN }],
  });

  it("holds with one for each server", () => {
    assert.deepStrictEqual(broken("database-firewall", [database, firewall]), []);
    assert.deepStrictEqual(broken("database-firewall", [database, replica, firewall, firewall]), []);
  });

  it("does not hold with none, or with one too few", () => {
    assert.deepStrictEqual(broken("database-firewall", [database]), [
      "DatabaseCluster database: The database has no firewall",
    ]);
    assert.deepStrictEqual(broken("database-firewall", [database, replica, firewall]), [
      "DatabaseReplica replica: The database has no firewall",
    ]);
  });

  it("does not hold with one that lets everybody in", () => {
    const wide = changed(firewall, "rules", [{ type: "ip_addr", value: "0.0.0.0/0" }]);
    assert.deepStrictEqual(broken("database-firewall", [database, wide]), [
      "DatabaseFirewall firewall: The firewall lets everybody in",
    ]);
  });
});
