/** Projects: a folder of the account's resources. */

import type { Values } from "../values";
import { ApiError, type Client, type JsonObject } from "./client";
import { type Kind, saying, textOf, textsOf, unlessGone } from "./kind";
import { length, notEmpty, oneOf } from "./rules";
import { optional, output, required, set } from "./schema";
import { waitFor } from "./waiting";

export interface Project extends JsonObject {
  id: string;
  name: string;
  description?: string;
  purpose?: string;
  environment?: string;
  is_default?: boolean;
  owner_uuid?: string;
  owner_id?: number;
  created_at: string;
  updated_at: string;
}

export const projectPath = (id: string): string => `/v2/projects/${id}`;

export async function getProject(client: Client, id: string): Promise<Project> {
  return (await client.get<{ project: Project }>(projectPath(id))).project;
}

/** The names of the resources in a project. */
export async function membersOf(client: Client, id: string): Promise<string[]> {
  const resources = await client.all<{ urn: string }>(`${projectPath(id)}/resources`, "resources");
  return resources.map(({ urn }) => urn);
}

export async function assign(client: Client, id: string, urns: string[]): Promise<void> {
  await saying("Error assigning resources:", () =>
    client.post(`${projectPath(id)}/resources`, { resources: urns.filter((urn) => urn !== "") }),
  );
}

/** There is no taking out of a project: what leaves one goes to the account's default project. */
export async function release(client: Client, urns: string[]): Promise<void> {
  const { id } = await saying("Error locating default project", () => getProject(client, "default"));
  await assign(client, id, urns);
}

export const without = (urns: string[], others: string[]): string[] => urns.filter((urn) => !others.includes(urn));

/** A project as its properties show it. */
export async function projectState(client: Client, project: Project): Promise<Values> {
  return {
    name: project.name,
    purpose: (project.purpose ?? "").replace(/^Other: /, ""),
    description: project.description ?? "",
    environment: project.environment ?? "",
    isDefault: project.is_default ?? false,
    ownerUuid: project.owner_uuid ?? "",
    ownerId: project.owner_id ?? 0,
    createdAt: project.created_at,
    updatedAt: project.updated_at,
    resources: await membersOf(client, project.id),
  };
}

export const project: Kind = {
  fields: {
    name: required("string", { validate: (value, key) => notEmpty(value, key) ?? length(1, 175)(value, key) }),
    description: optional("string", { default: "", validate: length(0, 255) }),
    purpose: optional("string", { default: "Web Application", validate: length(0, 255) }),
    environment: optional("string", {
      validate: oneOf(["development", "staging", "production"], true),
      suppress: (before, after) => textOf(before).toLowerCase() === textOf(after).toLowerCase(),
    }),
    ownerUuid: output("string"),
    ownerId: output("int"),
    isDefault: optional("bool", { default: false }),
    createdAt: output("string"),
    updatedAt: output("string"),
    resources: set("string", "assigned"),
  },
  autoname: (name) => name,
  timeouts: { delete: 180 },

  async create(wanted, { client }) {
    return saying("Error creating Project:", async () => {
      const { project: made } = await client.post<{ project: Project }>("/v2/projects", {
        name: textOf(wanted["name"]),
        purpose: textOf(wanted["purpose"]),
        description: textOf(wanted["description"]),
        environment: textOf(wanted["environment"]),
      });
      const members = textsOf(wanted["resources"]);
      if (members.length > 0) {
        await assign(client, made.id, members).catch(async (error: unknown) => {
          await client.delete(projectPath(made.id)).catch(() => undefined);
          throw error;
        });
      }
      if (wanted["isDefault"] === true) {
        const { name, description, purpose, environment } = made;
        await client.put(projectPath(made.id), { name, description, purpose, environment, is_default: true });
      }
      return { id: made.id };
    });
  },

  async read(id, was, { client }) {
    const found = await unlessGone("Error reading Project:", () => getProject(client, id));
    if (found === undefined) return undefined;
    return { ...was, ...(await saying("Error reading Project:", () => projectState(client, found))) };
  },

  async update({ id, before, after, changes }, { client }) {
    await saying("Error updating Project:", () =>
      client.patch(projectPath(id), {
        name: textOf(after["name"]),
        description: textOf(after["description"]),
        purpose: textOf(after["purpose"]),
        environment: textOf(after["environment"]),
        is_default: after["isDefault"] === true,
      }),
    );
    if (!changes("resources")) return undefined;
    const [old, wanted] = [textsOf(before["resources"]), textsOf(after["resources"])];
    const [leaving, joining] = [without(old, wanted), without(wanted, old)];
    if (leaving.length > 0) {
      await saying("Error assigning resources to default project:", () => release(client, leaving));
    }
    if (joining.length > 0) await saying("Error Updating project:", () => assign(client, id, joining));
    return undefined;
  },

  /** A project can only go when it is empty, and what leaves it takes its time. */
  async delete(id, was, work) {
    const { client } = work;
    const members = textsOf(was["resources"]);
    if (members.length > 0) {
      await saying("Error assigning resource to default project:", () => release(client, members));
    }
    const options = {
      seconds: work.seconds("delete"),
      everySeconds: 10,
      what: "waiting for its resources to leave",
      timeout: "cannot delete a project with resources",
    };
    await saying(`Error deleting project (${id}):`, () =>
      waitFor(work, options, async () => {
        try {
          await client.delete(projectPath(id));
          return true;
        } catch (error) {
          if (error instanceof ApiError && error.status === 412) return undefined;
          throw error;
        }
      }),
    );
  },
};
