/** Domains and their records. */
import { z } from "zod";
import { created, NO_CONTENT, notFound, ok, page, unprocessable } from "../answer";
import { type Call, optionalInteger, optionalText, route, type Route } from "../router";
import type { DnsRecord, DomainRecord } from "../state";
import { nextNumber, type World } from "../world";

const PATH = "/v2/domains";
const ONE = `${PATH}/{domain_name}`;
const RECORDS = `${ONE}/records`;
const RECORD = `${RECORDS}/{domain_record_id}`;
/** Seconds (D11). */
const DEFAULT_TTL = 1800;
const MIN_TTL = 30;

const TYPES = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"] as const;
/** Records whose data is a name of a host. */
const TO_NAMES = ["CNAME", "MX", "NS", "SRV"];

const SHAPE = z.object({
  type: z.enum(TYPES).nullish(),
  name: optionalText,
  data: optionalText,
  priority: optionalInteger,
  port: optionalInteger,
  ttl: optionalInteger,
  weight: optionalInteger,
  flags: optionalInteger,
  tag: optionalText,
});
type Request = z.infer<typeof SHAPE>;

const zoneLine = (domain: string, { type, name, data, ttl, priority }: DnsRecord): string =>
  `${name === "@" ? domain : `${name}.${domain}`}. ${ttl} IN ${type} ${priority === null ? "" : `${priority} `}${data}`;

const view = ({ name, ttl, records }: DomainRecord): Record<string, unknown> => ({
  name,
  ttl,
  zone_file: `$ORIGIN ${name}.\n$TTL ${ttl}\n${records.map((record) => zoneLine(name, record)).join("\n")}\n`,
});

const recordView = ({ id, type, name, data, priority, port, ttl, weight, flags, tag }: DnsRecord) => ({
  id,
  type,
  name,
  data,
  priority,
  port,
  ttl,
  weight,
  flags,
  tag,
});

const blank = { priority: null, port: null, ttl: DEFAULT_TTL, weight: null, flags: null, tag: null, own: false };

function checked(domain: DomainRecord, record: DnsRecord): DnsRecord {
  const { type, name, data, ttl } = record;
  if (data === "") throw unprocessable("Data can't be blank");
  if (name === "") throw unprocessable("Name can't be blank");
  if (type === "A" && !/^(\d{1,3}\.){3}\d{1,3}$/.test(data)) throw unprocessable("Data is not a valid IPv4 address.");
  if (type === "AAAA" && !data.includes(":")) throw unprocessable("Data is not a valid IPv6 address.");
  if (ttl < MIN_TTL) throw unprocessable(`Ttl must be greater than or equal to ${MIN_TTL}.`);
  const others = domain.records.filter((other) => other.id !== record.id && other.name === name);
  if (type === "CNAME" ? others.length > 0 : others.some((other) => other.type === "CNAME")) {
    throw unprocessable("CNAME records cannot share a name with other records.");
  }
  return record;
}

/** A name of a host as it is kept: absolute, without the dot at its end that says so. */
function hostData(type: string, data: string): string {
  if (!TO_NAMES.includes(type) || data === "@" || data === "") return data;
  if (!data.endsWith(".")) throw unprocessable("Data needs to end with a dot (.)");
  return data.slice(0, -1);
}

function described(domain: DomainRecord, record: DnsRecord, request: Request): DnsRecord {
  const type = request.type ?? record.type;
  return checked(domain, {
    ...record,
    type,
    name: request.name ?? record.name,
    data: request.data === undefined ? record.data : hostData(type, request.data),
    ttl: request.ttl ?? record.ttl,
    priority: request.priority ?? record.priority,
    port: request.port ?? record.port,
    weight: request.weight ?? record.weight,
    flags: request.flags ?? record.flags,
    tag: request.tag ?? record.tag,
  });
}

export const domainRoutes = (world: World): Route[] => {
  const { state, surroundings, clock } = world;
  const find = (call: Call): DomainRecord => {
    const name = call.param("domain_name").toLowerCase();
    const domain = state.domains.find((each) => each.name === name);
    if (domain === undefined) throw notFound();
    return domain;
  };
  const findRecord = (call: Call): { domain: DomainRecord; record: DnsRecord } => {
    const domain = find(call);
    const record = domain.records.find(({ id }) => String(id) === call.param("domain_record_id"));
    if (record === undefined) throw notFound();
    return { domain, record };
  };
  const change = (call: Call) => {
    const { domain, record } = findRecord(call);
    Object.assign(record, described(domain, record, call.read(SHAPE)));
    return ok({ domain_record: recordView(record) });
  };
  return [
    route("GET", PATH, "domain:read", ({ url }) =>
      page(
        url,
        "domains",
        state.domains.map((domain) => view(domain)),
      ),
    ),
    route("POST", PATH, "domain:create", (call) => {
      const request = call.read(z.object({ name: z.string(), ip_address: optionalText }));
      const name = request.name.toLowerCase();
      if (!/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(name)) {
        throw unprocessable(`domain '${name}': name is invalid`);
      }
      // Whose it is is not told.
      if (surroundings.foreignDomains.includes(name) || state.domains.some((domain) => domain.name === name)) {
        throw unprocessable(`domain '${name}': name already exists`);
      }
      const record = (type: string, data: string, own: boolean): DnsRecord => ({
        ...blank,
        id: nextNumber(world),
        type,
        name: "@",
        data,
        own,
      });
      const domain: DomainRecord = {
        name,
        ttl: DEFAULT_TTL,
        records: [
          record("SOA", String(DEFAULT_TTL), true),
          ...[1, 2, 3].map((number) => record("NS", `ns${number}.digitalocean.com`, true)),
          // A record that no state knows of (D11).
          ...(request.ip_address === undefined || request.ip_address === ""
            ? []
            : [record("A", request.ip_address, false)]),
        ],
        createdMs: clock.now(),
      };
      state.domains.push(domain);
      return created({ domain: { name, ttl: domain.ttl, zone_file: null } });
    }),
    route("GET", ONE, "domain:read", (call) => ok({ domain: view(find(call)) })),
    route("DELETE", ONE, "domain:delete", (call) => {
      const domain = find(call);
      state.domains = state.domains.filter((each) => each !== domain);
      return NO_CONTENT;
    }),
    route("GET", RECORDS, "domain:read", (call) => {
      const { name: domain, records } = find(call);
      const [type, name] = [call.query("type"), call.query("name")];
      const fullName = (record: DnsRecord): string => (record.name === "@" ? domain : `${record.name}.${domain}`);
      return page(
        call.url,
        "domain_records",
        records
          .filter((record) => type === undefined || record.type === type)
          .filter((record) => name === undefined || fullName(record) === name.toLowerCase())
          .map((record) => recordView(record)),
      );
    }),
    route("POST", RECORDS, "domain:create", (call) => {
      const domain = find(call);
      const request = call.read(SHAPE);
      if (request.type === undefined || request.type === null) throw unprocessable("Type can't be blank");
      const record = described(domain, { ...blank, id: nextNumber(world), type: "", name: "", data: "" }, request);
      domain.records.push(record);
      return created({ domain_record: recordView(record) });
    }),
    route("GET", RECORD, "domain:read", (call) => ok({ domain_record: recordView(findRecord(call).record) })),
    route("PUT", RECORD, "domain:update", change),
    route("PATCH", RECORD, "domain:update", change),
    route("DELETE", RECORD, "domain:delete", (call) => {
      const { domain, record } = findRecord(call);
      domain.records = domain.records.filter((each) => each !== record);
      return NO_CONTENT;
    }),
  ];
};
