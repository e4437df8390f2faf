/** Managed databases as the API tells of them. Nothing answers at their addresses. */
import { randomBytes } from "node:crypto";
import { DATABASE_ENGINES } from "./catalog";
import { timestamp } from "./clock";
import { notFound } from "./answer";
import type { DatabasePool, DatabaseRecord, DatabaseUser } from "./state";
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

const SCHEMES: Record<string, string> = { pg: "postgresql", redis: "rediss", valkey: "rediss" };

/** How clients reach it: over the internet, or within its network. */
export function connection(database: DatabaseRecord, within: boolean, pool?: DatabasePool): Record<string, unknown> {
  const engine = DATABASE_ENGINES[database.engine];
  const user = database.users.find(({ name }) => name === (pool?.user ?? "doadmin")) ?? database.users[0];
  const host = `${within ? "private-" : ""}${database.name}-do-user-1-0.db.ondigitalocean.com`;
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
  connection: connection(database, false, pool),
  private_connection: connection(database, true, pool),
});

export const ruleViews = ({ id, rules }: DatabaseRecord): Record<string, unknown>[] =>
  rules.map((rule) => ({
    uuid: rule.uuid,
    cluster_uuid: id,
    type: rule.type,
    value: rule.value,
    created_at: timestamp(rule.createdMs),
  }));

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
    status: atMs >= database.readyMs ? "online" : database.resizing === true ? "resizing" : "creating",
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
