import assert from "node:assert/strict";
import { Mysql, type MysqlArgs } from "../../../../components/data/mysql";
import { mysqlSettings } from "../../../../lib/mysqlSettings";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy, type Deployed } from "../../../support/mocks";
import type { PodSpec } from "../../../support/pods";

const ARGS: MysqlArgs = {
  app: "my-blog",
  namespace: "my-blog",
  image: "ghcr.io/team/mysql:8.4",
  storageGi: 5,
  resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "768Mi" } },
  clients: 36,
  passwordVersion: 1,
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
      "flask-doks:data:RotatingPassword db-password",
      "flask-doks:data:RotatingPassword db-root-password",
      "kubernetes:apps/v1:StatefulSet db-server",
      "kubernetes:core/v1:PersistentVolumeClaim db-volume",
      "kubernetes:core/v1:Secret db-credentials",
      "kubernetes:core/v1:Service db-service",
      "kubernetes:core/v1:ServiceAccount db-service-account",
      "kubernetes:policy/v1:PodDisruptionBudget db-disruption-budget",
      "random:index/randomPassword:RandomPassword db-generation",
      "random:index/randomPassword:RandomPassword db-password-even",
      "random:index/randomPassword:RandomPassword db-password-odd",
      "random:index/randomPassword:RandomPassword db-root-password-even",
      "random:index/randomPassword:RandomPassword db-root-password-odd",
    ]);
  });

  it("names its objects for good, so that a replaced set finds its volume again (K7)", async () => {
    const { get } = await create();
    const named = (name: string) => get(name).inputs["metadata"];
    for (const name of ["db-credentials", "db-service-account", "db-service", "db-server", "db-disruption-budget"]) {
      assert.deepStrictEqual(named(name), METADATA);
    }
    assert.deepStrictEqual(named("db-volume"), {
      ...METADATA,
      name: "mysql-data",
      annotations: { "pulumi.com/skipAwait": "true" },
    });
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
    // Without a keeper: a stack from before there were versions keeps its passwords.
    const first = { length: 32, special: false };
    assert.deepStrictEqual(get("db-root-password-odd").inputs, first);
    assert.deepStrictEqual(get("db-password-odd").inputs, first);
    const { inputs, secrets } = get("db-credentials");
    assert.deepStrictEqual(inputs["stringData"], {
      "root-password": "db-root-password-odd-random-password",
      password: "db-password-odd-random-password",
    });
    assert.deepStrictEqual(secrets, ["stringData"]);
  });

  it("has new passwords of both users in it at another version, and knows the ones before", async () => {
    const { get, outputs, secretOutputs } = await deploy(() => {
      const { root, app } = new Mysql("db", { ...ARGS, passwordVersion: 2 }).passwords;
      return { root: root.previous, app: app.previous };
    });
    assert.deepStrictEqual(get("db-credentials").inputs["stringData"], {
      "root-password": "db-root-password-even-random-password",
      password: "db-password-even-random-password",
    });
    assert.deepStrictEqual(outputs, {
      root: "db-root-password-odd-random-password",
      app: "db-password-odd-random-password",
    });
    assert.deepStrictEqual(secretOutputs, ["root", "app"]);
  });

  it("does not restart for new passwords, which the server takes while it runs", async () => {
    const [first, second] = [server(await create()), server(await create({ passwordVersion: 2 }))];
    assert.deepStrictEqual(second, first);
  });

  it("shows the server which stack it is of, which is no secret and stays the same", async () => {
    const deployed = await create();
    const { get } = deployed;
    const env = server(deployed).template.spec.containers[0]?.env;
    assert.deepStrictEqual(get("db-generation").inputs, { length: 12, special: false });
    assert.deepStrictEqual(
      env?.find(({ name }) => name === "GENERATION"),
      { name: "GENERATION", value: "db-generation-random-password" },
    );
    assert.deepStrictEqual(get("db-server").secrets, []);
  });

  it("sets the server by its memory and by how many connect to it", async () => {
    const { args } = server(await create()).template.spec.containers[0] ?? {};
    assert.deepStrictEqual(args, mysqlSettings({ memoryLimit: "768Mi", clients: 36 }));
  });

  it("keeps what its first start writes in memory, and bounds it", async () => {
    const { volumes } = server(await create()).template.spec;
    assert.deepStrictEqual(volumes?.slice(2), [
      { name: "first-start", emptyDir: { sizeLimit: "1Mi" } },
      { name: "run", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
      { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
    ]);
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
      const { kind, host, port, database, collation, username, password, ca, secretName } = new Mysql("db", ARGS);
      return { kind, host, port, database, collation, username, password, ca, secretName };
    });
    assert.deepStrictEqual(outputs, {
      kind: "mysql",
      host: "mysql",
      port: 3306,
      database: "my_blog",
      collation: "utf8mb4_unicode_ci",
      username: "my_blog",
      password: "db-password-odd-random-password",
      ca: undefined,
      secretName: "mysql",
    });
    assert.deepStrictEqual(secretOutputs, ["password"]);
  });

  it("tells where it is before the server runs, so that config need not wait for it", async () => {
    const { outputs } = await deploy(
      () => {
        const { host, port, database, username, password, secretName } = new Mysql("db", ARGS);
        return { host, port, database, username, password, secretName };
      },
      { mode: "preview" },
    );
    assert.deepStrictEqual(outputs, {
      host: "mysql",
      port: 3306,
      database: "my_blog",
      username: "my_blog",
      password: undefined,
      secretName: "mysql",
    });
  });

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => new Mysql("db", ARGS, opts))),
      byName(
        expected(
          "db caller none",
          "db-generation db dice",
          "db-root-password db none",
          "db-root-password-odd db-root-password dice",
          "db-root-password-even db-root-password dice",
          "db-password db none",
          "db-password-odd db-password dice",
          "db-password-even db-password dice",
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
    assert.deepStrictEqual([list.length, new Set(list).size], [28, 28]);
  });
});
