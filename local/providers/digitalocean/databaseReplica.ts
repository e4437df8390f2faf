/** A read-only replica of a managed database. */

import type { Values } from "../values";
import { ApiError, type Client, type JsonObject } from "./client";
import { type Connection, connectionState, databasePath } from "./databaseCluster";
import { type Kind, saying, textOf, textsOf, unlessEmpty, unlessGone, type Work } from "./kind";
import { tagsField } from "./nodePool";
import { notEmpty } from "./rules";
import { assigned, optional, output, required } from "./schema";
import { waitFor } from "./waiting";

interface Replica extends JsonObject {
  id: string;
  name: string;
  status?: string;
  region?: string;
  tags?: string[] | null;
  private_network_uuid?: string;
  storage_size_mib?: number;
  connection?: Connection | null;
  private_connection?: Connection | null;
}

const WAITING_SECONDS = 1800;
const PRECONDITION_FAILED = 412;
const named = { forceNew: true, validate: notEmpty };
const secret = { sensitive: true };

const pathOf = (values: Values): string =>
  `${databasePath(textOf(values["clusterId"]))}/replicas/${textOf(values["name"])}`;
const getReplica = async (client: Client, values: Values): Promise<Replica> =>
  (await client.get<{ replica: Replica }>(pathOf(values))).replica;

async function waitUntilOnline(work: Work, values: Values): Promise<void> {
  const options = {
    seconds: WAITING_SECONDS,
    everySeconds: 15,
    what: "waiting for the replica to be online",
    timeout: "Timeout waiting to DatabaseReplica to become online",
  };
  await waitFor(work, options, async () => {
    const replica = await unlessGone("Error trying to read DatabaseReplica state:", () =>
      getReplica(work.client, values),
    );
    return replica?.status === "online" ? true : undefined;
  });
}

/** A database may be said to be online before its first backup is there, of which a replica is made. */
async function request(work: Work, wanted: Values): Promise<void> {
  const options = {
    seconds: work.seconds("create"),
    everySeconds: 10,
    what: "waiting for the database to be ready for a replica",
    timeout: "Timeout waiting for the database to be ready for a replica",
  };
  await waitFor(work, options, async () => {
    try {
      await work.client.post(`${databasePath(textOf(wanted["clusterId"]))}/replicas`, {
        name: textOf(wanted["name"]),
        region: unlessEmpty(textOf(wanted["region"])),
        size: unlessEmpty(textOf(wanted["size"])),
        tags: unlessEmpty(textsOf(wanted["tags"])),
        private_network_uuid: textOf(wanted["privateNetworkUuid"]),
        storage_size_mib: unlessEmpty(Number(wanted["storageSizeMib"] ?? 0)),
      });
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === PRECONDITION_FAILED) return undefined;
      throw error;
    }
  });
}

export const databaseReplica: Kind = {
  fields: {
    name: required("string", named),
    clusterId: required("string", named),
    uuid: output("string"),
    region: optional("string", { forceNew: true }),
    size: optional("string"),
    privateNetworkUuid: assigned("string", named),
    host: output("string"),
    privateHost: output("string"),
    port: output("int"),
    uri: output("string", secret),
    privateUri: output("string", secret),
    database: output("string"),
    user: output("string"),
    password: output("string", secret),
    tags: { ...tagsField(), forceNew: true },
    storageSizeMib: assigned("string"),
  },
  autoname: (name) => name,
  timeouts: {},

  async create(wanted, work) {
    return saying("Error creating DatabaseReplica:", async () => {
      await request(work, wanted);
      await waitUntilOnline(work, wanted);
      return { id: `${textOf(wanted["clusterId"])}/replicas/${textOf(wanted["name"])}` };
    });
  },

  async read(_, was, { client }) {
    const found = await unlessGone("Error retrieving DatabaseReplica:", () => getReplica(client, was));
    if (found === undefined) return undefined;
    return {
      ...was,
      region: found.region ?? "",
      tags: found.tags ?? [],
      uuid: found.id,
      ...connectionState(found, {}),
      privateNetworkUuid: found.private_network_uuid ?? "",
      storageSizeMib: String(found.storage_size_mib ?? 0),
    };
  },

  async update({ before, after, changes }, work) {
    if (!changes("size", "storageSizeMib")) return undefined;
    await saying("Error resizing database replica:", async () => {
      await work.client.put(`${databasePath(textOf(before["uuid"]))}/resize`, {
        size: textOf(after["size"]),
        num_nodes: 1,
        storage_size_mib: unlessEmpty(Number(after["storageSizeMib"] ?? 0)),
      });
      await waitUntilOnline(work, after);
    });
    return undefined;
  },

  async delete(_, was, { client }) {
    await saying("Error deleting DatabaseReplica:", () => client.delete(pathOf(was)));
  },

  find: (id) => {
    const [clusterId, name] = id.split(",");
    if (clusterId === undefined || name === undefined) {
      return Promise.reject(
        new Error(
          "must use the ID of the source database cluster and the replica name joined with a comma (e.g. `id,name`)",
        ),
      );
    }
    return Promise.resolve({ id: `${clusterId}/replicas/${name}`, was: { clusterId, name } satisfies Values });
  },
};
