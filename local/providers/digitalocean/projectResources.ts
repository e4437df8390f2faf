/** Which resources belong to a project that may have others too. */

import type { Values } from "../values";
import type { Client } from "./client";
import { type Kind, saying, textOf, textsOf, unlessGone } from "./kind";
import { assign, getProject, membersOf, release, without } from "./project";
import { notEmpty } from "./rules";
import { required, set } from "./schema";

/** Whether the project is still there. */
const exists = async (client: Client, id: string, what: string): Promise<boolean> =>
  (await unlessGone(what, () => getProject(client, id))) !== undefined;

async function join(client: Client, before: Values, after: Values): Promise<void> {
  const id = textOf(after["project"]);
  if (!(await exists(client, id, `Error while retrieving project ${id}:`))) return;
  const [old, wanted] = [textsOf(before["resources"]), textsOf(after["resources"])];
  const [leaving, joining] = [without(old, wanted), without(wanted, old)];
  if (leaving.length > 0) {
    await saying("Error assigning resources to default project:", () => release(client, leaving));
  }
  if (joining.length > 0)
    await saying(`Error assigning resources to project ${id}:`, () => assign(client, id, joining));
}

export const projectResources: Kind = {
  fields: {
    project: required("string", { forceNew: true, validate: notEmpty }),
    resources: set("string", "required"),
  },
  autoname: undefined,
  timeouts: {},

  async create(wanted, { client }) {
    await join(client, {}, wanted);
    return { id: textOf(wanted["project"]) };
  },

  async read(id, was, { client }) {
    if (!(await exists(client, id, "Error while retrieving project:"))) return undefined;
    const members = await saying("Error while retrieving project resources:", () => membersOf(client, id));
    return { ...was, project: id, resources: textsOf(was["resources"]).filter((urn) => members.includes(urn)) };
  },

  async update({ before, after }, { client }) {
    await join(client, before, after);
    return undefined;
  },

  async delete(_, was, { client }) {
    const members = textsOf(was["resources"]);
    if (!(await exists(client, textOf(was["project"]), "Error while retrieving project:"))) return;
    if (members.length === 0) return;
    await saying("Error assigning resources to default project:", () => release(client, members));
  },
};
