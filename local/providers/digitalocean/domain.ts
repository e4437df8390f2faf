/** A domain whose names DigitalOcean serves. */

import type { JsonObject } from "./client";
import { type Kind, saying, textOf, unlessEmpty, unlessGone, urnOf } from "./kind";
import { notEmpty } from "./rules";
import { optional, output, required } from "./schema";

export interface Domain extends JsonObject {
  name: string;
  ttl?: number | null;
  zone_file?: string | null;
}

const path = (name: string): string => `/v2/domains/${name}`;

export const domain: Kind = {
  fields: {
    name: required("string", { forceNew: true, validate: notEmpty }),
    ipAddress: optional("string", { forceNew: true, validate: notEmpty }),
    domainUrn: output("string"),
    ttl: output("int"),
  },
  autoname: undefined,
  timeouts: {},

  async create(wanted, { client }) {
    const { domain: made } = await saying("Error creating Domain:", () =>
      client.post<{ domain: Domain }>("/v2/domains", {
        name: textOf(wanted["name"]),
        ip_address: unlessEmpty(textOf(wanted["ipAddress"])),
      }),
    );
    return { id: made.name };
  },

  async read(id, was, { client }) {
    const found = await unlessGone("Error retrieving domain:", () => client.get<{ domain: Domain }>(path(id)));
    if (found === undefined) return undefined;
    const { name, ttl } = found.domain;
    return { ...was, name, domainUrn: urnOf("domain", name), ttl: ttl ?? 0 };
  },

  async delete(id, _, { client }) {
    await saying("Error deleting Domain:", () => client.delete(path(id)));
  },
};
