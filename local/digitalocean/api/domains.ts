/** Domains and their records. */
import { isIPv4, isIPv6 } from "node:net";
import { z } from "zod";
import { created, NO_CONTENT, notFound, ok, page, unprocessable } from "../answer";
import { type Call, optionalInteger, optionalText, route, type Route } from "../router";
import type { DnsRecord, DomainRecord } from "../state";
import { nextNumber, type World } from "../world";
import { fullNameOf } from "../zones";

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
/** What a CAA record is about. All but the last have the name of an authority for data, the last has a URL. */
const TAGS = ["issue", "issuewild", "iodef"];

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

function zoneLine(domain: DomainRecord, record: DnsRecord): string {
  const { type, data, ttl, priority, weight, port, flags, tag } = record;
  const numbers = [priority, ...(type === "SRV" ? [weight, port] : [])].filter((each) => each !== null);
  const value = type === "CAA" ? [flags, tag, JSON.stringify(data)] : [...numbers, data];
  return `${fullNameOf(domain, record)}. ${ttl} IN ${type} ${value.join(" ")}`;
}

function view(domain: DomainRecord): Record<string, unknown> {
  const { name, ttl, records } = domain;
  const lines = records.map((record) => zoneLine(domain, record)).join("\n");
  return { name, ttl, zone_file: `$ORIGIN ${name}.\n$TTL ${ttl}\n${lines}\n` };
}

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
  if (type === "A" && !isIPv4(data)) throw unprocessable("Data is not a valid IPv4 address.");
  if (type === "AAAA" && !isIPv6(data)) throw unprocessable("Data is not a valid IPv6 address.");
  if (type === "CAA") checkAuthority(record);
  if (ttl < MIN_TTL) throw unprocessable(`Ttl must be greater than or equal to ${MIN_TTL}.`);
  const others = domain.records.filter((other) => other.id !== record.id && other.name === name);
  if (type === "CNAME" ? others.length > 0 : others.some((other) => other.type === "CNAME")) {
    throw unprocessable("CNAME records cannot share a name with other records.");
  }
  return record;
}

/** All that is wrong is told at once, as DigitalOcean does (terraform-provider-digitalocean #110). */
function checkAuthority({ flags, tag }: DnsRecord): void {
  const inRange = flags !== null && flags >= 0 && flags <= 255;
  const problems = [
    ...(flags === null ? ["Flags is not a number"] : []),
    ...(inRange ? [] : ["Flags must be an integer between 0 and 255"]),
    ...(TAGS.includes(tag ?? "") ? [] : ["Tag must be issue, issuewild, or iodef"]),
  ];
  if (problems.length > 0) throw unprocessable(new Intl.ListFormat("en").format(problems));
}

/**
 * A name of a host as it is kept: absolute, without the dot at its end that says so. An authority that may issue is
 * named in the same way (octodns #692).
 */
function hostData(type: string, tag: string | null, data: string): string {
  const isHost = TO_NAMES.includes(type) || (type === "CAA" && tag !== "iodef");
  if (!isHost || data === "@" || data === "") return data;
  if (!data.endsWith(".")) throw unprocessable("Data needs to end with a dot (.)");
  return data.slice(0, -1);
}

/** A name as it is kept: without the domain. With it a name ends with a dot, as cert-manager gives it. */
function shortName(domain: DomainRecord, name: string): string {
  if (!name.endsWith(".")) return name;
  const [full, zone] = [name.slice(0, -1).toLowerCase(), domain.name];
  if (full === zone) return "@";
  if (!full.endsWith(`.${zone}`)) throw unprocessable(`Name is not in the domain ${zone}.`);
  return full.slice(0, -zone.length - 1);
}

function described(domain: DomainRecord, record: DnsRecord, request: Request): DnsRecord {
  const type = request.type ?? record.type;
  const tag = request.tag ?? record.tag;
  return checked(domain, {
    ...record,
    type,
    name: request.name === undefined ? record.name : shortName(domain, request.name),
    data: request.data === undefined ? record.data : hostData(type, tag, request.data),
    ttl: request.ttl ?? record.ttl,
    priority: request.priority ?? record.priority,
    port: request.port ?? record.port,
    weight: request.weight ?? record.weight,
    flags: request.flags ?? record.flags,
    tag,
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
      const domain = find(call);
      const [type, name] = [call.query("type"), call.query("name")];
      return page(
        call.url,
        "domain_records",
        domain.records
          .filter((record) => type === undefined || record.type === type)
          .filter((record) => name === undefined || fullNameOf(domain, record) === name.toLowerCase())
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
