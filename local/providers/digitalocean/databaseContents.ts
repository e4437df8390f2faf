/** What is in a managed database: databases, users, and who may connect. */

import { randomBytes } from "node:crypto";
import { isObject, type Values } from "../values";
import type { JsonObject } from "./client";
import { databasePath } from "./databaseCluster";
import { type Kind, saying, textOf, unlessEmpty, unlessGone } from "./kind";
import { notEmpty, oneOf } from "./rules";
import { optional, output, required, set } from "./schema";

const named = { forceNew: true, validate: notEmpty };
const clusterOf = (values: Values): string => databasePath(textOf(values["clusterId"]));

/** The id for importing is `<cluster>,<name>`. */
const find = (word: string) => (id: string) => {
  const [clusterId, name] = id.split(",");
  if (clusterId === undefined || name === undefined) {
    return Promise.reject(new Error(`must use the ID of the source database cluster and the name of the ${word}`));
  }
  const was: Values = { clusterId, name };
  return Promise.resolve({ id: `${clusterId}/${word}/${name}`, was });
};

export const databaseDb: Kind = {
  fields: { name: required("string", named), clusterId: required("string", named) },
  autoname: (name) => name,
  timeouts: {},
  async create(wanted, { client }) {
    const name = textOf(wanted["name"]);
    await saying("Error creating Database DB:", () => client.post(`${clusterOf(wanted)}/dbs`, { name }));
    return { id: `${textOf(wanted["clusterId"])}/database/${name}` };
  },
  async read(_, was, { client }) {
    const path = `${clusterOf(was)}/dbs/${textOf(was["name"])}`;
    const found = await unlessGone("Error retrieving Database DB:", () => client.get(path));
    return found && was;
  },
  async delete(_, was, { client }) {
    const path = `${clusterOf(was)}/dbs/${textOf(was["name"])}`;
    await saying("Error deleting Database DB:", () => client.delete(path));
  },
  find: find("database"),
};

interface User extends JsonObject {
  name: string;
  role?: string;
  password?: string;
  mysql_settings?: { auth_plugin?: string } | null;
}

const PLUGINS = ["mysql_native_password", "caching_sha2_password"];

function userState(user: User, was: Values): Values {
  const plugin = user.mysql_settings?.auth_plugin;
  return {
    ...was,
    role: (user.role ?? "") === "" ? "normal" : (user.role ?? ""),
    ...((user.password ?? "") === "" ? {} : { password: user.password ?? "" }),
    ...(plugin === undefined ? {} : { mysqlAuthPlugin: plugin }),
  };
}

const settingsOf = (plugin: string): JsonObject | undefined => (plugin === "" ? undefined : { auth_plugin: plugin });

export const databaseUser: Kind = {
  fields: {
    name: required("string", named),
    clusterId: required("string", named),
    mysqlAuthPlugin: optional("string", {
      validate: oneOf(PLUGINS),
      suppress: (before, after) => before === after || (before === "caching_sha2_password" && after === ""),
    }),
    role: output("string"),
    password: output("string", { sensitive: true }),
    accessCert: output("string", { sensitive: true }),
    accessKey: output("string", { sensitive: true }),
  },
  autoname: (name) => name,
  timeouts: {},
  async create(wanted, { client }) {
    const { user } = await saying("Error creating Database User:", () =>
      client.post<{ user: User }>(`${clusterOf(wanted)}/users`, {
        name: textOf(wanted["name"]),
        mysql_settings: settingsOf(textOf(wanted["mysqlAuthPlugin"])),
      }),
    );
    return { id: `${textOf(wanted["clusterId"])}/user/${user.name}`, state: userState(user, wanted) };
  },
  async read(_, was, { client }) {
    const path = `${clusterOf(was)}/users/${textOf(was["name"])}`;
    const found = await unlessGone("Error retrieving Database User:", () => client.get<{ user: User }>(path));
    return found && userState(found.user, was);
  },
  async update({ after, changes }, { client }) {
    if (!changes("mysqlAuthPlugin")) return undefined;
    const plugin = textOf(after["mysqlAuthPlugin"]) || "caching_sha2_password";
    await saying("Error updating mysql_auth_plugin for DatabaseUser:", () =>
      client.post(`${clusterOf(after)}/users/${textOf(after["name"])}/reset_auth`, {
        mysql_settings: settingsOf(plugin),
      }),
    );
    return undefined;
  },
  async delete(_, was, { client }) {
    const path = `${clusterOf(was)}/users/${textOf(was["name"])}`;
    await saying("Error deleting Database User:", () => client.delete(path));
  },
  find: find("user"),
};

interface Rule extends JsonObject {
  uuid?: string;
  type: string;
  value: string;
  created_at?: string;
}

const rulesOf = (wanted: Values): JsonObject[] =>
  (Array.isArray(wanted["rules"]) ? wanted["rules"].filter(isObject) : []).map((rule) => ({
    uuid: unlessEmpty(textOf(rule["uuid"])),
    type: textOf(rule["type"]),
    value: textOf(rule["value"]),
  }));

export const databaseFirewall: Kind = {
  fields: {
    clusterId: required("string", named),
    rules: set(
      {
        type: required("string", { validate: oneOf(["ip_addr", "droplet", "k8s", "tag", "app"]) }),
        value: required("string", { validate: notEmpty }),
        uuid: output("string"),
        createdAt: output("string"),
      },
      "required",
    ),
  },
  autoname: undefined,
  timeouts: {},
  async create(wanted, { client }) {
    await saying("Error creating DatabaseFirewall:", () =>
      client.put(`${clusterOf(wanted)}/firewall`, { rules: rulesOf(wanted) }),
    );
    return { id: `${textOf(wanted["clusterId"])}-${randomBytes(13).toString("hex")}` };
  },
  async read(_, was, { client }) {
    const found = await unlessGone("Error retrieving DatabaseFirewall:", () =>
      client.get<{ rules?: Rule[] }>(`${clusterOf(was)}/firewall`),
    );
    if (found === undefined) return undefined;
    const rules = (found.rules ?? []).map(({ uuid, type, value, created_at: createdAt }) => ({
      uuid: uuid ?? "",
      type,
      value,
      createdAt: (createdAt ?? "").replace(/\.\d+/, ""),
    }));
    return { ...was, rules };
  },
  async update({ after }, { client }) {
    await saying("Error updating DatabaseFirewall:", () =>
      client.put(`${clusterOf(after)}/firewall`, { rules: rulesOf(after) }),
    );
    return undefined;
  },
  async delete(_, was, { client }) {
    await saying("Error deleting DatabaseFirewall:", () => client.put(`${clusterOf(was)}/firewall`, { rules: [] }));
  },
  find: (clusterId) =>
    Promise.resolve({ id: `${clusterId}-${randomBytes(13).toString("hex")}`, was: { clusterId } satisfies Values }),
};
