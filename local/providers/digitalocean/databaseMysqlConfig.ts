/** The settings of a managed MySQL database's server. */

import type { Values } from "../values";
import type { Client, JsonObject } from "./client";
import { databasePath } from "./databaseCluster";
import { type Kind, saying, textOf, unlessEmpty, unlessGone } from "./kind";
import { notEmpty, oneOf } from "./rules";
import { assigned, type Fields, required, type Scalar } from "./schema";

/** By the API's names. */
const SETTINGS: Record<string, Scalar> = {
  backup_hour: "int",
  backup_minute: "int",
  binlog_retention_period: "int",
  connect_timeout: "int",
  default_time_zone: "string",
  group_concat_max_len: "int",
  information_schema_stats_expiry: "int",
  innodb_ft_min_token_size: "int",
  innodb_ft_server_stopword_table: "string",
  innodb_lock_wait_timeout: "int",
  innodb_log_buffer_size: "int",
  innodb_online_alter_log_max_size: "int",
  innodb_print_all_deadlocks: "bool",
  innodb_rollback_on_timeout: "bool",
  interactive_timeout: "int",
  internal_tmp_mem_storage_engine: "string",
  long_query_time: "float",
  max_allowed_packet: "int",
  max_heap_table_size: "int",
  net_read_timeout: "int",
  net_write_timeout: "int",
  slow_query_log: "bool",
  sort_buffer_size: "int",
  sql_mode: "string",
  sql_require_primary_key: "bool",
  tmp_table_size: "int",
  wait_timeout: "int",
};

const camel = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const NAMES = Object.keys(SETTINGS).map((name) => ({ name, key: camel(name) }));

const pathOf = (values: Values): string => `${databasePath(textOf(values["clusterId"]))}/config`;

/** As with the real provider what is zero or false is not sent: a setting cannot be switched off with it. */
const send = (client: Client, wanted: Values): Promise<unknown> =>
  saying("Error updating MySQL configuration:", () => {
    const config = Object.fromEntries(NAMES.map(({ name, key }) => [name, unlessEmpty(wanted[key])]));
    return client.patch(pathOf(wanted), { config: config as JsonObject });
  });

const settingFields = (): Fields =>
  Object.fromEntries(
    Object.entries(SETTINGS).map(([name, kind]) => [
      camel(name),
      assigned(kind, name === "internal_tmp_mem_storage_engine" ? { validate: oneOf(["TempTable", "MEMORY"]) } : {}),
    ]),
  );

export const databaseMysqlConfig: Kind = {
  fields: { clusterId: required("string", { forceNew: true, validate: notEmpty }), ...settingFields() },
  autoname: undefined,
  timeouts: {},

  async create(wanted, { client }) {
    await send(client, wanted);
    return { id: `${textOf(wanted["clusterId"])}/mysql-config` };
  },

  async read(_, was, { client }) {
    const found = await unlessGone("Error retrieving MySQL configuration:", () =>
      client.get<{ config: Record<string, string | number | boolean | null | undefined> }>(pathOf(was)),
    );
    if (found === undefined) return undefined;
    const settings: Values = {};
    for (const { name, key } of NAMES) {
      const value = found.config[name];
      if (value !== undefined && value !== null) settings[key] = value;
    }
    return { ...was, ...settings };
  },

  async update({ after }, { client }) {
    await send(client, after);
    return undefined;
  },

  delete(_, __, { warn }) {
    warn("Database configurations are only removed from state when destroyed. The remote configuration is not unset.");
    return Promise.resolve();
  },

  find: (clusterId) => Promise.resolve({ id: `${clusterId}/mysql-config`, was: { clusterId } satisfies Values }),
};
