import assert from "node:assert/strict";
import { OPENAPI_FILE } from "../../../../local/digitalocean/emulator";
import { OpenApi } from "../../../../local/digitalocean/openapi";
import { Account, clusterRequest, CLUSTERS, loadBalancerRequest, poolRequest } from "./account";

/** Calls every route of the emulated API, in an order in which each has what it needs. */
async function useEverything(account: Account): Promise<void> {
  const run = account.do.bind(account);
  for (const path of ["account", "regions", "sizes", "kubernetes/options", "actions"]) await run("GET", `/v2/${path}`);
  await useNetworks(account);
  await useRegistries(account);
  await useKubernetes(account);
  await useVolumes(account);
  await useDomainsAndProjects(account);
  await useDatabases(account);
  await useFirewallsAndTags(account);
}

async function useNetworks(account: Account): Promise<void> {
  const run = account.do.bind(account);
  const { vpc } = await run("POST", "/v2/vpcs", { name: "a.net", region: "fra1", ip_range: "10.10.0.0/20" });
  const one = `/v2/vpcs/${vpc.id}`;
  await run("GET", "/v2/vpcs");
  await run("GET", one);
  await run("PUT", one, { name: "b.net", description: "mine" });
  await run("PATCH", one, { description: "yours" });
  await run("GET", `${one}/members`);
  await run("DELETE", one);
}

async function useRegistries(account: Account): Promise<void> {
  const run = account.do.bind(account);
  await run("POST", "/v2/registry/validate-name", { name: "flask" });
  await run("POST", "/v2/registries/validate-name", { name: "flask" });
  await run("POST", "/v2/registry", { name: "flask", subscription_tier_slug: "professional", region: "fra1" });
  await run("GET", "/v2/registry");
  await run("POST", "/v2/registries", { name: "second", region: "fra1" });
  for (const base of ["/v2/registry", "/v2/registries"]) {
    for (const repository of ["team/blog", "other"]) {
      for (const digest of ["sha256:1", "sha256:2"]) {
        account.emulator.registry.pushed({ registry: "flask", repository, digest, bytes: 1000, tag: "v1" });
      }
    }
    await run("GET", `${base}/subscription`);
    await run("POST", `${base}/subscription`, { tier_slug: "professional" });
    await run("GET", `${base}/options`);
    const blog = `${base}/flask/repositories/${base === "/v2/registry" ? "team%2Fblog" : "other"}`;
    await run("GET", `${base}/flask/repositoriesV2`);
    await run("GET", `${blog}/tags`);
    await run("GET", `${blog}/digests`);
    await run("DELETE", `${blog}/tags/v1`);
    await run("DELETE", `${blog}/digests/sha256:1`);
    const { garbage_collection: collection } = await run("POST", `${base}/flask/garbage-collection`);
    await run("GET", `${base}/flask/garbage-collection`);
    await run("PUT", `${base}/flask/garbage-collection/${collection.uuid}`, { cancel: true });
    await run("GET", `${base}/flask/garbage-collections`);
  }
  await run("GET", "/v2/registry/flask/repositories");
  await run("DELETE", "/v2/registries/flask/repositories/other");
  await run("GET", "/v2/registries");
  await run("GET", "/v2/registries/second");
  const { auths } = await run("GET", "/v2/registries/second/docker-credentials?read_write=true&expiry_seconds=60");
  const [, token = ""] = Buffer.from(auths["registry.digitalocean.com"].auth, "base64").toString().split(":");
  await run("POST", "/v1/oauth/revoke", { token });
  await run("DELETE", "/v2/registries/second");
  await run("GET", "/v2/registry/docker-credentials");
}

async function useKubernetes(account: Account): Promise<void> {
  const run = account.do.bind(account);
  const id = await account.cluster({ version: "1.34.4-do.0" });
  const one = `${CLUSTERS}/${id}`;
  await run("GET", CLUSTERS);
  await run("GET", one);
  await run("PUT", one, { name: "shop", tags: ["a"], surge_upgrade: true, ha: true });
  for (const path of ["kubeconfig", "credentials?expiry_seconds=60", "upgrades", "user", "status_messages"]) {
    await run("GET", `${one}/${path}`);
  }
  await run("POST", `${one}/upgrade`, { version: "1.35.1-do.0" });
  for (const path of ["registry", "registries"]) {
    await run("POST", `/v2/kubernetes/${path}`, { cluster_uuids: [id] });
    await run("DELETE", `/v2/kubernetes/${path}`, { cluster_uuids: [id] });
  }
  await run("GET", `${one}/node_pools`);
  const { node_pool: pool } = await run("POST", `${one}/node_pools`, { ...poolRequest(), name: "more", count: 2 });
  const onePool = `${one}/node_pools/${pool.id}`;
  await run("GET", onePool);
  await run("PUT", onePool, { name: "more", count: 3 });
  const [first, ...rest] = pool.nodes.map((node) => node.id);
  await run("DELETE", `${onePool}/nodes/${first ?? ""}?replace=1`);
  await run("POST", `${onePool}/recycle`, { nodes: rest });
  await run("DELETE", onePool);
  const { droplets } = await run("GET", `/v2/droplets?tag_name=k8s:${id}`);
  await run("GET", `/v2/droplets/${droplets[0].id}`);
  await useLoadBalancers(account, droplets[0].id);
  await run("GET", `${one}/destroy_with_associated_resources`);
  await run("DELETE", `${one}/destroy_with_associated_resources/selective`, { volumes: [] });
  const other = await account.cluster({ name: "second" });
  await run("DELETE", `${CLUSTERS}/${other}/destroy_with_associated_resources/dangerous`);
  await account.emulator.settled();
  await run("DELETE", `${CLUSTERS}/${await account.cluster({ ...clusterRequest(), name: "third" })}`);
  await account.emulator.settled();
}

async function useLoadBalancers(account: Account, droplet: number): Promise<void> {
  const run = account.do.bind(account);
  const request = { ...loadBalancerRequest(), droplet_ids: [droplet] };
  const { load_balancer: made } = await run("POST", "/v2/load_balancers", request);
  const one = `/v2/load_balancers/${made.id}`;
  const [rule] = request.forwarding_rules;
  await account.emulator.clock.advance({ seconds: 1 });
  await run("GET", "/v2/load_balancers");
  await run("GET", one);
  await run("PUT", one, request);
  await run("POST", `${one}/forwarding_rules`, { forwarding_rules: [{ ...rule, entry_port: 443 }] });
  await run("DELETE", `${one}/forwarding_rules`, { forwarding_rules: [{ ...rule, entry_port: 443 }] });
  await run("DELETE", `${one}/droplets`, { droplet_ids: [droplet] });
  await run("POST", `${one}/droplets`, { droplet_ids: [droplet] });
  await run("DELETE", `${one}/cache`);
  await run("DELETE", one);
}

async function useVolumes(account: Account): Promise<void> {
  const run = account.do.bind(account);
  const id = await account.cluster();
  const { droplets } = await run("GET", "/v2/droplets");
  const make = async (name: string): Promise<string> => {
    const request = { name, region: "fra1", size_gigabytes: 5, filesystem_type: "ext4", tags: [`k8s:${id}`] };
    return (await run("POST", "/v2/volumes", request)).volume.id;
  };
  const one = `/v2/volumes/${await make("pvc-1")}`;
  await make("pvc-2");
  await run("GET", "/v2/volumes?name=pvc-1&region=fra1");
  await run("GET", one);
  await run("POST", `${one}/actions`, { type: "attach", droplet_id: droplets[0].id });
  const detach = { type: "detach", droplet_id: droplets[0].id, volume_name: "pvc-1", region: "fra1" };
  await run("POST", "/v2/volumes/actions", detach);
  const { action } = await run("POST", `${one}/actions`, { type: "resize", size_gigabytes: 6, region: "fra1" });
  await run("GET", `${one}/actions`);
  await run("GET", `${one}/actions/${action.id}`);
  await run("GET", `/v2/actions/${action.id}`);
  for (const path of ["/v2/snapshots", "/v2/volumes/snapshots"]) {
    const { snapshot } = await run("POST", `${one}/snapshots`, { name: "before" });
    await run("GET", `${one}/snapshots`);
    await run("GET", "/v2/snapshots?resource_type=volume");
    await run("GET", `${path}/${snapshot.id}`);
    await run("DELETE", `${path}/${snapshot.id}`);
  }
  await run("DELETE", one);
  await run("DELETE", "/v2/volumes?name=pvc-2&region=fra1");
}

async function useDomainsAndProjects(account: Account): Promise<void> {
  const run = account.do.bind(account);
  await run("POST", "/v2/domains", { name: "example.com" });
  await run("GET", "/v2/domains");
  await run("GET", "/v2/domains/example.com");
  const records = "/v2/domains/example.com/records";
  const { domain_record: record } = await run("POST", records, { type: "A", name: "www", data: "192.0.2.1", ttl: 60 });
  await run("GET", `${records}?type=A&name=www.example.com`);
  const oneRecord = `${records}/${record.id}`;
  await run("GET", oneRecord);
  await run("PUT", oneRecord, { type: "A", data: "192.0.2.2" });
  await run("PATCH", oneRecord, { type: "A", ttl: 120 });
  await run("DELETE", oneRecord);

  const { project } = await run("POST", "/v2/projects", { name: "shop", purpose: "selling" });
  await run("GET", "/v2/projects");
  for (const one of [`/v2/projects/${project.id}`, "/v2/projects/default"]) {
    await run("GET", one);
    const { project: all } = await run("GET", one);
    await run("PUT", one, { ...all, environment: "Staging", description: "all of it" });
    await run("PATCH", one, { environment: "Production" });
    await run("POST", `${one}/resources`, { resources: ["do:domain:example.com"] });
    await run("GET", `${one}/resources`);
  }
  await run("DELETE", `/v2/projects/${project.id}`);
  await run("DELETE", "/v2/domains/example.com");
}

async function useDatabases(account: Account): Promise<void> {
  const run = account.do.bind(account);
  await run("GET", "/v2/databases/options");
  const request = {
    name: "shop-db",
    engine: "pg",
    version: "17",
    size: "db-s-1vcpu-1gb",
    region: "fra1",
    num_nodes: 1,
  };
  const { database } = await run("POST", "/v2/databases", request);
  const one = `/v2/databases/${database.id}`;
  await run("GET", "/v2/databases");
  for (const path of ["", "/ca", "/backups", "/replicas", "/events", "/config", "/autoscale"])
    await run("GET", one + path);
  await run("PUT", `${one}/resize`, { size: "db-s-1vcpu-2gb", num_nodes: 2 });
  await run("PUT", `${one}/maintenance`, { day: "sunday", hour: "04:00" });
  await run("PUT", `${one}/upgrade`, { version: "18" });
  await run("PATCH", `${one}/config`, { config: { timezone: "Europe/Berlin" } });
  await run("GET", `${one}/eviction_policy`);
  await run("PUT", `${one}/eviction_policy`, { eviction_policy: "allkeys_lru" });
  await run("GET", `${one}/sql_mode`);
  await run("PUT", `${one}/sql_mode`, { sql_mode: "ANSI" });
  await run("GET", `${one}/firewall`);
  await run("PUT", `${one}/firewall`, { rules: [{ type: "ip_addr", value: "192.0.2.0/24" }] });
  await run("POST", `${one}/users`, { name: "shop" });
  await run("GET", `${one}/users`);
  await run("GET", `${one}/users/shop`);
  await run("PUT", `${one}/users/shop`, { settings: {} });
  await run("POST", `${one}/users/shop/reset_auth`, {});
  await run("DELETE", `${one}/users/shop`);
  await run("POST", `${one}/dbs`, { name: "shop" });
  await run("GET", `${one}/dbs`);
  await run("GET", `${one}/dbs/shop`);
  await run("POST", `${one}/pools`, { name: "web", mode: "transaction", size: 5, db: "shop" });
  await run("GET", `${one}/pools`);
  await run("GET", `${one}/pools/web`);
  await run("PUT", `${one}/pools/web`, { mode: "session", size: 6, db: "shop" });
  await run("DELETE", `${one}/pools/web`);
  await run("DELETE", `${one}/dbs/shop`);
  await run("DELETE", one);
}

async function useFirewallsAndTags(account: Account): Promise<void> {
  const run = account.do.bind(account);
  const request = {
    name: "web",
    inbound_rules: [{ protocol: "tcp", ports: "80", sources: { addresses: ["0.0.0.0/0"] } }],
    outbound_rules: [{ protocol: "tcp", ports: "all", destinations: { addresses: ["0.0.0.0/0"] } }],
  };
  const { firewall } = await run("POST", "/v2/firewalls", request);
  await run("GET", "/v2/firewalls");
  await run("GET", `/v2/firewalls/${firewall.id}`);
  await run("PUT", `/v2/firewalls/${firewall.id}`, request);
  await run("DELETE", `/v2/firewalls/${firewall.id}`);
  await run("DELETE", "/v2/registry");

  const { volume } = await run("POST", "/v2/volumes", { name: "tagged", region: "fra1", size_gigabytes: 1 });
  const resources = { resources: [{ resource_id: volume.id, resource_type: "volume" }] };
  await run("POST", "/v2/tags", { name: "shop" });
  await run("POST", "/v2/tags/shop/resources", resources);
  await run("GET", "/v2/tags");
  await run("GET", "/v2/tags/shop");
  await run("DELETE", "/v2/tags/shop/resources", resources);
  await run("DELETE", "/v2/tags/shop");
}

describe("the emulated API", () => {
  let account: Account;
  let calls: string[] = [];
  before(async () => {
    account = await Account.open();
    await useEverything(account);
    calls = account.emulator.log.all().map(({ method, pattern }) => `${method} ${pattern}`);
  });
  after(async () => {
    await account.close();
  });

  it("answers every route that it has", () => {
    const routes = account.emulator.routes.map(({ method, path }) => `${method} ${path}`);
    assert.ok(routes.length > 150, `${routes.length} routes`);
    assert.deepEqual(
      routes.filter((each) => !calls.includes(each)),
      [],
    );
  });

  const description = OpenApi.read(OPENAPI_FILE);
  if (description === undefined) {
    it(`is not held against DigitalOcean's OpenAPI file: there is no ${OPENAPI_FILE}`, () => {
      assert.equal(account.emulator.checked, false);
    });
    return;
  }

  it("answers each as DigitalOcean's OpenAPI file says", () => {
    assert.equal(account.emulator.checked, true);
    assert.deepEqual(account.emulator.violations, []);
    assert.deepEqual(account.emulator.requestViolations, []);
  });

  it("asks for the scopes that DigitalOcean's OpenAPI file names", () => {
    const wrong = account.emulator.routes.filter(({ method, path, scope }) => {
      const named = description.scopes(method, path);
      return scope !== undefined && !(named ?? []).includes(scope);
    });
    assert.deepEqual(wrong, []);
  });
});
