/** A record of a domain. */

import type { Value, Values } from "../values";
import type { JsonObject } from "./client";
import { type Kind, numberOf, saying, textOf, unlessEmpty, unlessGone } from "./kind";
import { atLeast, between, notEmpty, oneOf } from "./rules";
import { assigned, isMissing, optional, output, required, type Siblings } from "./schema";

interface DomainRecord extends JsonObject {
  id: number;
  type: string;
  name: string;
  data: string;
  priority?: number | null;
  port?: number | null;
  ttl?: number;
  weight?: number | null;
  flags?: number | null;
  tag?: string | null;
}

const path = (domain: string, id?: string): string =>
  `/v2/domains/${domain}/records${id === undefined ? "" : `/${id}`}`;
/** Whether the API only wrote a name the short way. */
const sameName = (before: Value, after: Value, { after: given }: Siblings): boolean => {
  const zone = `${textOf(given["domain"])}.`;
  return (before === "@" && after === zone) || `${textOf(before)}.${zone}` === after;
};
const sameTarget = (before: Value, after: Value, { after: given }: Siblings): boolean => {
  const zone = `${textOf(given["domain"])}.`;
  return (before === "@" && after === zone) || before === `${textOf(after)}.${zone}`;
};

const requestOf = (wanted: Values): JsonObject => ({
  name: textOf(wanted["name"]),
  data: textOf(wanted["value"]),
  priority: numberOf(wanted["priority"]),
  port: numberOf(wanted["port"]),
  ttl: unlessEmpty(numberOf(wanted["ttl"])),
  weight: numberOf(wanted["weight"]),
  flags: numberOf(wanted["flags"]),
  tag: unlessEmpty(textOf(wanted["tag"])),
});

function fullName(name: string, domain: string): string {
  if (name === "@") return domain;
  return name.toLowerCase().endsWith(`${domain}.`) ? name.toLowerCase().replace(/\.$/, "") : `${name}.${domain}`;
}

/** Names of hosts are told without their last full stop, but have to be given with it. */
function valueOf({ type, data, tag }: DomainRecord): string {
  const isName = ["CNAME", "MX", "NS", "SRV", "CAA"].includes(type);
  return isName && data !== "@" && tag !== "iodef" ? `${data}.` : data;
}

const port = { validate: between(0, 65535) };

export const dnsRecord: Kind = {
  fields: {
    type: required("string", {
      forceNew: true,
      validate: oneOf(["A", "AAAA", "CAA", "CNAME", "MX", "NS", "TXT", "SRV", "SOA"]),
    }),
    domain: required("string", { forceNew: true, validate: notEmpty }),
    name: required("string", { validate: notEmpty, suppress: sameName }),
    port: optional("int", port),
    priority: optional("int", port),
    weight: optional("int", port),
    ttl: assigned("int", { validate: atLeast(1) }),
    value: required("string", { suppress: sameTarget }),
    fqdn: output("string"),
    flags: optional("int", { validate: between(0, 255) }),
    tag: optional("string", { validate: oneOf(["issue", "issuewild", "iodef"]) }),
  },
  autoname: (name) => name,
  timeouts: {},

  objection(_, after) {
    const needs: Record<string, string[]> = { MX: ["priority"], SRV: ["priority", "weight"], CAA: ["flags", "tag"] };
    const type = textOf(after["type"]);
    const missing = needs[type]?.find((key) => isMissing(after[key]));
    return missing && `\`${missing}\` is required for when type is \`${type}\``;
  },

  async create(wanted, { client }) {
    const type = textOf(wanted["type"]);
    if (type === "SRV" && isMissing(wanted["port"])) throw new Error("`port` is required for when type is `SRV`");
    const { domain_record: made } = await saying("Failed to create record:", () =>
      client.post<{ domain_record: DomainRecord }>(path(textOf(wanted["domain"])), { type, ...requestOf(wanted) }),
    );
    return { id: String(made.id) };
  },

  async read(id, was, { client, warn }) {
    const domain = textOf(was["domain"]);
    if (!/^\d+$/.test(id)) throw new Error(`invalid record ID: strconv.Atoi: parsing "${id}": invalid syntax`);
    const found = await unlessGone("Error retrieving record:", () =>
      client.get<{ domain_record: DomainRecord }>(path(domain, id)),
    );
    if (found === undefined) return undefined;
    const { domain_record: record } = found;
    if (!isMissing(was["ttl"]) && was["ttl"] !== record.ttl) {
      warn(`The TTL for record ID ${id} changed from ${numberOf(was["ttl"])} to ${record.ttl ?? 0}.`);
    }
    return {
      ...was,
      name: record.name,
      type: record.type,
      value: valueOf(record),
      port: record.port ?? 0,
      priority: record.priority ?? 0,
      ttl: record.ttl ?? 0,
      weight: record.weight ?? 0,
      flags: record.flags ?? 0,
      tag: record.tag ?? "",
      fqdn: fullName(record.name, domain),
    };
  },

  async update({ id, after }, { client }) {
    await saying("Failed to update record:", () => client.put(path(textOf(after["domain"]), id), requestOf(after)));
    return undefined;
  },

  async delete(id, was, { client }) {
    await unlessGone("Error deleting record:", () => client.delete(path(textOf(was["domain"]), id)));
  },

  /** The id for importing is `<domain>,<id>`. */
  find(id) {
    const [domain, own] = id.split(",");
    const was: Values = own === undefined ? {} : { domain: domain ?? "" };
    return Promise.resolve({ id: own ?? id, was });
  },
};
