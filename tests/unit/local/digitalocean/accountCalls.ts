/** Calls of the emulated API on what an account has besides clusters. Each function calls every route of its kinds. */
import type { Account } from "./account";

export async function useDomainsAndProjects(account: Account): Promise<void> {
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

export async function useDatabases(account: Account): Promise<void> {
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
  await run("POST", `${one}/replicas`, { name: "shop-db-replica", size: "db-s-1vcpu-1gb" });
  for (const path of ["", "/ca", "/backups", "/replicas", "/events", "/config", "/autoscale"])
    await run("GET", one + path);
  const { replica } = await run("GET", `${one}/replicas/shop-db-replica`);
  await run("PUT", `/v2/databases/${replica.id}/firewall`, { rules: [{ type: "ip_addr", value: "192.0.2.0/24" }] });
  await run("GET", `/v2/databases/${replica.id}/firewall`);
  await run("DELETE", `${one}/replicas/shop-db-replica`);
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

export async function useSpaces(account: Account): Promise<void> {
  const run = account.do.bind(account);
  const grants = [{ bucket: "backups", permission: "readwrite" }];
  const { key } = await run("POST", "/v2/spaces/keys", { name: "backup", grants });
  const one = `/v2/spaces/keys/${key.access_key}`;
  await run("GET", "/v2/spaces/keys");
  await run("GET", one);
  await run("PUT", one, { name: "backups", grants });
  await run("PATCH", one, { name: "backup", grants });
  await run("DELETE", one);
}

export async function useFirewallsAndTags(account: Account): Promise<void> {
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
