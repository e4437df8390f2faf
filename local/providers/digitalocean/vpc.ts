/** A virtual private network. */

import type { Values } from "../values";
import { ApiError, type JsonObject } from "./client";
import { goTime, type Kind, saying, textOf, unlessEmpty, unlessGone } from "./kind";
import { length, notEmpty, range } from "./rules";
import { assigned, optional, output, required } from "./schema";
import { waitFor } from "./waiting";

interface Vpc extends JsonObject {
  id: string;
  urn: string;
  name: string;
  description?: string;
  ip_range?: string;
  region: string;
  created_at: string;
  default?: boolean;
}

const path = (id: string): string => `/v2/vpcs/${id}`;

export const vpc: Kind = {
  fields: {
    name: required("string", { validate: notEmpty }),
    region: required("string", { forceNew: true, validate: notEmpty }),
    description: optional("string", { validate: length(0, 255) }),
    ipRange: assigned("string", { forceNew: true, validate: range }),
    vpcUrn: output("string"),
    default: output("bool"),
    createdAt: output("string"),
  },
  autoname: (name) => name,
  timeouts: { delete: 120 },

  async create(wanted, { client }) {
    const { vpc: made } = await saying("Error creating VPC:", () =>
      client.post<{ vpc: Vpc }>("/v2/vpcs", {
        name: textOf(wanted["name"]),
        region: textOf(wanted["region"]),
        description: unlessEmpty(textOf(wanted["description"])),
        ip_range: unlessEmpty(textOf(wanted["ipRange"])),
      }),
    );
    return { id: made.id };
  },

  async read(id, was, { client }): Promise<Values | undefined> {
    const found = await unlessGone("Error reading VPC:", () => client.get<{ vpc: Vpc }>(path(id)));
    return (
      found && {
        ...was,
        name: found.vpc.name,
        region: found.vpc.region,
        description: found.vpc.description ?? "",
        ipRange: found.vpc.ip_range ?? "",
        vpcUrn: found.vpc.urn,
        default: found.vpc.default ?? false,
        createdAt: goTime(found.vpc.created_at),
      }
    );
  },

  async update({ id, after, before, changes }, { client }) {
    if (!changes("name", "description")) return undefined;
    await saying("Error updating VPC :", () =>
      client.put(path(id), {
        name: textOf(after["name"]),
        description: unlessEmpty(textOf(after["description"])),
        default: before["default"] === true,
      }),
    );
    return undefined;
  },

  /** Members, such as the nodes of a cluster that is being deleted, may still be leaving. */
  async delete(id, _, work) {
    let refusal: ApiError | undefined;
    const options = {
      seconds: work.seconds("delete"),
      everySeconds: 10,
      what: "waiting for its members to go",
      timeout: "",
    };
    await waitFor(work, options, async () => {
      try {
        await work.client.delete(path(id));
        return true;
      } catch (error) {
        if (error instanceof ApiError && (error.status === 403 || error.status === 409)) {
          refusal = error;
          return undefined;
        }
        throw new Error(`Error deleting VPC: ${(error as Error).message}`, { cause: error });
      }
    }).catch((error: unknown) => {
      throw error instanceof Error && error.message === "" && refusal !== undefined ? refusal : error;
    });
  },
};
