import { CoreV1Api, StorageV1Api } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { eventually } from "../../support/cluster";
import { answers, ask, createRegistry, EchoImage, IMAGE, REPOSITORY } from "../../support/echoServer";
import { EmulatedCluster, liberties, namespace, service } from "../../support/emulatedCluster";
import { node } from "../stage";
import { freshAccount, TOKEN } from "./cloud";

/** Python that tells the statuses of some URLs. */
const STATUSES = `
import sys, urllib.error, urllib.request
def status(url):
    try:
        return urllib.request.urlopen(url, timeout=5).status
    except urllib.error.HTTPError as error:
        return error.code
print([status(url) for url in sys.argv[1:]])
`;

describe("a cluster of the emulated DigitalOcean", () => {
  const account = freshAccount("dev");
  let cluster: EmulatedCluster;

  before(async function () {
    this.timeout(120_000);
    cluster = await EmulatedCluster.create(account.emulator, TOKEN, "echo");
  });

  it("is empty, with DigitalOcean's storage classes", async () => {
    const { items } = await cluster.kubeconfig.makeApiClient(StorageV1Api).listStorageClass();
    const defaults = items.filter(
      ({ metadata }) => metadata?.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true",
    );
    assert.deepEqual(
      defaults.map(({ metadata }) => metadata?.name),
      ["do-block-storage"],
    );
    const retained = items
      .filter(({ reclaimPolicy }) => reclaimPolicy === "Retain")
      .map(({ metadata }) => metadata?.name);
    assert.deepEqual(retained, ["do-block-storage-retain", "do-block-storage-xfs-retain"]);
    const namespaces = (await cluster.core.listNamespace()).items.map(({ metadata }) => metadata?.name ?? "");
    assert.deepEqual(
      namespaces.filter((name) => !name.startsWith("kube-")),
      ["default", "local-path-storage"],
    );
  });

  it("runs an image that was pushed with one credential and pulled with another (D10)", async () => {
    await createRegistry(cluster);
    const image = await EchoImage.build(node());
    try {
      const refused = image.push(await cluster.registryLogin({ write: false }));
      await assert.rejects(refused, /denied: the credential does not allow this/);
      await image.push(await cluster.registryLogin({ write: true }));
    } finally {
      image.dispose();
    }
    assert.deepEqual(
      account.emulator.inventory.repository.map(({ name }) => name),
      [REPOSITORY],
    );

    await cluster.allowPulls();
    await cluster.runPod("echo", IMAGE);
    await cluster.runPod("stranger", IMAGE, { imagePullSecrets: [] });
    await cluster.podReady("echo");
    const waits = async () => (await cluster.podStatus("stranger"))?.containerStatuses?.[0]?.state?.waiting?.reason;
    await eventually("the refusal", 30, waits, (word) => /ErrImagePull|ImagePullBackOff/.test(word ?? ""));
    await cluster.core.deleteNamespacedPod({ name: "stranger", namespace });
  });

  it("has pods that reach the API, and do not move the emulator that it is", async () => {
    const { url } = account.emulator;
    const command = ["python3", "-c", STATUSES, `${url}/overview.json`, `${url}/_emulator/clock`];
    await cluster.runPod("asker", IMAGE, { command, restartPolicy: "Never" });
    const phase = async () => (await cluster.podStatus("asker"))?.phase;
    await eventually("the asker's answer", 60, phase, (word) => word === "Succeeded" || word === "Failed");
    assert.equal(await cluster.core.readNamespacedPodLog({ name: "asker", namespace }), "[200, 403]\n");
    await cluster.core.deleteNamespacedPod({ name: "asker", namespace });
  });

  it("has a volume of the account for each claim, which goes with it unless its class retains it", async () => {
    const claims = { gone: "do-block-storage", kept: "do-block-storage-retain" };
    for (const [name, storageClassName] of Object.entries(claims)) {
      await cluster.core.createNamespacedPersistentVolumeClaim({
        namespace,
        body: {
          metadata: { name },
          spec: { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "2Gi" } } },
        },
      });
    }
    const volumes = Object.keys(claims).map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
    const volumeMounts = Object.keys(claims).map((name) => ({ name, mountPath: `/${name}` }));
    await cluster.runPod("writer", IMAGE, { volumes, volumeMounts });
    const named = () => Promise.resolve(account.emulator.inventory.volume.map(({ name }) => name).sort());
    const all = await eventually("the volumes", 60, named, (found) => found.length === 2);
    const present = async () => (await cluster.core.listPersistentVolume()).items;
    assert.deepEqual(all, (await present()).map(({ metadata }) => metadata?.name ?? "").sort());
    await cluster.core.deleteNamespacedPod({ name: "writer", namespace });
    for (const name of Object.keys(claims)) {
      await cluster.core.deleteNamespacedPersistentVolumeClaim({ name, namespace });
    }
    const left = await eventually("one volume", 60, named, (found) => found.length === 1);
    const retained = (await present()).find(({ spec }) => spec?.persistentVolumeReclaimPolicy === "Retain");
    assert.deepEqual(left, [retained?.metadata?.name]);
  });

  it("refuses a token whose time has passed (D1)", async () => {
    const old = cluster.core;
    await account.emulator.clock.advance({ hours: 2 });
    const list = () =>
      old.listNamespace().then(
        () => 200,
        (error: unknown) => (error as { code: number }).code,
      );
    await eventually("the refusal", 15, list, (code) => code === 401);
    await cluster.logIn();
    await cluster.core.listNamespace();
  });

  it("leaves load balancers and volumes behind when it is deleted, which answer no more (D7)", async () => {
    await cluster.create(service("left-behind"));
    const { ip = "" } = await cluster.ingress("left-behind");
    await answers(ip);
    await cluster.delete();
    await account.emulator.settled();
    const { inventory } = account.emulator;
    assert.deepEqual([inventory.cluster.length, inventory.loadBalancer.length, inventory.volume.length], [0, 1, 1]);
    assert.match(await ask(ip), /^no answer/);
  });

  it("is empty again under the same name", async () => {
    const old = cluster.kubeconfig;
    cluster = await EmulatedCluster.create(account.emulator, TOKEN, "echo");
    const { items } = await cluster.core.listServiceForAllNamespaces();
    assert.deepEqual(items.map(({ metadata }) => metadata?.name).sort(), ["kube-dns", "kubernetes"]);
    assert.deepEqual((await cluster.core.listPersistentVolume()).items, []);
    await assert.rejects(old.makeApiClient(CoreV1Api).listNamespace(), { code: 401 });
  });

  it("has the API asked only as DigitalOcean's OpenAPI file allows", () => {
    assert.deepEqual(liberties(account.emulator), []);
  });
});
