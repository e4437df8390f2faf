import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";
import { findHalfMade, forgotten } from "../../../../local/engine/halfMade";
import type { ExportedState } from "../../../../local/engine/state";
import { startServer, type HttpServer } from "../../../support/httpServer";

const urn = (kind: string) => `urn:pulumi:prod::p::digitalocean:x:${kind}::${kind.toLowerCase()}`;
const creating = (module: string, kind: string, inputs: object) => ({
  type: "creating",
  resource: { urn: urn(kind), type: `digitalocean:index/${module}:${kind}`, inputs },
});
const stateOf = (pending: object[], resources: object[] = []): ExportedState =>
  ({ version: 3, deployment: { resources, pending_operations: pending } }) as ExportedState;

describe("What a run was creating at DigitalOcean", () => {
  const cluster = creating("kubernetesCluster", "KubernetesCluster", { name: "a", region: "fra1", tags: ["t"] });
  const made = { id: "1", name: "a", region: "fra1", tags: ["t", "k8s"], status: { state: "running" } };
  let api: HttpServer;
  let answers: Record<string, unknown>;
  let notes: string[];
  const find = (state: ExportedState, token = "dop_v1_x") =>
    findHalfMade(state, {
      env: { DIGITALOCEAN_TOKEN: token, DIGITALOCEAN_API_URL: api.url },
      note: (text) => notes.push(text),
      pollMs: 1,
    });

  beforeEach(async () => {
    answers = {};
    notes = [];
    api = await startServer(({ url = "" }, response) => {
      const answer = answers[url.replace(/\?.*/, "")];
      const next: unknown = Array.isArray(answer) ? (answer.length > 1 ? answer.shift() : answer[0]) : answer;
      response.writeHead(next === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(next ?? { id: "not_found", message: "The resource was not found." }));
    });
  });
  afterEach(() => api.stop());

  it("is found by name, region and tags, and not among what the stack has already", async () => {
    const others = [
      { ...made, id: "2", name: "b" },
      { ...made, id: "3", region: "ams3" },
      { ...made, id: "4", tags: [] },
      { ...made, id: "5" },
    ];
    answers["/v2/kubernetes/clusters"] = { kubernetes_clusters: [...others, made] };
    deepStrictEqual(
      [...(await find(stateOf([cluster], [{ urn: "x", type: cluster.resource.type, id: "5" }])))],
      [[urn("KubernetesCluster"), "1"]],
    );
    deepStrictEqual(notes, ["KubernetesCluster kubernetescluster: it is there (1, running)."]);
  });
  it("is waited for while it is being made", async () => {
    const list = (state: string) => ({ kubernetes_clusters: [{ ...made, status: { state } }] });
    answers["/v2/kubernetes/clusters"] = [list("provisioning"), list("provisioning"), list("running")];
    strictEqual((await find(stateOf([cluster]))).size, 1);
    deepStrictEqual(notes, [
      "KubernetesCluster kubernetescluster: DigitalOcean is still making it; waiting.",
      "KubernetesCluster kubernetescluster: it is there (1, running).",
    ]);
  });
  it("is not there when it is being deleted, or was never made", async () => {
    answers["/v2/kubernetes/clusters"] = { kubernetes_clusters: [{ ...made, status: { state: "deleting" } }] };
    const domain = creating("domain", "Domain", { name: "example.com" });
    strictEqual((await find(stateOf([cluster, domain]))).size, 0);
    deepStrictEqual(notes, [
      "KubernetesCluster kubernetescluster: it was never made.",
      "Domain domain: it was never made.",
    ]);
  });
  it("is looked for with each kind's own name", async () => {
    answers = {
      "/v2/domains/example.com": { domain: { name: "example.com" } },
      "/v2/registries": { registries: [{ name: "mine" }, { name: "other" }] },
      "/v2/domains/example.com/records": {
        domain_records: [
          { id: 7, type: "CNAME", name: "www", data: "example.com" },
          { id: 8, type: "CNAME", name: "www", data: "example.org" },
        ],
      },
      "/v2/databases": { databases: [{ id: "d", name: "db", region: "fra1", status: "online" }] },
    };
    const found = await find(
      stateOf([
        creating("domain", "Domain", { name: "example.com" }),
        creating("containerRegistry", "ContainerRegistry", { name: "mine" }),
        creating("dnsRecord", "DnsRecord", {
          domain: "example.com",
          type: "CNAME",
          name: "www",
          value: "example.com.",
        }),
        creating("databaseCluster", "DatabaseCluster", { name: "db", region: "fra1" }),
      ]),
    );
    deepStrictEqual([...found.values()], ["example.com", "mine", "7", "d"]);
  });
  it("is not forgotten while the API cannot be asked, or knows two of the name", async () => {
    await rejects(find(stateOf([cluster]), ""), {
      message:
        "Set DIGITALOCEAN_TOKEN, so that what is perhaps there already can be looked for: KubernetesCluster kubernetescluster.",
    });
    answers["/v2/kubernetes/clusters"] = { kubernetes_clusters: [made, { ...made, id: "2" }] };
    await rejects(find(stateOf([cluster])), {
      message: "KubernetesCluster kubernetescluster: there are 2 of that name (1, 2). Delete those that are not it.",
    });
    answers["/v2/kubernetes/clusters"] = { kubernetes_clusters: "none" };
    await rejects(find(stateOf([cluster])), { message: /^What the last run left at DigitalOcean cannot be seen: / });
  });
  it("is told from what has the name of another kind of resource", async () => {
    const registry = creating("containerRegistry", "ContainerRegistry", { name: "mine" });
    answers["/v2/registries"] = { registries: [{ name: "mine" }] };
    const namespace = { urn: "x", type: "kubernetes:core/v1:Namespace", id: "mine" };
    strictEqual((await find(stateOf([registry], [namespace]))).size, 1);
  });
  it("after a create that failed is only what was made while it was tried", async () => {
    const nowMs = Math.floor(Date.now() / 1000) * 1000;
    const vpc = creating("vpc", "Vpc", { name: "a", region: "fra1" });
    const failed = { ...vpc, origin: { kind: "failed", fromMs: nowMs - 60_000, toMs: nowMs - 30_000 } };
    const madeAt = (ms: number) => ({
      vpcs: [{ id: "v", name: "a", region: "fra1", created_at: new Date(ms).toISOString() }],
    });
    const ids = async (ms: number) => {
      answers["/v2/vpcs"] = madeAt(ms);
      return [...(await find(stateOf([failed]))).values()];
    };
    deepStrictEqual(await ids(nowMs - 45_000), ["v"]);
    deepStrictEqual(await ids(nowMs - 65_000), []);
    deepStrictEqual(await ids(nowMs - 25_000), []);
    match(
      notes.at(-1) ?? "",
      /^Vpc vpc: there is one of its name \(v\), made .* UTC, and not by the run that failed; it is left alone/,
    );
  });
  it("after a create that failed is nothing of which DigitalOcean does not tell the time, but for a pool of its own", async () => {
    const origin = { kind: "failed", fromMs: 0, toMs: Date.now() };
    answers["/v2/domains/example.com"] = { domain: { name: "example.com" } };
    answers["/v2/kubernetes/clusters/c/node_pools"] = { node_pools: [{ id: "p", name: "big" }] };
    const found = await find(
      stateOf([
        { ...creating("domain", "Domain", { name: "example.com" }), origin },
        { ...creating("kubernetesNodePool", "KubernetesNodePool", { clusterId: "c", name: "big" }), origin },
      ]),
    );
    deepStrictEqual([...found.values()], ["p"]);
    match(notes[0] ?? "", /DigitalOcean does not tell whether the run that failed made it; it is left alone/);
  });
  it("is forgotten aloud when it has no name", () => {
    const module = "containerRegistryDockerCredentials";
    deepStrictEqual(forgotten(stateOf([creating(module, "ContainerRegistryDockerCredentials", {}), cluster])), [
      "ContainerRegistryDockerCredentials containerregistrydockercredentials: forgotten; a credential has no name to be " +
        "found by; if it was made, nobody holds it, and the next up makes another.",
    ]);
  });
});
