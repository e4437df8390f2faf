/** What is said of a name in DNS: the records of the account's domains, and nothing else but the names of DigitalOcean itself. */
import type { Answer, CaaData, RecordType, SoaAnswer, StringAnswer } from "dns-packet";
import type { DnsRecord, DomainRecord } from "./state";

/** Longer than this nobody keeps an answer, whatever a record's TTL: who waits for a change waits for no cache. */
const LONGEST_TTL_SECONDS = 5;
/** What a TXT record's strings hold at most, each; a longer text is cut into several. */
const TEXT_BYTES = 255;

export interface KnownNames {
  domains: readonly DomainRecord[];
  /** Addresses of hosts that are in no domain of the account, by name. */
  hosts: ReadonlyMap<string, string>;
}

export interface NameQuestion {
  name: string;
  type: RecordType | "ANY";
}

export interface NameReply {
  /** Whether there is such a name, with records of that type or without. */
  exists: boolean;
  answers: Answer[];
  /** With a name or a type that is not there: how long that may be remembered. */
  authorities: SoaAnswer[];
}

/** A record's full name, in lower case, without a dot at its end. */
export const fullNameOf = (domain: DomainRecord, { name }: DnsRecord): string =>
  (name === "@" ? domain.name : `${name}.${domain.name}`).toLowerCase();

/** An alias is followed for as long as it leads to a name that is known here. */
export function replyTo(known: KnownNames, question: NameQuestion, followed: readonly string[] = []): NameReply {
  const name = question.name.toLowerCase();
  const address = known.hosts.get(name);
  if (address !== undefined) return ofHost(question, address);
  const domain = domainOf(known.domains, name);
  // There is no such name, and no more is to be waited for. What an alias leads to outside is not for us to deny.
  if (domain === undefined) return { exists: followed.length > 0, answers: [], authorities: [] };

  const records = recordsAt(domain, name);
  const answers = (records ?? []).map((record) => answerOf(question.name, domain, record));
  const wanted = answers.filter(({ type }) => question.type === "ANY" || type === question.type);
  if (wanted.length > 0) return { exists: true, answers: wanted, authorities: [] };
  const alias = answers.find(isAlias);
  if (alias === undefined || followed.includes(name)) {
    return { exists: records !== undefined, answers: [], authorities: [authorityOf(domain.name, domain)] };
  }
  const rest = replyTo(known, { name: alias.data, type: question.type }, [...followed, name]);
  return { ...rest, answers: [alias, ...rest.answers] };
}

const isAlias = (answer: Answer): answer is StringAnswer => answer.type === "CNAME";

function ofHost({ name, type }: NameQuestion, address: string): NameReply {
  const asked = type === "A" || type === "ANY";
  const answer: Answer = { type: "A", name, ttl: LONGEST_TTL_SECONDS, data: address };
  return { exists: true, answers: asked ? [answer] : [], authorities: [] };
}

/** Of domains within one another, the innermost. */
function domainOf(domains: readonly DomainRecord[], name: string): DomainRecord | undefined {
  return domains
    .filter((domain) => name === domain.name || name.endsWith(`.${domain.name}`))
    .reduce<DomainRecord | undefined>(
      (inner, each) => (inner === undefined || each.name.length > inner.name.length ? each : inner),
      undefined,
    );
}

/** The records of a name, its own or those of a wildcard; none at all of a name that is only above others. */
function recordsAt(domain: DomainRecord, name: string): DnsRecord[] | undefined {
  const named = domain.records.map((record) => ({ record, full: fullNameOf(domain, record) }));
  const at = (wanted: string): DnsRecord[] => named.filter(({ full }) => full === wanted).map(({ record }) => record);
  const isThere = (wanted: string): boolean =>
    wanted === domain.name || named.some(({ full }) => full === wanted || full.endsWith(`.${wanted}`));
  if (isThere(name)) return at(name);
  // A wildcard stands for what is missing right under it, not for what is missing under one of its siblings (RFC 4592).
  let above = parentOf(name);
  while (!isThere(above)) above = parentOf(above);
  const wild = at(`*.${above}`);
  return wild.length > 0 ? wild : undefined;
}

const parentOf = (name: string): string => name.slice(name.indexOf(".") + 1);

function answerOf(name: string, domain: DomainRecord, record: DnsRecord): Answer {
  const ttl = Math.min(record.ttl, LONGEST_TTL_SECONDS);
  const { data } = record;
  const host = data === "@" ? domain.name : data;
  const number = (value: number | null): number => value ?? 0;
  switch (record.type) {
    case "A":
    case "AAAA":
      return { type: record.type, name, ttl, data };
    case "CNAME":
    case "NS":
      return { type: record.type, name, ttl, data: host };
    case "MX":
      return { type: "MX", name, ttl, data: { preference: number(record.priority), exchange: host } };
    case "SRV": {
      const [priority, weight, port] = [number(record.priority), number(record.weight), number(record.port)];
      return { type: "SRV", name, ttl, data: { priority, weight, port, target: host } };
    }
    case "CAA": {
      const tag = record.tag as CaaData["tag"]; // The API lets no others in.
      return { type: "CAA", name, ttl, data: { flags: number(record.flags), tag, value: data } };
    }
    case "TXT":
      return { type: "TXT", name, ttl, data: stringsOf(data) };
    case "SOA":
      return authorityOf(name, domain);
    default:
      throw new Error(`a record of the type ${record.type} cannot be told`);
  }
}

function stringsOf(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const count = Math.max(1, Math.ceil(bytes.length / TEXT_BYTES));
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * TEXT_BYTES, (index + 1) * TEXT_BYTES));
}

/** DigitalOcean keeps of this record no more than its TTL: the rest is the same for all. */
const authorityOf = (name: string, domain: DomainRecord): SoaAnswer => ({
  type: "SOA",
  name,
  ttl: LONGEST_TTL_SECONDS,
  data: {
    mname: "ns1.digitalocean.com",
    rname: `hostmaster.${domain.name}`,
    serial: Math.floor(domain.createdMs / 1000),
    refresh: 10_800,
    retry: 3600,
    expire: 604_800,
    minimum: 1,
  },
});
