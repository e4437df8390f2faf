/** A key to Spaces, the object storage. */

import { isObject, type Values } from "../values";
import type { JsonObject } from "./client";
import { type Kind, saying, textOf } from "./kind";
import { list, output, required } from "./schema";

interface Key extends JsonObject {
  name: string;
  access_key: string;
  /** Only in the answer to the creation. */
  secret_key?: string;
  grants?: { bucket: string; permission: string }[] | null;
  created_at: string;
}

const PATH = "/v2/spaces/keys";

const requestOf = (wanted: Values): JsonObject => ({
  name: textOf(wanted["name"]),
  grants: (Array.isArray(wanted["grants"]) ? wanted["grants"].filter(isObject) : []).map((grant) => ({
    bucket: textOf(grant["bucket"]),
    permission: textOf(grant["permission"]),
  })),
});

const stateOf = (key: Key): Values => ({
  name: key.name,
  accessKey: key.access_key,
  grants: (key.grants ?? []).map(({ bucket, permission }) => ({ bucket, permission })),
  createdAt: key.created_at,
});

/** Unlike the real provider's, what the API refuses is not tried again for five minutes. */
export const spacesKey: Kind = {
  fields: {
    name: required("string"),
    grants: list({ bucket: required("string"), permission: required("string") }),
    accessKey: output("string"),
    secretKey: output("string", { sensitive: true }),
    createdAt: output("string"),
  },
  autoname: (name) => name,
  timeouts: {},

  async create(wanted, { client }) {
    const { key } = await saying("Error creating Spaces key:", () =>
      client.post<{ key: Key }>(PATH, requestOf(wanted)),
    );
    return { id: key.access_key, state: { ...stateOf(key), secretKey: key.secret_key ?? "" } };
  },

  async read(id, was, { client }) {
    // In the list of all, as the real provider does.
    const keys = await saying("Error reading Spaces key:", () => client.all<Key>(PATH, "keys"));
    const found = keys.find((each) => each.access_key === id);
    return found && { ...was, ...stateOf(found) };
  },

  async update({ id, after }, { client }) {
    await saying("Error updating Spaces key:", () => client.put(`${PATH}/${id}`, requestOf(after)));
    return undefined;
  },

  async delete(id, _, { client }) {
    await saying("Error deleting Spaces key:", () => client.delete(`${PATH}/${id}`));
  },
};
