/** A managed database: its nodes, and how to reach it. */

import { isObject, type Value, type Values } from "../values";
import type { Client, JsonObject } from "./client";
import {
  type Change,
  type Kind,
  numberOf,
  saying,
  textOf,
  textsOf,
  unlessEmpty,
  unlessGone,
  urnOf,
  type Work,
} from "./kind";
import { tagsField } from "./nodePool";
import { notEmpty, oneOf } from "./rules";
import { assigned, type Fields, list, optional, output, required } from "./schema";
import { retag } from "./tagging";
import { waitFor } from "./waiting";

export interface Connection extends JsonObject {
  uri?: string;
  database?: string;
  host?: string;
  port?: number;
  user?: string;
  password?: string;
}
export interface Database extends JsonObject {
  id: string;
  name: string;
  engine: string;
  version?: string;
  connection?: Connection | null;
  private_connection?: Connection | null;
  num_nodes?: number;
  size?: string;
  region?: string;
  status?: string;
  maintenance_window?: { day?: string; hour?: string } | null;
  private_network_uuid?: string;
  tags?: string[] | null;
  project_id?: string;
  storage_size_mib?: number;
}

export const databasePath = (id: string): string => `/v2/databases/${id}`;
const getDatabase = async (client: Client, id: string): Promise<Database> =>
  (await client.get<{ database: Database }>(databasePath(id))).database;

/** Without seconds, which the API adds. */
const minutes = (hour: Value): string => textOf(hour).split(":").slice(0, 2).join(":");
const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const secret = { sensitive: true };

const fields: Fields = {
  name: required("string", { forceNew: true, validate: notEmpty }),
  engine: required("string", { forceNew: true, validate: notEmpty }),
  version: optional("string"),
  size: required("string", { validate: notEmpty }),
  region: required("string", { validate: notEmpty, written: (text) => text.toLowerCase() }),
  nodeCount: required("int", { validate: notEmpty }),
  maintenanceWindows: list({
    day: required("string", {
      validate: (value, key) => oneOf([...DAYS, ...DAYS.map((day) => day.toLowerCase())])(value, key),
    }),
    hour: required("string", { suppress: (before, after) => minutes(before) === minutes(after) }),
  }),
  evictionPolicy: optional("string", { validate: notEmpty }),
  sqlMode: optional("string"),
  privateNetworkUuid: assigned("string", { forceNew: true, validate: notEmpty }),
  projectId: assigned("string", { forceNew: true, validate: notEmpty }),
  host: output("string"),
  privateHost: output("string"),
  port: output("int"),
  uri: output("string", secret),
  privateUri: output("string", secret),
  database: output("string"),
  user: output("string"),
  password: output("string", secret),
  clusterUrn: output("string"),
  tags: tagsField(),
  storageSizeMib: assigned("string"),
  metricsEndpoints: list("string", "output"),
};

/** With the password that is kept: the API tells it only to some, and of some engines only once. */
function uriOf(connection: Connection, password: string): string {
  const uri = new URL((connection.uri ?? "").replace(/^[a-z+]+:/, "http:"));
  const scheme = (connection.uri ?? "").split(":")[0] ?? "";
  uri.username = connection.user ?? "";
  uri.password = password;
  return `${scheme}${uri.href.slice("http".length)}`;
}

export function connectionState(database: Pick<Database, "connection" | "private_connection">, was: Values): Values {
  const { connection, private_connection: inside } = database;
  const password = textOf(was["password"]);
  const told = connection?.password ?? "";
  return {
    ...(connection === undefined || connection === null
      ? {}
      : {
          host: connection.host ?? "",
          port: connection.port ?? 0,
          uri: uriOf(connection, password === "" ? told : password),
          database: connection.database ?? "",
          user: connection.user ?? "",
          ...(told === "" ? {} : { password: told }),
        }),
    ...(inside === undefined || inside === null
      ? {}
      : { privateHost: inside.host ?? "", privateUri: uriOf(inside, told === "" ? password : told) }),
  };
}

async function waitUntilOnline(work: Work, id: string): Promise<void> {
  const options = {
    seconds: work.seconds("create"),
    everySeconds: 15,
    what: "waiting for the database to be online",
    timeout: "Timeout waiting to database cluster to become online",
  };
  await waitFor(work, options, async () => {
    const database = await unlessGone("Error trying to read database cluster state:", () =>
      getDatabase(work.client, id),
    );
    return database?.status === "online" ? true : undefined;
  });
}

/** What is set when the database runs. */
async function settle(work: Work, id: string, wanted: Values, differs: (key: string) => boolean): Promise<void> {
  const { client } = work;
  const [window] = Array.isArray(wanted["maintenanceWindows"]) ? wanted["maintenanceWindows"].filter(isObject) : [];
  if (differs("maintenanceWindows") && window !== undefined) {
    const request = { day: textOf(window["day"]), hour: textOf(window["hour"]) };
    await saying("Error updating maintenance window for database cluster:", () =>
      client.put(`${databasePath(id)}/maintenance`, request),
    );
  }
  if (differs("evictionPolicy")) {
    const policy = textOf(wanted["evictionPolicy"]) || "noeviction";
    await saying("Error updating eviction policy for database cluster:", () =>
      client.put(`${databasePath(id)}/eviction_policy`, { eviction_policy: policy }),
    );
  }
  if (differs("sqlMode")) {
    await saying("Error updating SQL mode for database cluster:", () =>
      client.put(`${databasePath(id)}/sql_mode`, { sql_mode: textOf(wanted["sqlMode"]) }),
    );
  }
}

async function update({ id, before, after, changes }: Change, work: Work): Promise<undefined> {
  const { client } = work;
  if (changes("size", "nodeCount", "storageSizeMib")) {
    await saying("Error resizing database cluster:", async () => {
      await client.put(`${databasePath(id)}/resize`, {
        size: textOf(after["size"]),
        num_nodes: numberOf(after["nodeCount"]),
        storage_size_mib: changes("storageSizeMib") ? unlessEmpty(Number(after["storageSizeMib"])) : undefined,
      });
      await waitUntilOnline(work, id);
    });
  }
  if (changes("region")) {
    await saying("Error migrating database cluster:", async () => {
      await client.put(`${databasePath(id)}/migrate`, { region: textOf(after["region"]) });
      await waitUntilOnline(work, id);
    });
  }
  await settle(work, id, after, changes);
  if (changes("version")) {
    await saying("Error upgrading version for database cluster:", () =>
      client.put(`${databasePath(id)}/upgrade`, { version: textOf(after["version"]) }),
    );
  }
  if (changes("tags")) await retag(client, "database", id, before, after);
}

export const databaseCluster: Kind = {
  fields,
  autoname: (name) => name,
  timeouts: { create: 1800 },

  objection(before, after) {
    const engine = textOf(after["engine"]);
    if (textOf(after["version"]) === "") {
      const old = textOf(before?.["version"]);
      return old === ""
        ? 'The argument "version" is required, but no definition was found.'
        : `The argument "version" is now required. Set the ${engine} version to the value saved to state: ${old}`;
    }
    if (textOf(after["sqlMode"]) !== "" && engine !== "mysql") {
      return "sql_mode is only supported for MySQL Database Clusters";
    }
    return textOf(after["evictionPolicy"]) !== "" && !["redis", "valkey"].includes(engine)
      ? "eviction_policy is only supported for Redis or Valkey Database Clusters"
      : undefined;
  },

  // As with the real provider, a database that takes too long is not recorded.
  async create(wanted, work) {
    return saying("Error creating database cluster:", async () => {
      const { database } = await work.client.post<{ database: Database }>("/v2/databases", {
        name: textOf(wanted["name"]),
        engine: textOf(wanted["engine"]),
        version: textOf(wanted["version"]),
        size: textOf(wanted["size"]),
        region: textOf(wanted["region"]),
        num_nodes: numberOf(wanted["nodeCount"]),
        private_network_uuid: textOf(wanted["privateNetworkUuid"]),
        tags: unlessEmpty(textsOf(wanted["tags"])),
        project_id: textOf(wanted["projectId"]),
        storage_size_mib: unlessEmpty(Number(wanted["storageSizeMib"] ?? 0)),
        rules: null,
      });
      await waitUntilOnline(work, database.id);
      const given = (key: string): boolean => wanted[key] !== undefined;
      await settle(work, database.id, wanted, given);
      const password = database.connection?.password ?? "";
      const state: Values = password === "" ? {} : { password };
      return { id: database.id, state };
    });
  },

  async read(id, was, { client }) {
    const found = await unlessGone("Error retrieving database cluster:", () => getDatabase(client, id));
    if (found === undefined) return undefined;
    const window = found.maintenance_window;
    return {
      ...was,
      name: found.name,
      engine: found.engine,
      version: found.version ?? "",
      size: found.size ?? "",
      region: found.region ?? "",
      nodeCount: found.num_nodes ?? 0,
      storageSizeMib: String(found.storage_size_mib ?? 0),
      tags: found.tags ?? [],
      ...(was["maintenanceWindows"] === undefined || window === undefined || window === null
        ? {}
        : { maintenanceWindows: [{ day: window.day ?? "", hour: window.hour ?? "" }] }),
      ...connectionState(found, was),
      metricsEndpoints: [],
      clusterUrn: urnOf("dbaas", found.id),
      privateNetworkUuid: found.private_network_uuid ?? "",
      projectId: found.project_id ?? "",
    };
  },

  update,

  async delete(id, _, { client }) {
    await saying("Error deleting database cluster:", () => client.delete(databasePath(id)));
  },
};
