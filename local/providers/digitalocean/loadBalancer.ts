/** A load balancer that is a resource of its own, not one that a Service of a cluster asked for. */

import { isObject, type Value, type Values } from "../values";
import type { Json, JsonObject } from "./client";
import { type Kind, numberOf, saying, textOf, textsOf, unlessEmpty, Unfinished, unlessGone, urnOf } from "./kind";
import { atLeast, between, length, notEmpty, oneOf } from "./rules";
import { assigned, block, type Fields, isMissing, isZero, list, optional, output, required, set } from "./schema";
import { waitFor } from "./waiting";

interface LoadBalancer extends JsonObject {
  id: string;
  name: string;
  ip?: string | null;
  ipv6?: string | null;
  status: string;
  region?: { slug?: string };
}

const path = (id: string): string => `/v2/load_balancers/${id}`;
const PROTOCOLS = ["http", "https", "http2", "http3", "tcp", "udp"];
const SIZES: Record<string, number> = { "lb-small": 1, "lb-medium": 3, "lb-large": 6 };
const TYPES = ["REGIONAL", "GLOBAL", "REGIONAL_NETWORK"];
const port = { validate: between(1, 65535) };

const fields: Fields = {
  name: required("string", { validate: notEmpty }),
  region: optional("string", { forceNew: true, written: (text) => text.toLowerCase() }),
  size: optional("string", {
    validate: oneOf(Object.keys(SIZES)),
    suppress: (before, after, siblings) =>
      before === after || (textOf(after) in SIZES && SIZES[textOf(after)] === siblings.before["sizeUnit"]),
  }),
  sizeUnit: assigned("int", { validate: between(1, 200) }),
  loadBalancerUrn: output("string"),
  algorithm: optional("string", {
    default: "round_robin",
    deprecated: true,
    validate: oneOf(["round_robin", "least_connections"]),
  }),
  forwardingRules: set({
    entryProtocol: required("string", { validate: oneOf(PROTOCOLS) }),
    entryPort: required("int", port),
    targetProtocol: required("string", { validate: oneOf(PROTOCOLS.filter((each) => each !== "http3")) }),
    targetPort: required("int", port),
    certificateId: assigned("string"),
    certificateName: assigned("string"),
    tlsPassthrough: optional("bool", { default: false }),
  }),
  healthcheck: block(
    {
      protocol: required("string", { validate: oneOf(["http", "https", "tcp"]) }),
      port: required("int", port),
      path: optional("string", { validate: notEmpty }),
      checkIntervalSeconds: optional("int", { default: 10, validate: between(3, 300) }),
      responseTimeoutSeconds: optional("int", { default: 5, validate: between(3, 300) }),
      unhealthyThreshold: optional("int", { default: 3, validate: between(2, 10) }),
      healthyThreshold: optional("int", { default: 5, validate: between(2, 10) }),
    },
    "assigned",
  ),
  stickySessions: block(
    {
      type: optional("string", { default: "none", validate: oneOf(["cookies", "none"]) }),
      cookieName: optional("string", { validate: length(2, 40) }),
      cookieTtlSeconds: optional("int", { validate: atLeast(1) }),
    },
    "assigned",
  ),
  dropletIds: set("int", "assigned"),
  dropletTag: optional("string"),
  redirectHttpToHttps: optional("bool", { default: false }),
  enableProxyProtocol: optional("bool", { default: false }),
  enableBackendKeepalive: optional("bool", { default: false }),
  disableLetsEncryptDnsRecords: optional("bool", { default: false }),
  vpcUuid: assigned("string", { forceNew: true, validate: notEmpty }),
  ip: assigned("string", { forceNew: true }),
  ipv6: output("string"),
  status: output("string"),
  httpIdleTimeoutSeconds: assigned("int"),
  projectId: assigned("string"),
  firewall: block({ allows: list("string"), denies: list("string") }, "assigned"),
  type: assigned("string", {
    forceNew: true,
    validate: (value, key) => oneOf(TYPES)(textOf(value).toUpperCase(), key),
  }),
};

/** The names of properties as the API writes them. */
const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (key: string): string => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const written = (values: Values): JsonObject =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [snake(key), unlessEmpty(value as Json)]));
const shown = (values: JsonObject): Values =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      value === undefined || value === null ? [] : [[camel(key), value as Value]],
    ),
  );
const objectOf = (value: Json | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
const blockOf = (value: Value | undefined): JsonObject | undefined => (isObject(value) ? written(value) : undefined);

function requestOf(wanted: Values): JsonObject {
  const rules = Array.isArray(wanted["forwardingRules"]) ? wanted["forwardingRules"].filter(isObject) : [];
  const sized = numberOf(wanted["sizeUnit"]) !== 0;
  const tagged = textOf(wanted["dropletTag"]) !== "";
  const droplets = Array.isArray(wanted["dropletIds"])
    ? wanted["dropletIds"].filter((id) => typeof id === "number")
    : [];
  return {
    name: textOf(wanted["name"]),
    region: unlessEmpty(textOf(wanted["region"])),
    algorithm: unlessEmpty(textOf(wanted["algorithm"])),
    size: sized ? undefined : unlessEmpty(textOf(wanted["size"])),
    size_unit: sized ? numberOf(wanted["sizeUnit"]) : undefined,
    type: unlessEmpty(textOf(wanted["type"])),
    forwarding_rules: rules.map((rule) => ({
      ...written(rule),
      entry_port: numberOf(rule["entryPort"]),
      target_port: numberOf(rule["targetPort"]),
    })),
    health_check: blockOf(wanted["healthcheck"]),
    sticky_sessions: blockOf(wanted["stickySessions"]),
    tag: tagged ? textOf(wanted["dropletTag"]) : undefined,
    droplet_ids: tagged ? undefined : unlessEmpty(droplets),
    redirect_http_to_https: unlessEmpty(wanted["redirectHttpToHttps"] === true),
    enable_proxy_protocol: unlessEmpty(wanted["enableProxyProtocol"] === true),
    enable_backend_keepalive: unlessEmpty(wanted["enableBackendKeepalive"] === true),
    disable_lets_encrypt_dns_records: wanted["disableLetsEncryptDnsRecords"] === true,
    vpc_uuid: unlessEmpty(textOf(wanted["vpcUuid"])),
    project_id: unlessEmpty(textOf(wanted["projectId"])),
    http_idle_timeout_seconds: unlessEmpty(numberOf(wanted["httpIdleTimeoutSeconds"])),
    firewall: isObject(wanted["firewall"])
      ? { allow: textsOf(wanted["firewall"]["allows"]), deny: textsOf(wanted["firewall"]["denies"]) }
      : undefined,
  };
}

function stateOf(balancer: LoadBalancer): Values {
  const rules = (balancer["forwarding_rules"] ?? []) as JsonObject[];
  const unit = numberOf(balancer["size_unit"] as Value);
  const firewall = objectOf(balancer["firewall"]);
  const blocks: [string, string][] = [
    ["healthcheck", "health_check"],
    ["stickySessions", "sticky_sessions"],
  ];
  return {
    name: balancer.name,
    loadBalancerUrn: urnOf("loadbalancer", balancer.id),
    ip: balancer.ip ?? "",
    status: balancer.status,
    algorithm: textOf(balancer["algorithm"] as Value),
    redirectHttpToHttps: balancer["redirect_http_to_https"] === true,
    enableProxyProtocol: balancer["enable_proxy_protocol"] === true,
    enableBackendKeepalive: balancer["enable_backend_keepalive"] === true,
    disableLetsEncryptDnsRecords: balancer["disable_lets_encrypt_dns_records"] === true,
    ...(isZero(firewall as Value)
      ? {}
      : { firewall: { allows: textsOf(firewall["allow"] as Value), denies: textsOf(firewall["deny"] as Value) } }),
    dropletTag: textOf(balancer["tag"] as Value),
    dropletIds: (balancer["droplet_ids"] ?? []) as number[],
    vpcUuid: textOf(balancer["vpc_uuid"] as Value),
    httpIdleTimeoutSeconds: numberOf(balancer["http_idle_timeout_seconds"] as Value),
    projectId: textOf(balancer["project_id"] as Value),
    type: textOf(balancer["type"] as Value),
    ...((balancer.ipv6 ?? "") === "" ? {} : { ipv6: balancer.ipv6 ?? "" }),
    ...(unit > 0 ? { sizeUnit: unit } : { size: textOf(balancer["size"] as Value) }),
    ...(balancer.region?.slug === undefined ? {} : { region: balancer.region.slug }),
    forwardingRules: rules.map((rule) => ({ tlsPassthrough: false, ...shown(rule) })),
    ...Object.fromEntries(
      blocks.flatMap(([key, name]) => {
        const found = shown(objectOf(balancer[name]));
        return isZero(found) ? [] : [[key, found]];
      }),
    ),
  };
}

/** Not custom: the provider waits this long, and no timeout of the user's changes it. */
const READY_SECONDS = 600;

export const loadBalancer: Kind = {
  fields,
  autoname: (name) => name,
  timeouts: {},

  objection(_, after) {
    const [type, region] = [textOf(after["type"]), textOf(after["region"])];
    if (type === "" && isMissing(after["region"]))
      return isMissing(after["type"]) ? "missing 'region' value" : undefined;
    const global = type.toUpperCase() === "GLOBAL";
    if (global && region !== "") return `'region' must be empty or not set when 'type' is '${type}'`;
    return type !== "" && !global && isMissing(after["region"])
      ? `'region' must be set and not be empty when 'type' is '${type}'`
      : undefined;
  },

  async create(wanted, work) {
    const { client } = work;
    const { load_balancer: made } = await saying("Error creating Load Balancer:", () =>
      client.post<{ load_balancer: LoadBalancer }>("/v2/load_balancers", {
        ...requestOf(wanted),
        ip: unlessEmpty(textOf(wanted["ip"])),
      }),
    );
    const what = `Error waiting for Load Balancer (${made.name}) to become active:`;
    const options = {
      seconds: READY_SECONDS,
      everySeconds: 15,
      what: "waiting for the load balancer to become active",
      timeout: `timeout while waiting for state to become 'active' (last state: 'new', timeout: 10m0s)`,
    };
    await waitFor(work, options, async () => {
      const now = await client.get<{ load_balancer: LoadBalancer }>(path(made.id));
      return now.load_balancer.status === "active" ? true : undefined;
    }).catch((error: unknown) => {
      throw new Unfinished(`${what} ${(error as Error).message}`, made.id);
    });
    return { id: made.id };
  },

  async read(id, was, { client }) {
    const found = await unlessGone("Error retrieving Loadbalancer:", () =>
      client.get<{ load_balancer: LoadBalancer }>(path(id)),
    );
    return found && { ...was, ...stateOf(found.load_balancer) };
  },

  async update({ id, after }, { client }) {
    await saying("Error updating Load Balancer:", () => client.put(path(id), requestOf(after)));
    return undefined;
  },

  async delete(id, _, { client }) {
    await unlessGone("Error deleting Load Balancer:", () => client.delete(path(id)));
  },
};
