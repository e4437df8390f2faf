/** Tags of the account. They stay when what they were on is gone, as DigitalOcean's do. */
import { z } from "zod";
import { created, NO_CONTENT, notFound, ok, page, Refusal } from "../answer";
import { type Call, route, type Route } from "../router";
import { rememberTags, type World } from "../world";

const PATH = "/v2/tags";
const ONE = `${PATH}/{tag_id}`;
const NAME = /^[a-zA-Z0-9_\-:]{1,255}$/;

const RESOURCES = z.object({
  resources: z.array(z.object({ resource_id: z.string(), resource_type: z.string() })),
});

export const tagRoutes = (world: World): Route[] => {
  const { state } = world;
  const having = <T extends { tags: string[] }>(all: readonly T[], tag: string): T[] =>
    all.filter(({ tags }) => tags.includes(tag));
  const count = (resources: readonly unknown[]): Record<string, unknown> => ({ count: resources.length });
  const view = (name: string): Record<string, unknown> => {
    const nodes = state.clusters.flatMap(({ pools }) => having(pools, name).flatMap((pool) => pool.nodes));
    const [volumes, snapshots, databases] = [
      having(state.volumes, name),
      having(state.snapshots, name),
      having(state.databases, name),
    ];
    return {
      name,
      resources: {
        ...count([...nodes, ...volumes, ...snapshots, ...databases]),
        droplets: count(nodes),
        // There are none here, but the provider wants to be told so.
        images: count([]),
        volumes: count(volumes),
        volume_snapshots: count(snapshots),
        databases: count(databases),
      },
    };
  };
  const find = (call: Call): string => {
    const name = call.param("tag_id");
    if (!state.tags.includes(name)) throw notFound();
    return name;
  };
  const tagged = (call: Call) =>
    call.read(RESOURCES).resources.flatMap(({ resource_id: id, resource_type: type }) => {
      const all = { volume: state.volumes, volume_snapshot: state.snapshots }[type] ?? [];
      const found = all.find((each) => each.id === id);
      // Droplets are those of the clusters' nodes, which are tagged by their pools.
      if (found === undefined) throw notFound(`${type} ${id} not found`);
      return [found];
    });
  return [
    route("GET", PATH, "tag:read", ({ url }) =>
      page(
        url,
        "tags",
        state.tags.map((name) => view(name)),
      ),
    ),
    route("POST", PATH, "tag:create", (call) => {
      const { name } = call.read(z.object({ name: z.string() }));
      if (!NAME.test(name)) throw new Refusal(422, "Name is invalid");
      rememberTags(world, [name]);
      return created({ tag: view(name) });
    }),
    route("GET", ONE, "tag:read", (call) => ok({ tag: view(find(call)) })),
    route("DELETE", ONE, "tag:delete", (call) => {
      const name = find(call);
      const without = (tags: readonly string[]): string[] => tags.filter((tag) => tag !== name);
      const pools = state.clusters.flatMap((cluster) => cluster.pools);
      for (const each of [...state.volumes, ...state.snapshots, ...state.databases, ...pools]) {
        each.tags = without(each.tags);
      }
      state.tags = without(state.tags);
      return NO_CONTENT;
    }),
    route("POST", `${ONE}/resources`, "tag:create", (call) => {
      const name = find(call);
      for (const each of tagged(call)) each.tags = [...new Set([...each.tags, name])];
      return NO_CONTENT;
    }),
    route("DELETE", `${ONE}/resources`, "tag:delete", (call) => {
      const name = find(call);
      for (const each of tagged(call)) each.tags = each.tags.filter((tag) => tag !== name);
      return NO_CONTENT;
    }),
  ];
};
