/** Read-only replicas of managed databases. */
import { z } from "zod";
import { created, NO_CONTENT, notFound, ok, Refusal, unprocessable } from "../answer";
import { MONTHLY } from "../catalog";
import { endServer, serveReplica } from "../databaseBacking";
import { findDatabase, isOnline, replicaView } from "../databases";
import { type Call, optionalInteger, optionalText, route, type Route, texts } from "../router";
import type { DatabaseRecord, ReplicaRecord } from "../state";
import { vpcFor } from "../vpcs";
import { inSeconds, regionOf, rememberTags, type World } from "../world";

const PATH = "/v2/databases/{database_cluster_uuid}/replicas";
const ONE = `${PATH}/{replica_name}`;
const ENGINES = ["mysql", "pg"];
const SIZES = Object.keys(MONTHLY.database);

const CREATE = z.object({
  name: z.string(),
  size: optionalText,
  region: optionalText,
  private_network_uuid: optionalText,
  storage_size_mib: optionalInteger,
  tags: texts,
});

function make(world: World, database: DatabaseRecord, call: Call): ReplicaRecord {
  const request = call.read(CREATE);
  if (!ENGINES.includes(database.engine)) throw unprocessable("read-only replicas are not supported for this engine");
  // The first backup may not be there yet, of which a replica is made.
  if (!isOnline(database, world.clock.now())) throw new Refusal(412, "cluster is not ready for a replica yet");
  if (!/^[a-z][a-z0-9-]{2,62}$/.test(request.name)) throw unprocessable("invalid replica name");
  const { databases } = world.state;
  if (databases.some(({ name, replicas = [] }) => [{ name }, ...replicas].some((each) => each.name === request.name))) {
    throw unprocessable("replica name is not available");
  }
  const size = request.size ?? database.size;
  // They stand in the order of what they cost.
  if (SIZES.indexOf(size) < SIZES.indexOf(database.size)) throw unprocessable("invalid size");
  const region = regionOf(request.region ?? database.region).slug;
  const replica: ReplicaRecord = {
    id: crypto.randomUUID(),
    name: request.name,
    size,
    region,
    vpcId: vpcFor(world, region, request.private_network_uuid).id,
    storageMib: request.storage_size_mib ?? database.storageMib,
    tags: request.tags ?? [],
    createdMs: world.clock.now(),
    readyMs: inSeconds(world, world.durations.database),
  };
  rememberTags(world, replica.tags);
  database.replicas = [...(database.replicas ?? []), replica];
  return replica;
}

export const replicaRoutes = (world: World): Route[] => {
  const databaseOf = (call: Call): DatabaseRecord => findDatabase(world, call.param("database_cluster_uuid"));
  const replicaOf = (call: Call): ReplicaRecord => {
    const found = databaseOf(call).replicas?.find(({ name }) => name === call.param("replica_name"));
    if (found === undefined) throw notFound("replica not found");
    return found;
  };
  return [
    route("GET", PATH, "database:read", (call) => {
      const database = databaseOf(call);
      return ok({ replicas: (database.replicas ?? []).map((replica) => replicaView(world, database, replica)) });
    }),
    route("POST", PATH, "database:create", async (call) => {
      const database = databaseOf(call);
      const replica = make(world, database, call);
      await serveReplica(world, database, replica);
      return created({ replica: replicaView(world, database, replica, replica.createdMs) });
    }),
    route("GET", ONE, "database:read", (call) =>
      ok({ replica: replicaView(world, databaseOf(call), replicaOf(call)) }),
    ),
    route("DELETE", ONE, "database:delete", (call) => {
      const replica = replicaOf(call);
      const database = databaseOf(call);
      database.replicas = database.replicas?.filter((each) => each !== replica) ?? [];
      endServer(world, database, replica);
      return NO_CONTENT;
    }),
  ];
};
