/** A tag of the account's resources. */

import type { JsonObject } from "./client";
import { type Kind, saying, textOf, unlessGone } from "./kind";
import { tagName } from "./rules";
import { output, required } from "./schema";

interface Counted {
  count?: number;
}
interface Tag extends JsonObject {
  name: string;
}
interface Resources extends Counted {
  droplets?: Counted;
  images?: Counted;
  volumes?: Counted;
  volume_snapshots?: Counted;
  databases?: Counted;
}

export const tag: Kind = {
  fields: {
    name: required("string", { forceNew: true, validate: tagName }),
    totalResourceCount: output("int"),
    dropletsCount: output("int"),
    imagesCount: output("int"),
    volumesCount: output("int"),
    volumeSnapshotsCount: output("int"),
    databasesCount: output("int"),
  },
  autoname: (name) => name,
  timeouts: {},

  async create(wanted, { client }) {
    const name = textOf(wanted["name"]);
    const { tag: made } = await saying("Error creating tag:", () => client.post<{ tag: Tag }>("/v2/tags", { name }));
    return { id: made.name };
  },

  async read(id, was, { client }) {
    const found = await unlessGone("Error retrieving tag:", () => client.get<{ tag: Tag }>(`/v2/tags/${id}`));
    if (found === undefined) return undefined;
    const resources = (found.tag["resources"] ?? {}) as Resources;
    return {
      ...was,
      name: found.tag.name,
      totalResourceCount: resources.count ?? 0,
      dropletsCount: resources.droplets?.count ?? 0,
      imagesCount: resources.images?.count ?? 0,
      volumesCount: resources.volumes?.count ?? 0,
      volumeSnapshotsCount: resources.volume_snapshots?.count ?? 0,
      databasesCount: resources.databases?.count ?? 0,
    };
  },

  async delete(id, _, { client }) {
    await saying("Error deleting tag:", () => client.delete(`/v2/tags/${id}`));
  },
};
