import assert from "node:assert/strict";
import { Mysql, type MysqlArgs } from "../../../../components/data/mysql";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy, type Deployed } from "../../../support/mocks";
import type { PodSpec } from "../../../support/pods";

const ARGS: MysqlArgs = {
  app: "my-blog",
  namespace: "my-blog",
  image: "ghcr.io/team/mysql:8.4",
  storageGi: 5,
  resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "768Mi" } },
  dataPolicy: "retain",
};

const SELECTOR = { "app.kubernetes.io/name": "my-blog", "app.kubernetes.io/component": "database" };
const METADATA = {
  name: "mysql",
  namespace: "my-blog",
  labels: { ...SELECTOR, "app.kubernetes.io/part-of": "my-blog", "app.kubernetes.io/managed-by": "pulumi" },
};

const create = (changes: Partial<MysqlArgs> = {}) => deploy(() => new Mysql("db", { ...ARGS, ...changes }));

interface Spec {
  replicas: number;
  serviceName: string;
  selector: unknown;
  template: { metadata: unknown; spec: PodSpec };
}

const server = ({ get }: Deployed) => get("db-server").inputs["spec"] as Spec;

describe("Mysql", () => {
  it("creates the passwords, the claim, the Service, the server and its budget", async () => {
    const { list } = await create();
    assert.deepStrictEqual(list, [
      "flask-doks:data:Mysql db",
      "kubernetes:apps/v1:StatefulSet db-server",
      "kubernetes:core/v1:PersistentVolumeClaim db-volume",
      "kubernetes:core/v1:Secret db-credentials",
      "kubernetes:core/v1:Service db-service",
      "kubernetes:core/v1:ServiceAccount db-service-account",
      "kubernetes:policy/v1:PodDisruptionBudget db-disruption-budget",
      "random:index/randomPassword:RandomPassword db-password",
      "random:index/randomPassword:RandomPassword db-root-password",
    ]);
  });

  it("names its objects for good, so that a replaced set finds its volume again (K7)", async () => {
    const { get } = await create();
    const named = (name: string) => get(name).inputs["metadata"];
    for (const name of ["db-credentials", "db-service-account", "db-service", "db-server", "db-disruption-budget"]) {
      assert.deepStrictEqual(named(name), METADATA);
    }
    assert.deepStrictEqual(named("db-volume"), { ...METADATA, name: "mysql-data" });
  });

  it("claims its volume outside the set's templates, so that it can grow (K7)", async () => {
    const deployed = await create();
    const spec = server(deployed);
    assert.deepStrictEqual(deployed.get("db-volume").inputs["spec"], {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "5Gi" } },
    });
    assert.deepStrictEqual("volumeClaimTemplates" in spec, false);
    assert.deepStrictEqual(spec.template.spec.volumes?.[0], {
      name: "data",
      persistentVolumeClaim: { claimName: "mysql-data" },
    });
  });

  it("takes a StorageClass of one's choice", async () => {
    const { get } = await create({ storageClass: "do-block-storage-retain" });
    const { storageClassName } = get("db-volume").inputs["spec"] as { storageClassName: string };
    assert.deepStrictEqual(storageClassName, "do-block-storage-retain");
  });

  for (const dataPolicy of ["retain", "delete"] as const) {
    it(`has its volume ${dataPolicy === "retain" ? "outlive" : "go with"} the stack, and nothing else (K7)`, async () => {
      const { resources } = await create({ dataPolicy });
      assert.deepStrictEqual(
        resources.filter(({ retainOnDelete }) => retainOnDelete).map(({ name }) => name),
        dataPolicy === "retain" ? ["db-volume"] : [],
      );
    });
  }

  it("keeps two generated passwords in a Secret that arrives as one", async () => {
    const { get } = await create();
    assert.deepStrictEqual(get("db-root-password").inputs, { length: 32, special: false });
    assert.deepStrictEqual(get("db-password").inputs, { length: 32, special: false });
    const { inputs, secrets } = get("db-credentials");
    assert.deepStrictEqual(inputs["stringData"], {
      "root-password": "db-root-password-random-password",
      password: "db-password-random-password",
    });
    assert.deepStrictEqual(secrets, ["stringData"]);
  });

  it("answers at a headless Service", async () => {
    const { get } = await create();
    assert.deepStrictEqual(get("db-service").inputs["spec"], {
      clusterIP: "None",
      selector: SELECTOR,
      ports: [{ name: "mysql", port: 3306, targetPort: "mysql", protocol: "TCP" }],
    });
  });

  it("runs one server behind its Service, with a minute to write what is in memory", async () => {
    const { replicas, serviceName, selector, template } = server(await create());
    assert.deepStrictEqual(
      { replicas, serviceName, selector, labels: template.metadata },
      {
        replicas: 1,
        serviceName: "mysql",
        selector: { matchLabels: SELECTOR },
        labels: { labels: METADATA.labels },
      },
    );
    assert.deepStrictEqual(template.spec.terminationGracePeriodSeconds, 60);
    assert.deepStrictEqual(template.spec.serviceAccountName, "mysql");
  });

  it("gives the server its passwords as files that only it can read", async () => {
    const { volumes } = server(await create()).template.spec;
    assert.deepStrictEqual(
      volumes?.find(({ name }) => name === "credentials"),
      { name: "credentials", secret: { secretName: "mysql", defaultMode: 0o440 } },
    );
  });

  it("lets its node be drained (K8)", async () => {
    const { get } = await create();
    assert.deepStrictEqual(get("db-disruption-budget").inputs["spec"], {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: SELECTOR },
    });
  });

  it("pulls its image with the secret that it is given", async () => {
    const { get } = await create({ pullSecretName: "registry" });
    assert.deepStrictEqual(get("db-service-account").inputs["imagePullSecrets"], [{ name: "registry" }]);
  });

  it("pulls its image without a secret where the registry wants none", async () => {
    const { get } = await create();
    assert.deepStrictEqual(get("db-service-account").inputs, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: METADATA,
      automountServiceAccountToken: false,
    });
  });

  it("starts the server after its Service, account, volume and credentials, and the Service after these (K11)", async () => {
    const { waitsFor } = await create();
    assert.deepStrictEqual(
      [
        ...["db-service", "db-service-account", "db-volume", "db-credentials"].map((name) =>
          waitsFor("db-server", name),
        ),
        waitsFor("db-service", "db-credentials"),
      ],
      [true, true, true, true, true],
    );
  });

  it("tells where it is and how to log in, the password as a secret", async () => {
    const { outputs, secretOutputs } = await deploy(() => {
      const { host, database, username, password } = new Mysql("db", ARGS);
      return { host, database, username, password };
    });
    assert.deepStrictEqual(outputs, {
      host: "mysql",
      database: "my_blog",
      username: "my_blog",
      password: "db-password-random-password",
    });
    assert.deepStrictEqual(secretOutputs, ["password"]);
  });

  it("tells where it is before the server runs, so that config need not wait for it", async () => {
    const { outputs } = await deploy(
      () => {
        const { host, database, username, password } = new Mysql("db", ARGS);
        return { host, database, username, password };
      },
      { mode: "preview" },
    );
    assert.deepStrictEqual(outputs, {
      host: "mysql",
      database: "my_blog",
      username: "my_blog",
      password: undefined,
    });
  });

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => new Mysql("db", ARGS, opts))),
      byName(
        expected(
          "db caller none",
          "db-root-password db dice",
          "db-password db dice",
          "db-credentials db k8s",
          "db-volume db k8s",
          "db-service-account db k8s",
          "db-service db k8s",
          "db-server db k8s",
          "db-disruption-budget db k8s",
        ),
      ),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [
      new Mysql("one", ARGS),
      new Mysql("two", { ...ARGS, app: "shop", namespace: "shop" }),
    ]);
    assert.deepStrictEqual([list.length, new Set(list).size], [18, 18]);
  });
});
