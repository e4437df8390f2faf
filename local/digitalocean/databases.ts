/** Managed databases as the API tells of them, and where they are. */
import { randomBytes } from "node:crypto";
import { DATABASE_ENGINES } from "./catalog";
import { timestamp } from "./clock";
import { notFound } from "./answer";
import type { DatabasePool, DatabaseRecord, DatabaseRule, DatabaseUser, ReplicaRecord } from "./state";
import { projectOf, type World } from "./world";

export const password = (): string => `AVNS_${randomBytes(15).toString("base64url")}`;

export const newUser = (name: string, engine: string, role: DatabaseUser["role"], plugin?: string): DatabaseUser => ({
  name,
  role,
  password: password(),
  ...(engine === "mysql" ? { authPlugin: plugin ?? "caching_sha2_password" } : {}),
});

export function findDatabase({ state }: World, id: string): DatabaseRecord {
  const database = state.databases.find((each) => each.id === id);
  if (database === undefined) throw notFound("cluster not found");
  return database;
}

/** What has a size of its own, and rules on whom it lets in, by its id: a database, or a replica of one. */
export function findServer(world: World, id: string): DatabaseRecord | ReplicaRecord {
  const replicas = world.state.databases.flatMap(({ replicas: own = [] }) => own);
  return replicas.find((each) => each.id === id) ?? findDatabase(world, id);
}

/** Every host of a database is directly under it. */
export const DATABASE_DOMAIN = "db.ondigitalocean.com";

const hostOf = (name: string, within: boolean): string =>
  `${within ? "private-" : ""}${name}-do-user-1-0.${DATABASE_DOMAIN}`;

/** Whether what is being made or resized is what was asked for by now. */
export const isOnline = (database: DatabaseRecord, atMs: number): boolean =>
  atMs >= database.readyMs && database.starting !== true;

/** The addresses of the databases that a server stands behind, and of their replicas, by the names of their hosts. */
export const databaseHosts = (databases: readonly DatabaseRecord[]): [string, string][] =>
  databases
    .flatMap((database) => [database, ...(database.replicas ?? [])])
    .flatMap(({ name, address }) =>
      address === undefined ? [] : [false, true].map((within): [string, string] => [hostOf(name, within), address]),
    );

const SCHEMES: Record<string, string> = { pg: "postgresql", redis: "rediss", valkey: "rediss" };

/** How clients reach it: over the internet, or within its network. */
export function connection(
  database: DatabaseRecord,
  within: boolean,
  { pool, replica }: { pool?: DatabasePool; replica?: ReplicaRecord } = {},
): Record<string, unknown> {
  const engine = DATABASE_ENGINES[database.engine];
  const user = database.users.find(({ name }) => name === (pool?.user ?? "doadmin")) ?? database.users[0];
  const host = hostOf(replica?.name ?? database.name, within);
  const port = (engine?.port ?? 25060) + (pool === undefined ? 0 : 1);
  const name = pool?.name ?? engine?.database ?? "";
  const scheme = SCHEMES[database.engine] ?? database.engine;
  const login = `${user?.name ?? ""}:${user?.password ?? ""}`;
  return {
    protocol: scheme,
    uri: `${scheme}://${login}@${host}:${port}/${name}?${database.engine === "mysql" ? "ssl-mode=REQUIRED" : "sslmode=require"}`,
    database: name,
    host,
    port,
    user: user?.name ?? "",
    password: user?.password ?? "",
    ssl: true,
  };
}

export const userView = ({ name, role, password: secret, authPlugin }: DatabaseUser): Record<string, unknown> => ({
  name,
  role,
  password: secret,
  ...(authPlugin === undefined ? {} : { mysql_settings: { auth_plugin: authPlugin } }),
});

export const poolView = (database: DatabaseRecord, pool: DatabasePool): Record<string, unknown> => ({
  name: pool.name,
  mode: pool.mode,
  size: pool.size,
  db: pool.db,
  user: pool.user,
  connection: connection(database, false, { pool }),
  private_connection: connection(database, true, { pool }),
});

export const ruleViews = ({ id, rules = [] }: { id: string; rules?: DatabaseRule[] }): Record<string, unknown>[] =>
  rules.map((rule) => ({
    uuid: rule.uuid,
    cluster_uuid: id,
    type: rule.type,
    value: rule.value,
    created_at: timestamp(rule.createdMs),
  }));

export const replicaView = (
  { clock }: World,
  database: DatabaseRecord,
  replica: ReplicaRecord,
  atMs = clock.now(),
): Record<string, unknown> => ({
  id: replica.id,
  name: replica.name,
  size: replica.size,
  region: replica.region,
  status: atMs >= replica.readyMs ? "online" : replica.resizing === true ? "resizing" : "forking",
  created_at: timestamp(replica.createdMs),
  private_network_uuid: replica.vpcId,
  storage_size_mib: replica.storageMib,
  tags: replica.tags,
  connection: connection(database, false, { replica }),
  private_connection: connection(database, true, { replica }),
});

export function databaseView(world: World, database: DatabaseRecord, atMs = world.clock.now()) {
  return {
    id: database.id,
    name: database.name,
    engine: database.engine,
    version: database.version,
    semantic_version: `${database.version}.0`,
    num_nodes: database.nodes,
    size: database.size,
    region: database.region,
    status: isOnline(database, atMs) ? "online" : database.resizing === true ? "resizing" : "creating",
    created_at: timestamp(database.createdMs),
    private_network_uuid: database.vpcId,
    project_id: projectOf(world, `do:dbaas:${database.id}`),
    tags: database.tags,
    db_names: database.databases,
    users: database.users.map((user) => userView(user)),
    rules: ruleViews(database),
    connection: connection(database, false),
    private_connection: connection(database, true),
    maintenance_window: { ...database.window, pending: false, description: [] },
    storage_size_mib: database.storageMib,
  };
}
