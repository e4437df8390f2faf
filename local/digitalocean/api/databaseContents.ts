/** What is in a managed database, and how it is set: users, databases, pools, trusted sources, configuration. */
import { z } from "zod";
import { created, NO_CONTENT, notFound, ok, Refusal } from "../answer";
import { admitSources, tellServer } from "../databaseBacking";
import { findDatabase, findServer, newUser, password, poolView, ruleViews, userView } from "../databases";
import {
  databaseStatements,
  settingStatements,
  userStatements,
  withoutDatabase,
  withoutUser,
} from "../mysqlStatements";
import { type Call, optionalText, route, type Route } from "../router";
import type { DatabasePool, DatabaseRecord, DatabaseUser } from "../state";
import type { World } from "../world";

const ONE = "/v2/databases/{database_cluster_uuid}";
const settings = z.object({ auth_plugin: z.string() }).nullish();
const USER = z.object({ name: z.string().min(1), mysql_settings: settings });
const POOL = z.object({
  name: z.string().min(1),
  mode: z.string(),
  size: z.int().min(1),
  db: z.string(),
  user: optionalText,
});
const RULES = z.object({
  rules: z
    .array(
      z.object({ type: z.enum(["droplet", "k8s", "ip_addr", "tag", "app"]), value: z.string(), uuid: optionalText }),
    )
    .nullish()
    .transform((rules) => rules ?? []),
});
const POLICIES = [
  "noeviction",
  "allkeys_lru",
  "allkeys_random",
  "volatile_lru",
  "volatile_random",
  "volatile_ttl",
] as const;

function found<T>(item: T | undefined, what: string): T {
  if (item === undefined) throw notFound(`${what} not found`);
  return item;
}

export const databaseContentRoutes = (world: World): Route[] => {
  const find = (call: Call): DatabaseRecord => findDatabase(world, call.param("database_cluster_uuid"));
  const serverOf = (call: Call) => findServer(world, call.param("database_cluster_uuid"));
  const userOf = (call: Call): DatabaseUser =>
    found(
      find(call).users.find(({ name }) => name === call.param("username")),
      "user",
    );
  const poolOf = (call: Call): DatabasePool =>
    found(
      find(call).pools.find(({ name }) => name === call.param("pool_name")),
      "connection pool",
    );
  return [
    route("GET", `${ONE}/users`, "database:read", (call) =>
      ok({ users: find(call).users.map((user) => userView(user)) }),
    ),
    route("POST", `${ONE}/users`, "database:create", async (call) => {
      const database = find(call);
      const request = call.read(USER);
      if (database.users.some(({ name }) => name === request.name)) throw new Refusal(409, "user already exists");
      const user = newUser(request.name, database.engine, "normal", request.mysql_settings?.auth_plugin);
      database.users.push(user);
      await tellServer(world, database, userStatements(user));
      return created({ user: userView(user) });
    }),
    route("GET", `${ONE}/users/{username}`, "database:read", (call) => ok({ user: userView(userOf(call)) })),
    route("PUT", `${ONE}/users/{username}`, "database:update", (call) => created({ user: userView(userOf(call)) })),
    route("DELETE", `${ONE}/users/{username}`, "database:delete", async (call) => {
      const user = userOf(call);
      if (user.role === "primary") throw new Refusal(403, "the primary user cannot be deleted");
      const database = find(call);
      database.users = database.users.filter((each) => each !== user);
      await tellServer(world, database, withoutUser(user.name));
      return NO_CONTENT;
    }),
    route("POST", `${ONE}/users/{username}/reset_auth`, "database:update", async (call) => {
      const user = userOf(call);
      const { mysql_settings: mysql } = call.read(z.object({ mysql_settings: settings }));
      user.password = password();
      if (mysql !== undefined && mysql !== null) user.authPlugin = mysql.auth_plugin;
      await tellServer(world, find(call), userStatements(user));
      return ok({ user: userView(user) });
    }),

    route("GET", `${ONE}/dbs`, "database:read", (call) => ok({ dbs: find(call).databases.map((name) => ({ name })) })),
    route("POST", `${ONE}/dbs`, "database:create", async (call) => {
      const database = find(call);
      const { name } = call.read(z.object({ name: z.string().min(1) }));
      if (database.databases.includes(name)) throw new Refusal(409, "database already exists");
      database.databases.push(name);
      await tellServer(world, database, databaseStatements(name));
      return created({ db: { name } });
    }),
    route("GET", `${ONE}/dbs/{database_name}`, "database:read", (call) => {
      const name = found(
        find(call).databases.find((each) => each === call.param("database_name")),
        "database",
      );
      return ok({ db: { name } });
    }),
    route("DELETE", `${ONE}/dbs/{database_name}`, "database:delete", async (call) => {
      const database = find(call);
      const name = found(
        database.databases.find((each) => each === call.param("database_name")),
        "database",
      );
      database.databases = database.databases.filter((each) => each !== name);
      await tellServer(world, database, withoutDatabase(name));
      return NO_CONTENT;
    }),

    route("GET", `${ONE}/pools`, "database:read", (call) => {
      const database = find(call);
      return ok({ pools: database.pools.map((pool) => poolView(database, pool)) });
    }),
    route("POST", `${ONE}/pools`, "database:create", (call) => {
      const database = find(call);
      const { user = "doadmin", ...request } = call.read(POOL);
      if (database.pools.some(({ name }) => name === request.name)) throw new Refusal(409, "pool already exists");
      const pool = { ...request, user };
      database.pools.push(pool);
      return created({ pool: poolView(database, pool) });
    }),
    route("GET", `${ONE}/pools/{pool_name}`, "database:read", (call) =>
      ok({ pool: poolView(find(call), poolOf(call)) }),
    ),
    route("PUT", `${ONE}/pools/{pool_name}`, "database:update", (call) => {
      const pool = poolOf(call);
      Object.assign(pool, call.read(POOL.omit({ name: true, user: true })));
      return NO_CONTENT;
    }),
    route("DELETE", `${ONE}/pools/{pool_name}`, "database:delete", (call) => {
      const pool = poolOf(call);
      const database = find(call);
      database.pools = database.pools.filter((each) => each !== pool);
      return NO_CONTENT;
    }),

    // A replica has rules of its own, by its own id.
    route("GET", `${ONE}/firewall`, "database:read", (call) => ok({ rules: ruleViews(serverOf(call)) })),
    route("PUT", `${ONE}/firewall`, "database:update", async (call) => {
      const server = serverOf(call);
      const createdMs = world.clock.now();
      server.rules = call.read(RULES).rules.map(({ type, value, uuid }) => {
        const known = server.rules?.find((rule) => rule.uuid === uuid);
        return known ?? { uuid: crypto.randomUUID(), type, value, createdMs };
      });
      await admitSources(world, server);
      return NO_CONTENT;
    }),

    route("GET", `${ONE}/eviction_policy`, "database:read", (call) =>
      ok({ eviction_policy: find(call).evictionPolicy }),
    ),
    route("PUT", `${ONE}/eviction_policy`, "database:update", (call) => {
      find(call).evictionPolicy = call.read(z.object({ eviction_policy: z.enum(POLICIES) })).eviction_policy;
      return NO_CONTENT;
    }),
    route("GET", `${ONE}/sql_mode`, "database:read", (call) => ok({ sql_mode: find(call).sqlMode })),
    route("PUT", `${ONE}/sql_mode`, "database:update", async (call) => {
      const database = find(call);
      database.sqlMode = call.read(z.object({ sql_mode: z.string() })).sql_mode;
      await tellServer(world, database, settingStatements(database));
      return NO_CONTENT;
    }),
    route("GET", `${ONE}/config`, "database:read", (call) => ok({ config: find(call).config })),
    route("PATCH", `${ONE}/config`, "database:update", async (call) => {
      const database = find(call);
      database.config = { ...database.config, ...call.read(z.object({ config: z.looseObject({}) })).config };
      await tellServer(world, database, settingStatements(database));
      return { status: 200 };
    }),
    route("GET", `${ONE}/autoscale`, "database:read", (call) => {
      find(call);
      return ok({ autoscale: { storage: { enabled: false, threshold_percent: 80, increment_gib: 10 } } });
    }),
  ];
};
