/** A block storage volume. */

import type { JsonObject } from "./client";
import { type Kind, numberOf, saying, textOf, textsOf, unlessEmpty, unlessGone, urnOf } from "./kind";
import { tagsField } from "./nodePool";
import { atLeast, notEmpty, oneOf } from "./rules";
import { assigned, optional, output, required, set } from "./schema";
import { retag } from "./tagging";

interface Volume extends JsonObject {
  id: string;
  region: { slug: string };
  name: string;
  size_gigabytes: number;
  description?: string;
  droplet_ids?: number[] | null;
  filesystem_type?: string;
  filesystem_label?: string;
  tags?: string[] | null;
}

const path = (id: string): string => `/v2/volumes/${id}`;
const fixed = { forceNew: true, validate: notEmpty };

export const volume: Kind = {
  fields: {
    region: required("string", { forceNew: true, written: (text) => text.toLowerCase() }),
    name: required("string", fixed),
    volumeUrn: output("string"),
    size: required("int", { validate: atLeast(1) }),
    description: optional("string", fixed),
    snapshotId: optional("string", fixed),
    initialFilesystemType: optional("string", { forceNew: true, validate: oneOf(["ext4", "xfs"]) }),
    initialFilesystemLabel: optional("string", fixed),
    dropletIds: set("int", "output"),
    filesystemType: assigned("string", {
      validate: oneOf(["ext4", "xfs"]),
      conflictsWith: ["initialFilesystemType"],
    }),
    filesystemLabel: output("string"),
    tags: tagsField(),
  },
  autoname: (name) => name.toLowerCase(),
  timeouts: {},

  objection: (before, after) =>
    numberOf(after["size"]) < numberOf(before?.["size"])
      ? "volumes `size` can only be expanded and not shrunk"
      : undefined,

  async create(wanted, { client }) {
    const filesystem = unlessEmpty(textOf(wanted["initialFilesystemType"])) ?? textOf(wanted["filesystemType"]);
    const { volume: made } = await saying("Error creating Volume:", () =>
      client.post<{ volume: Volume }>("/v2/volumes", {
        region: textOf(wanted["region"]),
        name: textOf(wanted["name"]),
        description: textOf(wanted["description"]),
        size_gigabytes: numberOf(wanted["size"]),
        snapshot_id: textOf(wanted["snapshotId"]),
        filesystem_type: filesystem,
        filesystem_label: textOf(wanted["initialFilesystemLabel"]),
        tags: textsOf(wanted["tags"]),
      }),
    );
    return { id: made.id };
  },

  async read(id, was, { client }) {
    const found = await unlessGone("Error retrieving volume:", () => client.get<{ volume: Volume }>(path(id)));
    if (found === undefined) return undefined;
    const { volume: now } = found;
    return {
      ...was,
      name: now.name,
      region: now.region.slug,
      size: now.size_gigabytes,
      volumeUrn: urnOf("volume", now.id),
      tags: now.tags ?? [],
      dropletIds: now.droplet_ids ?? [],
      ...((now.description ?? "") === "" ? {} : { description: now.description ?? "" }),
      ...((now.filesystem_type ?? "") === "" ? {} : { filesystemType: now.filesystem_type ?? "" }),
      ...((now.filesystem_label ?? "") === "" ? {} : { filesystemLabel: now.filesystem_label ?? "" }),
    };
  },

  async update({ id, before, after, changes }, { client }) {
    if (changes("size")) {
      await saying(`Error resizing volume (${id}):`, () =>
        client.post(`${path(id)}/actions`, {
          type: "resize",
          size_gigabytes: numberOf(after["size"]),
          region: textOf(after["region"]),
        }),
      );
    }
    if (changes("tags")) await retag(client, "volume", id, before, after);
    return undefined;
  },

  async delete(id, _, { client }) {
    await saying("Error deleting volume:", () => client.delete(path(id)));
  },
};
