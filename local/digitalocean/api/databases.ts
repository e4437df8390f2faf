/** Managed databases: made, resized, deleted. */
import { z } from "zod";
import { accepted, type Answer, created, NO_CONTENT, ok, Refusal, unprocessable } from "../answer";
import { DATABASE_ENGINES, MONTHLY, REGIONS } from "../catalog";
import { timestamp } from "../clock";
import { databaseView, findDatabase, findServer, newUser } from "../databases";
import { endServer, startServer } from "../databaseBacking";
import { type Call, optionalInteger, optionalText, route, type Route, texts } from "../router";
import type { DatabaseRecord } from "../state";
import { vpcFor } from "../vpcs";
import { assign, inSeconds, regionOf, rememberTags, type World } from "../world";
import { databaseContentRoutes } from "./databaseContents";
import { replicaRoutes } from "./replicas";

const PATH = "/v2/databases";
const ONE = `${PATH}/{database_cluster_uuid}`;
const MOST_NODES = 3;
const LEAST_STORAGE_MIB = 10 * 1024;
const SIZES = Object.keys(MONTHLY.database);

const CREATE = z.object({
  name: z.string(),
  engine: z.string(),
  version: optionalText,
  size: z.string(),
  region: z.string(),
  num_nodes: z.int(),
  private_network_uuid: optionalText,
  project_id: optionalText,
  storage_size_mib: optionalInteger,
  tags: texts,
});
const WINDOW = z.object({ day: z.string(), hour: z.string() });
const DAY_MS = 24 * 3_600_000;
const KEPT_BACKUPS = 7;
const BACKUP_GIGABYTES = 0.05;
const RESIZE = z.object({ size: z.string(), num_nodes: z.int(), storage_size_mib: optionalInteger });

/** The disk that is asked for, which cannot be smaller than the one that is there. */
function diskOf(before: number, wanted = before): number {
  if (wanted < before) throw unprocessable("storage size cannot be decreased");
  return wanted;
}

export function checkShape(size: string, nodes: number): void {
  if (!SIZES.includes(size)) throw unprocessable("invalid size");
  if (nodes < 1 || nodes > MOST_NODES) throw unprocessable(`num_nodes must be between 1 and ${MOST_NODES}`);
}

function make(world: World, call: Call): DatabaseRecord {
  const { state, clock } = world;
  const request = call.read(CREATE);
  const engine = DATABASE_ENGINES[request.engine];
  if (engine === undefined) throw unprocessable("invalid cluster engine");
  const version = request.version ?? engine.versions[0] ?? "";
  if (!engine.versions.includes(version)) throw unprocessable("invalid cluster engine version");
  checkShape(request.size, request.num_nodes);
  if (!/^[a-z][a-z0-9-]{2,62}$/.test(request.name)) throw unprocessable("invalid cluster name");
  if (state.databases.some(({ name }) => name === request.name)) {
    throw unprocessable("cluster name is not available");
  }
  const region = regionOf(request.region).slug;
  const now = clock.now();
  const database: DatabaseRecord = {
    id: crypto.randomUUID(),
    name: request.name,
    engine: request.engine,
    version,
    size: request.size,
    region,
    nodes: request.num_nodes,
    vpcId: vpcFor(world, region, request.private_network_uuid).id,
    storageMib: Math.max(request.storage_size_mib ?? 0, LEAST_STORAGE_MIB),
    tags: request.tags ?? [],
    users: [newUser("doadmin", request.engine, "primary")],
    databases: engine.database === "" ? [] : [engine.database],
    pools: [],
    rules: [],
    window: { day: "monday", hour: "03:00:00" },
    evictionPolicy: "noeviction",
    sqlMode: "ANSI,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE,STRICT_ALL_TABLES",
    config: {},
    createdMs: now,
    readyMs: inSeconds(world, world.durations.database),
  };
  assign(world, `do:dbaas:${database.id}`, request.project_id);
  rememberTags(world, database.tags);
  state.databases.push(database);
  startServer(world, database);
  return database;
}

/** One when a database is there, and one each day from then on. Nothing can be made of them here. */
function backupsOf({ clock }: World, { engine, readyMs, createdMs }: DatabaseRecord): Record<string, unknown>[] {
  if (engine !== "mysql" && engine !== "pg") return [];
  const days = Math.floor((clock.now() - createdMs) / DAY_MS);
  const all = clock.now() < readyMs ? 0 : days + 1;
  return Array.from({ length: Math.min(all, KEPT_BACKUPS) }, (_, index) => ({
    created_at: timestamp(createdMs + (days - index) * DAY_MS),
    size_gigabytes: BACKUP_GIGABYTES,
    incremental: false,
  }));
}

function options(): Answer {
  const regions = REGIONS.filter(({ available, kubernetes }) => available && kubernetes).map(({ slug }) => slug);
  const engines = Object.entries(DATABASE_ENGINES);
  return ok({
    options: Object.fromEntries(
      engines.map(([engine, { versions }]) => [
        engine,
        { regions, versions, layouts: [1, 2, 3].map((nodes) => ({ num_nodes: nodes, sizes: SIZES })) },
      ]),
    ),
    version_availability: Object.fromEntries(
      engines.map(([engine, { versions }]) => [
        engine,
        versions.map((version) => ({ version, end_of_life: null, end_of_availability: null })),
      ]),
    ),
  });
}

export const databaseRoutes = (world: World): Route[] => {
  const { state } = world;
  const find = (call: Call): DatabaseRecord => findDatabase(world, call.param("database_cluster_uuid"));
  return [
    route("GET", `${PATH}/options`, "database:read", options),
    // This list comes whole, without pages.
    route("GET", PATH, "database:read", (call) => {
      const tag = call.query("tag_name");
      const fitting = state.databases.filter(({ tags }) => tag === undefined || tags.includes(tag));
      return ok({ databases: fitting.map((database) => databaseView(world, database)) });
    }),
    route("POST", PATH, "database:create", (call) => {
      const database = make(world, call);
      return created({ database: databaseView(world, database, database.createdMs) });
    }),
    route("GET", ONE, "database:read", (call) => ok({ database: databaseView(world, find(call)) })),
    route("DELETE", ONE, "database:delete", (call) => {
      const database = find(call);
      state.databases = state.databases.filter((each) => each !== database);
      for (const each of [...(database.replicas ?? []), database]) endServer(world, database, each);
      return NO_CONTENT;
    }),
    route("PUT", `${ONE}/resize`, "database:update", (call) => {
      const request = call.read(RESIZE);
      checkShape(request.size, request.num_nodes);
      // A replica is resized as if it were a database.
      const server = findServer(world, call.param("database_cluster_uuid"));
      const storageMib = diskOf(server.storageMib, request.storage_size_mib);
      Object.assign(server, { size: request.size, storageMib, resizing: true });
      if ("nodes" in server) server.nodes = request.num_nodes;
      server.readyMs = inSeconds(world, world.durations.database);
      return accepted();
    }),
    route("PUT", `${ONE}/maintenance`, "database:update", (call) => {
      find(call).window = call.read(WINDOW);
      return NO_CONTENT;
    }),
    route("PUT", `${ONE}/upgrade`, "database:update", (call) => {
      const database = find(call);
      const { version } = call.read(z.object({ version: z.string() }));
      if (DATABASE_ENGINES[database.engine]?.versions.includes(version) !== true) {
        throw unprocessable("invalid cluster engine version");
      }
      if (Number(version) < Number(database.version)) throw new Refusal(422, "a database cannot be downgraded");
      database.version = version;
      return NO_CONTENT;
    }),
    route("GET", `${ONE}/ca`, "database:read", (call) => {
      find(call);
      // Without servers it is no certificate of anything: nothing answers at a database's address.
      const { certificateAuthority = "emulated" } = world.databases ?? {};
      return ok({ ca: { certificate: Buffer.from(certificateAuthority).toString("base64") } });
    }),
    route("GET", `${ONE}/backups`, "database:read", (call) => {
      return ok({ backups: backupsOf(world, find(call)) });
    }),
    route("GET", `${ONE}/events`, "database:read", (call) => {
      find(call);
      return ok({ events: [] });
    }),
    ...databaseContentRoutes(world),
    ...replicaRoutes(world),
  ];
};
