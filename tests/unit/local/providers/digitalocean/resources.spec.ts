import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import type { Emulator } from "../../../../../local/digitalocean/emulator";
import { InitFailed } from "../../../../../local/providers/provider";
import { revealed, Secret, UNKNOWN } from "../../../../../local/providers/values";
import { type HttpServer, startServer } from "../../../../support/httpServer";
import { clusterInputs, StandIn, startAccount, TOKEN } from "./rig";

describe("The stand-in's DigitalOcean resources", () => {
  let account: Emulator;
  let standIn: StandIn;

  beforeEach(async () => {
    account = await startAccount();
    standIn = new StandIn(account.url);
  });
  afterEach(() => account.stop());

  const routes = () => account.log.all().map(({ method, path }) => `${method} ${path}`);

  it("are only those that the stand-in knows", async () => {
    await rejects(standIn.check("Droplet", {}), {
      message: "digitalocean:index/droplet:Droplet is not in the stand-in for the DigitalOcean provider",
    });
  });

  it("get a name of their own and defaults, and keep them", async () => {
    const { inputs } = await standIn.check("Vpc", { region: "fra1" });
    match(JSON.stringify(inputs["name"]), /^"one-[0-9a-f]{7}"$/);
    deepStrictEqual(inputs["__defaults"], ["name"]);
    strictEqual((await standIn.check("Vpc", { region: "fra1" }, inputs)).inputs["name"], inputs["name"]);
    const { inputs: project } = await standIn.check("Project", { name: "shop" });
    strictEqual(project["purpose"], "Web Application");
  });

  it("say what is missing or wrong", async () => {
    const reasons = async (kind: string, news: Parameters<StandIn["check"]>[1]) =>
      ((await standIn.check(kind, news)).failures ?? []).map(({ reason }) => reason);
    deepStrictEqual(await reasons("Vpc", { ipRange: "10.0.0.0", colour: "red" }), [
      "Missing required property 'region'",
      `expected "ipRange" to be a valid IPv4 Value, got 10.0.0.0: invalid CIDR address: 10.0.0.0. Examine values at 'one.ipRange'.`,
      "Invalid or unknown key. Examine values at 'one.colour'.",
    ]);
    deepStrictEqual(await reasons("ContainerRegistry", { name: "r", subscriptionTierSlug: "gold" }), [
      `expected subscriptionTierSlug to be one of ["starter" "basic" "professional"], got gold. Examine values at 'one.subscriptionTierSlug'.`,
    ]);
    deepStrictEqual(await reasons("Vpc", { region: UNKNOWN }), []);
    deepStrictEqual(await reasons("KubernetesCluster", clusterInputs("1", { tags: ["a b"] })), [
      "tags may contain lowercase letters, numbers, colons, dashes, and underscores; there is a limit of 255 characters per tag. Examine values at 'one.tags'.",
    ]);
  });

  it("are unknown in a preview where only the API knows", async () => {
    const { inputs } = await standIn.check("Vpc", { name: "net", region: "fra1" });
    const request = {
      urn: "u",
      type: "digitalocean:index/vpc:Vpc",
      name: "one",
      settings: {},
      timeoutSeconds: undefined,
    };
    const { signal } = new AbortController();
    const said = { signal, status: () => undefined, warn: () => undefined };
    const { state } = await standIn.provider.create({ ...request, ...said, preview: true, inputs });
    deepStrictEqual([state["name"], state["ipRange"], state["vpcUrn"]], ["net", UNKNOWN, UNKNOWN]);
  });

  it("lets a VPC be changed in place, replaced by range, and imported", async () => {
    const one = await standIn.create("Vpc", { name: "net", region: "fra1", ipRange: "10.10.0.0/20" });
    const given = { name: "net", region: "fra1", ipRange: "10.10.0.0/20" };
    deepStrictEqual((await standIn.diff("Vpc", one, given)).changes, {});
    const described = await standIn.diff("Vpc", one, { ...given, description: "d" });
    deepStrictEqual([described.changes, described.replaces], [{ description: "update" }, []]);
    const moved = await standIn.diff("Vpc", one, { ...given, ipRange: "10.20.0.0/20" });
    deepStrictEqual([moved.replaces, moved.deleteBeforeReplace], [["ipRange"], true]);
    deepStrictEqual((await standIn.read("Vpc", one.id))?.inputs, { ...given, __defaults: [] });
    await standIn.delete("Vpc", one);
    strictEqual(await standIn.read("Vpc", one.id), undefined);
  });

  it("mints credentials that are secret, and revokes them with the resource (D10)", async () => {
    await standIn.create("ContainerRegistry", { name: "shop", subscriptionTierSlug: "basic" });
    const one = await standIn.create("ContainerRegistryDockerCredentials", { registryName: "shop" });
    strictEqual(one.inputs["expirySeconds"], 1_576_800_000);
    ok(one.state["dockerCredentials"] instanceof Secret);
    const config = JSON.parse(revealed(one.state)["dockerCredentials"] as string) as {
      auths: Record<string, { auth: string }>;
    };
    const [user = "", password = ""] = Buffer.from(config.auths["registry.digitalocean.com"]?.auth ?? "", "base64")
      .toString()
      .split(":");
    deepStrictEqual(account.registry.grantOf(user, password), { registry: "shop", write: false });
    await standIn.delete("ContainerRegistryDockerCredentials", one);
    strictEqual(account.registry.grantOf(user, password), undefined);
    ok(routes().includes("POST /v1/oauth/revoke"));
  });

  it("makes another credential only for another expiry or right", async () => {
    await standIn.create("ContainerRegistry", { name: "shop", subscriptionTierSlug: "basic" });
    const given = { registryName: "shop", expirySeconds: 600 };
    const one = await standIn.create("ContainerRegistryDockerCredentials", given);
    const read = await standIn.read("ContainerRegistryDockerCredentials", one.id, one.state, one.inputs);
    deepStrictEqual(revealed(read?.state ?? {}), revealed(one.state));
    const writing = await standIn.update("ContainerRegistryDockerCredentials", one, { ...given, write: true });
    ok(revealed(writing)["dockerCredentials"] !== revealed(one.state)["dockerCredentials"]);
  });

  it("keeps a domain's records, each a resource of its own (D11)", async () => {
    const domain = await standIn.create("Domain", { name: "example.com" });
    const given = { domain: "example.com", type: "CNAME", name: "www", value: "example.net.", ttl: 300 };
    const record = await standIn.create("DnsRecord", given);
    deepStrictEqual([record.state["fqdn"], record.state["value"]], ["www.example.com", "example.net."]);
    deepStrictEqual((await standIn.diff("DnsRecord", record, given)).changes, {});
    deepStrictEqual((await standIn.diff("DnsRecord", record, { ...given, ttl: 60 })).changes, { ttl: "update" });
    deepStrictEqual((await standIn.diff("DnsRecord", record, { ...given, type: "A" })).replaces, ["type"]);
    await standIn.delete("DnsRecord", record);
    await standIn.delete("DnsRecord", record);
    strictEqual((await standIn.read("Domain", domain.id))?.inputs["name"], "example.com");
  });

  it("keeps records of who may issue certificates, and addresses of the newer kind", async () => {
    await standIn.create("Domain", { name: "example.com" });
    const given = { domain: "example.com", name: "@", ttl: 300 };
    const issue = { ...given, type: "CAA", value: "letsencrypt.org.", flags: 0, tag: "issue" };
    const mail = { ...issue, value: "mailto:ops@example.com", flags: 128, tag: "iodef" };
    const address = { ...given, type: "AAAA", value: "2001:db8::1" };
    for (const inputs of [issue, mail, address]) {
      const record = await standIn.create("DnsRecord", inputs);
      strictEqual(record.state["value"], inputs.value);
      deepStrictEqual((await standIn.diff("DnsRecord", record, inputs)).changes, {});
    }
    deepStrictEqual(
      account.state.domains[0]?.records
        .filter(({ type }) => type === "CAA")
        .map(({ data, flags, tag }) => [data, flags, tag]),
      [
        ["letsencrypt.org", 0, "issue"],
        ["mailto:ops@example.com", 128, "iodef"],
      ],
    );
    const bare = { ...given, type: "CAA", value: "letsencrypt.org." };
    await rejects(standIn.create("DnsRecord", { ...bare, tag: "issue" }), /`flags` is required for when type is `CAA`/);
    await rejects(standIn.create("DnsRecord", { ...bare, flags: 0 }), /`tag` is required for when type is `CAA`/);
    await rejects(
      standIn.create("DnsRecord", { ...issue, value: "letsencrypt.org" }),
      /Failed to create record: .*422.* Data needs to end with a dot \(\.\)/s,
    );
    const record = await standIn.create("DnsRecord", { ...issue, tag: "issuewild" });
    const changed = await standIn.update("DnsRecord", record, { ...issue, tag: "issuewild", flags: 128 });
    strictEqual(changed["flags"], 128);
  });

  it("warns of a timeout that the kind does not know", async () => {
    await standIn.create("Vpc", { name: "net", region: "fra1" }, 600);
    deepStrictEqual(standIn.warnings, ["Resource does not support customTimeouts, ignoring: create=10m0s"]);
  });

  it("answers the program's questions", async () => {
    const [version = ""] = account.surroundings.versions;
    const cluster = await standIn.create("KubernetesCluster", clusterInputs(version));
    const found = await standIn.invoke("getKubernetesCluster", {
      name: "flask-doks-dev",
      kubeconfigExpireSeconds: 600,
    });
    deepStrictEqual([found["id"], found["urn"]], [cluster.id, `do:kubernetes:${cluster.id}`]);
    deepStrictEqual((await standIn.invoke("getKubernetesVersions", { versionPrefix: "0." }))["validVersions"], []);
    strictEqual((await standIn.invoke("getKubernetesVersions", {}))["latestVersion"], version);
    const { sizes } = await standIn.invoke("getSizes", { filters: [{ key: "slug", values: ["s-2vcpu-4gb"] }] });
    strictEqual(Array.isArray(sizes) && sizes.length, 1);
    await rejects(standIn.invoke("getKubernetesCluster", { name: "none" }), /Unable to find cluster with name: none/);
    await rejects(standIn.invoke("getDroplet", {}), /getDroplet is not in the stand-in/);
  });

  describe("against an API that takes its time", () => {
    let server: HttpServer;
    let state = "provisioning";
    beforeEach(async () => {
      state = "provisioning";
      server = await startServer((request, response) => {
        const cluster = { id: "c1", status: { state, message: "no nodes to be had" } };
        ok(request.headers.authorization === `Bearer ${TOKEN}`);
        response.writeHead(request.method === "POST" ? 201 : 200).end(JSON.stringify({ kubernetes_cluster: cluster }));
      });
      standIn = new StandIn(server.url);
    });
    afterEach(() => server.stop());

    const create = (seconds?: number) => standIn.create("KubernetesCluster", clusterInputs("1.36.0-do.0"), seconds);

    it("gives up after the user's timeout, and like the real one does not record the cluster", async () => {
      await rejects(create(1), (error: Error) => {
        match(error.message, /Error creating Kubernetes cluster: Timeout waiting to create cluster/);
        return !(error instanceof InitFailed);
      });
      match(standIn.lines[0] ?? "", /^waiting for the cluster to run \(\d+ s\)$/);
    });
    it("says what the API says when the cluster fails", async () => {
      state = "error";
      await rejects(create(), /Error creating Kubernetes cluster: no nodes to be had/);
    });
    it("stops when the engine asks, and records what there is", async () => {
      setTimeout(() => {
        standIn.stopping.abort();
      }, 300);
      await rejects(create(), (error: Error) => error instanceof InitFailed && error.existing.id === "c1");
    });
  });
});
