/** Volumes, what is done to them, and their snapshots. The volume driver of a cluster makes them for its claims. */
import { z } from "zod";
import { accepted, type Answer, created, NO_CONTENT, notFound, ok, page, Refusal, unprocessable } from "../answer";
import { timestamp } from "../clock";
import { type Call, optionalInteger, optionalText, route, type Route, texts } from "../router";
import type { ActionRecord, SnapshotRecord, VolumeRecord } from "../state";
import { inSeconds, nextNumber, regionOf, rememberTags, type World } from "../world";
import { regionView } from "./account";

const PATH = "/v2/volumes";
const ONE = `${PATH}/{volume_id}`;
const MAX_GIGABYTES = 16384;
/** To how many nodes a volume can be attached, and how many volumes to one node. */
const NODES_OF_A_VOLUME = 1;
const VOLUMES_OF_A_NODE = 15;

const CREATE = z.object({
  name: z.string(),
  region: optionalText,
  size_gigabytes: optionalInteger,
  description: optionalText,
  snapshot_id: optionalText,
  filesystem_type: optionalText,
  filesystem_label: optionalText,
  tags: texts,
});
const ACTION = z.object({
  type: z.enum(["attach", "detach", "resize"]),
  droplet_id: optionalInteger,
  size_gigabytes: optionalInteger,
  volume_name: optionalText,
  region: optionalText,
});
const SNAPSHOT = z.object({ name: z.string().min(1), tags: texts });

const view = (volume: VolumeRecord): Record<string, unknown> => ({
  id: volume.id,
  name: volume.name,
  region: regionView(volume.region),
  description: volume.description,
  size_gigabytes: volume.sizeGigabytes,
  tags: volume.tags,
  filesystem_type: volume.filesystemType,
  filesystem_label: volume.filesystemLabel,
  droplet_ids: volume.dropletIds,
  created_at: timestamp(volume.createdMs),
});

const snapshotView = (snapshot: SnapshotRecord): Record<string, unknown> => ({
  id: snapshot.id,
  name: snapshot.name,
  created_at: timestamp(snapshot.createdMs),
  regions: [snapshot.region],
  resource_id: snapshot.volumeId,
  resource_type: "volume",
  min_disk_size: snapshot.sizeGigabytes,
  size_gigabytes: snapshot.sizeGigabytes,
  tags: snapshot.tags,
});

function actionView({ clock }: World, action: ActionRecord, atMs = clock.now()): Record<string, unknown> {
  const done = atMs >= action.readyMs;
  return {
    id: action.id,
    status: done ? "completed" : "in-progress",
    type: action.type,
    started_at: timestamp(action.createdMs),
    completed_at: done ? timestamp(action.readyMs) : null,
    resource_id: null,
    resource_type: "volume",
    region: regionView(action.region),
    region_slug: action.region,
  };
}

function make({ state, surroundings, ...world }: World, call: Call): VolumeRecord {
  const request = call.read(CREATE);
  const source = state.snapshots.find(({ id }) => id === request.snapshot_id);
  if (request.snapshot_id !== undefined && source === undefined) throw notFound("snapshot not found");
  const region = regionOf(request.region ?? source?.region ?? "").slug;
  const size = request.size_gigabytes ?? source?.sizeGigabytes ?? 0;
  if (!/^[a-z]([a-z0-9-]{0,62}[a-z0-9])?$/.test(request.name)) throw unprocessable("invalid volume name");
  if (size < 1 || size > MAX_GIGABYTES) throw unprocessable(`size_gigabytes must be between 1 and ${MAX_GIGABYTES}`);
  if (state.volumes.some((volume) => volume.name === request.name && volume.region === region)) {
    throw new Refusal(409, "a volume with that name already exists in this region");
  }
  if (state.volumes.length >= surroundings.volumeLimit) {
    throw new Refusal(403, "failed to create volume: volume/snapshot capacity limit exceeded");
  }
  return {
    id: crypto.randomUUID(),
    name: request.name,
    region,
    description: request.description ?? "",
    sizeGigabytes: size,
    tags: request.tags ?? [],
    filesystemType: request.filesystem_type ?? "",
    filesystemLabel: request.filesystem_label ?? "",
    dropletIds: [],
    createdMs: world.clock.now(),
  };
}

function act(world: World, volume: VolumeRecord, request: z.infer<typeof ACTION>): Answer {
  const { state } = world;
  const node = state.clusters
    .flatMap(({ pools }) => pools.flatMap(({ nodes }) => nodes))
    .find(({ dropletId }) => dropletId === request.droplet_id);
  switch (request.type) {
    case "resize": {
      const size = request.size_gigabytes ?? 0;
      if (size <= volume.sizeGigabytes) throw unprocessable("new size must be greater than the current one");
      if (size > MAX_GIGABYTES) throw unprocessable(`size_gigabytes must be at most ${MAX_GIGABYTES}`);
      volume.sizeGigabytes = size;
      break;
    }
    case "attach":
      if (node === undefined) throw unprocessable("droplet not found");
      if (volume.dropletIds.includes(node.dropletId)) throw unprocessable("This volume is already attached");
      if (volume.dropletIds.length >= NODES_OF_A_VOLUME) {
        throw unprocessable("This volume is attached to another Droplet");
      }
      if (state.volumes.filter(({ dropletIds }) => dropletIds.includes(node.dropletId)).length >= VOLUMES_OF_A_NODE) {
        throw unprocessable("limit exceeded: this Droplet has its maximum of volumes attached");
      }
      volume.dropletIds.push(node.dropletId);
      break;
    case "detach": {
      const { droplet_id: droplet } = request;
      if (droplet === undefined || !volume.dropletIds.includes(droplet)) throw notFound("Attachment not found");
      volume.dropletIds = volume.dropletIds.filter((id) => id !== droplet);
      break;
    }
  }
  const action: ActionRecord = {
    id: nextNumber(world),
    type: `${request.type}_volume`,
    volumeId: volume.id,
    region: volume.region,
    createdMs: world.clock.now(),
    readyMs: inSeconds(world, world.durations.volume),
  };
  state.actions.push(action);
  return accepted({ action: actionView(world, action, action.createdMs) });
}

export const volumeRoutes = (world: World): Route[] => {
  const { state } = world;
  const find = (id: string): VolumeRecord => {
    const volume = state.volumes.find((each) => each.id === id);
    if (volume === undefined) throw notFound("volume not found");
    return volume;
  };
  const named = (name?: string, region?: string): VolumeRecord => {
    const volume = state.volumes.find((each) => each.name === name && each.region === region);
    if (volume === undefined) throw notFound("volume not found");
    return volume;
  };
  const remove = (volume: VolumeRecord): Answer => {
    if (volume.dropletIds.length > 0) throw new Refusal(409, "failed to delete volume: volume is attached");
    state.volumes = state.volumes.filter((each) => each !== volume);
    return NO_CONTENT;
  };
  const action = (id: string): Answer => {
    const found = state.actions.find((each) => String(each.id) === id);
    if (found === undefined) throw notFound();
    return ok({ action: actionView(world, found) });
  };
  const actions = (url: URL, of: readonly ActionRecord[]): Answer =>
    page(
      url,
      "actions",
      of.map((each) => actionView(world, each)),
    );
  const snapshots = (url: URL, of: readonly SnapshotRecord[]): Answer =>
    page(
      url,
      "snapshots",
      of.map((each) => snapshotView(each)),
    );
  const oneSnapshot = (path: string, [reads, deletes]: readonly [string, string]): Route[] => {
    const get = (call: Call): SnapshotRecord => {
      const snapshot = state.snapshots.find((each) => each.id === call.param("snapshot_id"));
      if (snapshot === undefined) throw notFound("snapshot not found");
      return snapshot;
    };
    return [
      route("GET", path, reads, (call) => ok({ snapshot: snapshotView(get(call)) })),
      route("DELETE", path, deletes, (call) => {
        const snapshot = get(call);
        state.snapshots = state.snapshots.filter((each) => each !== snapshot);
        return NO_CONTENT;
      }),
    ];
  };
  return [
    route("GET", PATH, "block_storage:read", ({ url }) => {
      const [name, region] = [url.searchParams.get("name"), url.searchParams.get("region")];
      const fitting = state.volumes.filter(
        (volume) => (name === null || volume.name === name) && (region === null || volume.region === region),
      );
      return page(
        url,
        "volumes",
        fitting.map((volume) => view(volume)),
      );
    }),
    route("POST", PATH, "block_storage:create", (call) => {
      const volume = make(world, call);
      rememberTags(world, volume.tags);
      state.volumes.push(volume);
      return created({ volume: view(volume) });
    }),
    route("DELETE", PATH, "block_storage:delete", (call) => remove(named(call.query("name"), call.query("region")))),
    route("GET", ONE, "block_storage:read", (call) => ok({ volume: view(find(call.param("volume_id"))) })),
    route("DELETE", ONE, "block_storage:delete", (call) => remove(find(call.param("volume_id")))),
    route("POST", `${PATH}/actions`, "block_storage_action:create", (call) => {
      const request = call.read(ACTION);
      return act(world, named(request.volume_name, request.region), request);
    }),
    route("GET", `${ONE}/actions`, "block_storage_action:read", (call) => {
      const volume = find(call.param("volume_id"));
      return actions(
        call.url,
        state.actions.filter(({ volumeId }) => volumeId === volume.id),
      );
    }),
    route("POST", `${ONE}/actions`, "block_storage_action:create", (call) =>
      act(world, find(call.param("volume_id")), call.read(ACTION)),
    ),
    route("GET", `${ONE}/actions/{action_id}`, "block_storage_action:read", (call) => action(call.param("action_id"))),
    route("GET", "/v2/actions", "actions:read", ({ url }) => actions(url, state.actions)),
    route("GET", "/v2/actions/{action_id}", "actions:read", (call) => action(call.param("action_id"))),
    route("GET", `${ONE}/snapshots`, "block_storage_snapshot:read", (call) => {
      const volume = find(call.param("volume_id"));
      return snapshots(
        call.url,
        state.snapshots.filter(({ volumeId }) => volumeId === volume.id),
      );
    }),
    route("POST", `${ONE}/snapshots`, "block_storage_snapshot:create", (call) => {
      const { id, region, sizeGigabytes } = find(call.param("volume_id"));
      const { name, tags = [] } = call.read(SNAPSHOT);
      const createdMs = world.clock.now();
      const snapshot = { id: crypto.randomUUID(), name, volumeId: id, region, sizeGigabytes, tags, createdMs };
      rememberTags(world, tags);
      state.snapshots.push(snapshot);
      return created({ snapshot: snapshotView(snapshot) });
    }),
    route("GET", "/v2/snapshots", "snapshot:read", ({ url }) =>
      // All snapshots of the account are of volumes.
      snapshots(url, url.searchParams.get("resource_type") === "droplet" ? [] : state.snapshots),
    ),
    ...oneSnapshot("/v2/snapshots/{snapshot_id}", ["snapshot:read", "snapshot:delete"]),
    ...oneSnapshot(`${PATH}/snapshots/{snapshot_id}`, ["block_storage_snapshot:read", "block_storage_snapshot:delete"]),
  ];
};
