import { NetworkingV1Api } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { eventually } from "../../support/cluster";
import { answers, createRegistry, EchoImage, IMAGE, silent } from "../../support/echoServer";
import { EmulatedCluster, liberties, namespace, PREFIX, service } from "../../support/emulatedCluster";
import { node } from "../stage";
import { freshAccount, TOKEN } from "./cloud";

describe("a Service of type LoadBalancer in an emulated cluster", () => {
  const account = freshAccount("dev");
  let cluster: EmulatedCluster;
  const machineAddress = () => node().registry.server.replace(/:.*/, "");

  before(async function () {
    this.timeout(180_000);
    cluster = await EmulatedCluster.create(account.emulator, TOKEN, "balanced");
    await createRegistry(cluster);
    const image = await EchoImage.build(node());
    try {
      await image.push(await cluster.registryLogin({ write: true }));
    } finally {
      image.dispose();
    }
    await cluster.allowPulls();
    await cluster.runPod("echo", IMAGE);
    await cluster.podReady("echo");
  });

  it("gets a load balancer whose address answers, and says which (D8, D9)", async () => {
    await cluster.create(service("web", { [`${PREFIX}size-unit`]: "2", [`${PREFIX}name`]: "front-door" }));
    const { ip = "" } = await cluster.ingress("web");
    assert.equal(await answers(ip), machineAddress(), "the client's address is kept");
    const [balancer] = await cluster.balancers();
    assert.deepEqual(
      [balancer?.name, balancer?.ip, balancer?.type, balancer?.size_unit, balancer?.tags],
      ["front-door", ip, "REGIONAL_NETWORK", 2, [`k8s:${cluster.id}`]],
    );
    const { metadata } = await cluster.service("web");
    assert.equal(metadata?.annotations?.["kubernetes.digitalocean.com/load-balancer-id"], balancer?.id);
    assert.deepEqual(metadata?.finalizers, ["service.kubernetes.io/load-balancer-cleanup"]);
  });

  it("is followed in its ports", async () => {
    await cluster.changeService("web", { ports: [{ name: "http", port: 8000, targetPort: 8080 }] });
    const { ip = "" } = await cluster.ingress("web");
    await answers(ip, 8000);
    const rules = async () =>
      (await cluster.balancers())[0]?.forwarding_rules.map((rule) => [rule.entry_port, rule.target_port]);
    await eventually("the rules", 20, rules, (found) => JSON.stringify(found) === "[[8000,8000]]");
    await cluster.changeService("web", { ports: [{ name: "http", port: 80, targetPort: 8080 }] });
    await answers(ip);
  });

  it("lets through what the network policies of its pods allow", async () => {
    const { ip = "" } = await cluster.ingress("web");
    const networking = cluster.kubeconfig.makeApiClient(NetworkingV1Api);
    const from = (cidr: string) => [{ _from: [{ ipBlock: { cidr } }] }];
    const spec = { podSelector: { matchLabels: { app: "echo" } }, ingress: from("192.0.2.77/32") };
    await networking.createNamespacedNetworkPolicy({ namespace, body: { metadata: { name: "who" }, spec } });
    await silent(ip);
    spec.ingress = from(`${machineAddress()}/32`);
    await networking.replaceNamespacedNetworkPolicy({
      name: "who",
      namespace,
      body: { metadata: { name: "who" }, spec },
    });
    await answers(ip);
    await networking.deleteNamespacedNetworkPolicy({ name: "who", namespace });
  });

  it("shows only a host name where one is asked for, and is relayed to at its node port with type REGIONAL (D9)", async () => {
    await cluster.create(
      service("named", { [`${PREFIX}type`]: "REGIONAL", [`${PREFIX}hostname`]: "Shop.example.com" }),
    );
    const shown = await cluster.ingress("named");
    assert.deepEqual([shown.hostname, shown.ip], ["shop.example.com", undefined]);
    const balancer = (await cluster.balancers()).find(({ type }) => type === "REGIONAL");
    assert.ok(balancer);
    const [port] = (await cluster.service("named")).spec?.ports ?? [];
    assert.deepEqual(
      balancer.forwarding_rules.map((rule) => rule.target_port),
      [port?.nodePort],
    );
    await answers(balancer.ip);
    await cluster.deleteService("named");
    await silent(balancer.ip);
  });

  it("is told why there is no load balancer", async () => {
    const { surroundings } = account.emulator;
    const before = surroundings.loadBalancerLimit;
    surroundings.loadBalancerLimit = 1;
    await cluster.create(service("one-too-many"));
    const warnings = async () =>
      (await cluster.core.listNamespacedEvent({ namespace, fieldSelector: "involvedObject.name=one-too-many" })).items
        .filter(({ type }) => type === "Warning")
        .map(({ reason, message }) => `${reason ?? ""}: ${message ?? ""}`);
    const said = await eventually("the event", 20, warnings, (found) => found.some((line) => line.includes("limit")));
    assert.match(
      said.join("\n"),
      /SyncLoadBalancerFailed: Error syncing load balancer: failed to ensure load balancer: .*422/,
    );
    surroundings.loadBalancerLimit = before;
    const { ip = "" } = await cluster.ingress("one-too-many");
    await answers(ip);
    await cluster.changeService("one-too-many", { type: "ClusterIP", externalTrafficPolicy: null });
    await eventually(
      "one load balancer",
      20,
      () => cluster.balancers(),
      (all) => all.length === 1,
    );
    const finalizers = async () => (await cluster.service("one-too-many")).metadata?.finalizers ?? [];
    await eventually("no finalizer", 20, finalizers, (found) => found.length === 0);
  });

  it("goes only when its load balancer is gone", async () => {
    const { ip = "" } = await cluster.ingress("web");
    await cluster.deleteService("web");
    const gone = () =>
      cluster.service("web").then(
        () => false,
        (error: unknown) => (error as { code?: unknown }).code === 404,
      );
    await eventually("the Service to be gone", 20, gone, (yes) => yes);
    assert.deepEqual(await cluster.balancers(), []);
    await silent(ip);
  });

  it("has the API asked only as DigitalOcean's OpenAPI file allows", () => {
    assert.deepEqual(liberties(account.emulator), []);
  });
});
