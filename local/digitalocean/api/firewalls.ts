/** Cloud firewalls: kept as they are given. */
import { z } from "zod";
import { accepted, NO_CONTENT, notFound, ok, page } from "../answer";
import { timestamp } from "../clock";
import { type Call, route, type Route } from "../router";
import type { FirewallRecord } from "../state";
import type { World } from "../world";

const PATH = "/v2/firewalls";
const ONE = `${PATH}/{firewall_id}`;
const list = z
  .array(z.unknown())
  .nullish()
  .transform((items) => items ?? []);
const SHAPE = z.object({
  name: z.string().min(1),
  droplet_ids: list,
  tags: list,
  inbound_rules: list,
  outbound_rules: list,
});

export const firewallRoutes = ({ state, clock }: World): Route[] => {
  const view = ({ id, createdMs, body }: FirewallRecord): Record<string, unknown> => ({
    ...body,
    id,
    status: "succeeded",
    created_at: timestamp(createdMs),
    pending_changes: [],
  });
  const find = (call: Call): FirewallRecord => {
    const firewall = state.firewalls.find(({ id }) => id === call.param("firewall_id"));
    if (firewall === undefined) throw notFound();
    return firewall;
  };
  return [
    route("GET", PATH, "firewall:read", ({ url }) =>
      page(
        url,
        "firewalls",
        state.firewalls.map((firewall) => view(firewall)),
      ),
    ),
    route("POST", PATH, "firewall:create", (call) => {
      const firewall = { id: crypto.randomUUID(), createdMs: clock.now(), body: call.read(SHAPE) };
      state.firewalls.push(firewall);
      return accepted({ firewall: view(firewall) });
    }),
    route("GET", ONE, "firewall:read", (call) => ok({ firewall: view(find(call)) })),
    route("PUT", ONE, "firewall:update", (call) => {
      const firewall = find(call);
      firewall.body = call.read(SHAPE);
      return ok({ firewall: view(firewall) });
    }),
    route("DELETE", ONE, "firewall:delete", (call) => {
      const firewall = find(call);
      state.firewalls = state.firewalls.filter((each) => each !== firewall);
      return NO_CONTENT;
    }),
  ];
};
