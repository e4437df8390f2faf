/** Load balancers. The cloud controller of a cluster makes them for its Services (D8). */
import { z } from "zod";
import { accepted, NO_CONTENT, notFound, ok, page, Refusal, unprocessable } from "../answer";
import { timestamp } from "../clock";
import { optionalInteger, optionalText, route, type Route, texts } from "../router";
import type { Extras, LoadBalancerRecord } from "../state";
import { vpcFor } from "../vpcs";
import { assign, inSeconds, projectOf, regionOf, rememberTags, type World } from "../world";
import { regionView } from "./account";

const PATH = "/v2/load_balancers";
const ONE = `${PATH}/{lb_id}`;

const protocol = z.enum(["http", "https", "http2", "http3", "tcp", "udp"]);
const port = z.int().min(1).max(65535);
const RULE = z.looseObject({
  entry_protocol: protocol,
  entry_port: port,
  target_protocol: protocol,
  target_port: port,
});
const RULES = z.object({ forwarding_rules: z.array(RULE).min(1) });
const group = z.looseObject({}).nullish();
const SHAPE = RULES.extend({
  name: z.string().min(1),
  region: optionalText,
  size: optionalText,
  size_unit: optionalInteger,
  type: z.enum(["REGIONAL", "REGIONAL_NETWORK", "GLOBAL"]).nullish(),
  droplet_ids: z.array(z.int()).nullish(),
  tag: optionalText,
  tags: texts,
  vpc_uuid: optionalText,
  project_id: optionalText,
  health_check: group,
  sticky_sessions: group,
}).loose();
type Request = z.infer<typeof SHAPE>;

const UNITS: Record<string, number> = { "lb-small": 1, "lb-medium": 3, "lb-large": 6 };
/** What the API only keeps, and what it is when it is not given. */
const KEPT = {
  algorithm: "round_robin",
  redirect_http_to_https: false,
  enable_proxy_protocol: false,
  enable_backend_keepalive: false,
  http_idle_timeout_seconds: 60,
  disable_lets_encrypt_dns_records: false,
  network: "EXTERNAL",
  network_stack: "IPV4",
  tls_cipher_policy: "DEFAULT",
  firewall: { deny: [], allow: [] },
  tag: "",
} as const;
const HEALTH = {
  protocol: "http",
  port: 80,
  path: "/",
  check_interval_seconds: 10,
  response_timeout_seconds: 5,
  unhealthy_threshold: 5,
  healthy_threshold: 3,
};
const STICKY = { type: "none" };

const given = (group: Extras | null | undefined, fallback: Extras): Extras => ({ ...fallback, ...group });
const view = (world: World, each: LoadBalancerRecord, atMs = world.clock.now()): Record<string, unknown> => ({
  id: each.id,
  name: each.name,
  project_id: projectOf(world, `do:loadbalancer:${each.id}`),
  // There is no address before it is active.
  ip: atMs >= each.readyMs ? each.ip : "",
  ipv6: "",
  status: atMs >= each.readyMs ? "active" : "new",
  size_unit: each.sizeUnit,
  type: each.type,
  created_at: timestamp(each.createdMs),
  region: regionView(each.region),
  vpc_uuid: each.vpcId,
  droplet_ids: each.dropletIds,
  forwarding_rules: each.forwardingRules.map((rule) => given(rule, { certificate_id: "", tls_passthrough: false })),
  health_check: each.healthCheck,
  sticky_sessions: each.stickySessions,
  tags: each.tags,
  ...each.extras,
});

/** The parts of a request that a new load balancer and a changed one have in common. */
function described(world: World, request: Request) {
  const entries = request.forwarding_rules.map(
    (rule) => `${rule.entry_port}/${rule.entry_protocol === "udp" ? "u" : "t"}`,
  );
  if (new Set(entries).size < entries.length) throw unprocessable("entry port is duplicated");
  const size = request.size === undefined || request.size === "" ? undefined : UNITS[request.size];
  const sizeUnit = request.size_unit ?? size ?? 1;
  if (sizeUnit < 1 || sizeUnit > 100) throw unprocessable("size_unit must be between 1 and 100");
  const extras = Object.entries(KEPT).map(([key, fallback]): [string, unknown] => [key, request[key] ?? fallback]);
  const tags = request.tags ?? [];
  rememberTags(world, tags);
  return {
    name: request.name,
    tags,
    type: request.type ?? "REGIONAL",
    sizeUnit,
    dropletIds: request.droplet_ids ?? [],
    forwardingRules: request.forwarding_rules,
    healthCheck: given(request.health_check, HEALTH),
    stickySessions: given(request.sticky_sessions, STICKY),
    extras: Object.fromEntries(extras),
  };
}

function make(world: World, request: Request): LoadBalancerRecord {
  const { state, surroundings, clock } = world;
  if (request.region === undefined || request.region === "") throw unprocessable("region is required");
  const region = regionOf(request.region).slug;
  const addresses = world.loadBalancerAddresses.filter((ip) => !state.loadBalancers.some((each) => each.ip === ip));
  const [ip] = addresses;
  if (state.loadBalancers.length >= surroundings.loadBalancerLimit || ip === undefined) {
    throw unprocessable(`load balancer limit reached: your account may have ${state.loadBalancers.length}`);
  }
  const record: LoadBalancerRecord = {
    id: crypto.randomUUID(),
    ...described(world, request),
    region,
    ip,
    vpcId: vpcFor(world, region, request.vpc_uuid).id,
    createdMs: clock.now(),
    readyMs: inSeconds(world, world.durations.loadBalancer),
  };
  assign(world, `do:loadbalancer:${record.id}`, request.project_id);
  state.loadBalancers.push(record);
  return record;
}

export const loadBalancerRoutes = (world: World): Route[] => {
  const { state, clock } = world;
  const find = (id: string): LoadBalancerRecord => {
    const found = state.loadBalancers.find((each) => each.id === id);
    if (found === undefined) throw notFound();
    return found;
  };
  const settled = (id: string): LoadBalancerRecord => {
    const found = find(id);
    if (clock.now() < found.readyMs) {
      throw new Refusal(403, "Load Balancer can't be updated while it processes previous actions");
    }
    return found;
  };
  const DROPLETS = z.object({ droplet_ids: z.array(z.int()) });
  return [
    route("GET", PATH, "load_balancer:read", ({ url }) =>
      page(
        url,
        "load_balancers",
        state.loadBalancers.map((each) => view(world, each)),
      ),
    ),
    route("POST", PATH, "load_balancer:create", (call) => {
      const record = make(world, call.read(SHAPE));
      return accepted({ load_balancer: view(world, record, record.createdMs) });
    }),
    route("GET", ONE, "load_balancer:read", (call) => ok({ load_balancer: view(world, find(call.param("lb_id"))) })),
    route("PUT", ONE, "load_balancer:update", (call) => {
      const record = settled(call.param("lb_id"));
      const request = call.read(SHAPE);
      if (request.type !== undefined && request.type !== null && request.type !== record.type) {
        throw unprocessable("load balancer type cannot be changed");
      }
      Object.assign(record, { ...described(world, request), type: record.type });
      return ok({ load_balancer: view(world, record) });
    }),
    route("DELETE", ONE, "load_balancer:delete", (call) => {
      const record = find(call.param("lb_id"));
      state.loadBalancers = state.loadBalancers.filter((each) => each !== record);
      return NO_CONTENT;
    }),
    route("DELETE", `${ONE}/cache`, "load_balancer:delete", (call) => {
      find(call.param("lb_id"));
      return NO_CONTENT;
    }),
    route("POST", `${ONE}/droplets`, "load_balancer:update", (call) => {
      const record = settled(call.param("lb_id"));
      record.dropletIds = [...new Set([...record.dropletIds, ...call.read(DROPLETS).droplet_ids])];
      return NO_CONTENT;
    }),
    route("DELETE", `${ONE}/droplets`, "load_balancer:update", (call) => {
      const record = settled(call.param("lb_id"));
      const gone = call.read(DROPLETS).droplet_ids;
      record.dropletIds = record.dropletIds.filter((id) => !gone.includes(id));
      return NO_CONTENT;
    }),
    route("POST", `${ONE}/forwarding_rules`, "load_balancer:update", (call) => {
      settled(call.param("lb_id")).forwardingRules.push(...call.read(RULES).forwarding_rules);
      return NO_CONTENT;
    }),
    route("DELETE", `${ONE}/forwarding_rules`, "load_balancer:update", (call) => {
      const record = settled(call.param("lb_id"));
      const gone = call.read(RULES).forwarding_rules.map(({ entry_port }) => entry_port);
      record.forwardingRules = record.forwardingRules.filter(({ entry_port }) => !gone.includes(Number(entry_port)));
      return NO_CONTENT;
    }),
  ];
};
