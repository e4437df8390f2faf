/** Calls of the emulated API on what clusters are made of, and stand on. Each function calls every route of its kinds. */
import { type Account, clusterRequest, CLUSTERS, loadBalancerRequest, poolRequest } from "./account";

export async function useNetworks(account: Account): Promise<void> {
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

export async function useRegistries(account: Account): Promise<void> {
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

export async function useKubernetes(account: Account): Promise<void> {
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

export async function useVolumes(account: Account): Promise<void> {
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
