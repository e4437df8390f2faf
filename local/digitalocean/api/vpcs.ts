/** Private networks. */
import { z } from "zod";
import { created, NO_CONTENT, notFound, ok, page, Refusal, unprocessable } from "../answer";
import { isPrivate, overlap, parseRange } from "../cidr";
import { timestamp } from "../clock";
import { optionalFlag, optionalText, route, type Route } from "../router";
import type { VpcRecord } from "../state";
import { makeVpc, members, usedRanges } from "../vpcs";
import { regionOf, type World } from "../world";

const PATH = "/v2/vpcs";
const ONE = `${PATH}/{vpc_id}`;

const view = (vpc: VpcRecord): Record<string, unknown> => ({
  id: vpc.id,
  urn: `do:vpc:${vpc.id}`,
  name: vpc.name,
  description: vpc.description,
  region: vpc.region,
  ip_range: vpc.ipRange,
  default: vpc.isDefault,
  created_at: timestamp(vpc.createdMs),
});

const description = z
  .string()
  .max(255)
  .nullish()
  .transform((text) => text ?? undefined);
const CREATE = z.object({ name: z.string(), region: z.string(), description, ip_range: optionalText });
const UPDATE = z.object({ name: optionalText, description, default: optionalFlag });

function checkName({ state }: World, name: string, own?: VpcRecord): void {
  if (!/^[a-zA-Z0-9\-.]+$/.test(name)) {
    throw unprocessable("Name may only contain alphanumeric characters, dashes and periods");
  }
  if (state.vpcs.some((vpc) => vpc !== own && vpc.name === name)) {
    throw unprocessable("Name must be unique. A VPC network with this name already exists");
  }
}

function checkRange(world: World, text: string): void {
  const range = parseRange(text);
  if (range === undefined) throw unprocessable("This is not a valid CIDR");
  if (!isPrivate(range)) throw unprocessable("This range is not in the private address space of RFC 1918");
  if (range.prefix < 16 || range.prefix > 28) throw unprocessable("The range must be between /16 and /28");
  if (usedRanges(world).some((other) => overlap(range, other))) {
    throw unprocessable("This range/size overlaps with another VPC network in your account.");
  }
}

export const vpcRoutes = (world: World): Route[] => {
  const { state } = world;
  const find = (id: string): VpcRecord => {
    const vpc = state.vpcs.find((each) => each.id === id);
    if (vpc === undefined) throw notFound();
    return vpc;
  };
  const change = (vpc: VpcRecord, request: z.infer<typeof UPDATE>) => {
    if (request.name !== undefined) checkName(world, request.name, vpc);
    vpc.name = request.name ?? vpc.name;
    vpc.description = request.description ?? vpc.description;
    if (request.default === true) {
      for (const other of state.vpcs.filter(({ region }) => region === vpc.region)) other.isDefault = other === vpc;
    }
    return ok({ vpc: view(vpc) });
  };
  return [
    route("GET", PATH, "vpc:read", ({ url }) =>
      page(
        url,
        "vpcs",
        state.vpcs.map((vpc) => view(vpc)),
      ),
    ),
    route("POST", PATH, "vpc:create", (call) => {
      const request = call.read(CREATE);
      checkName(world, request.name);
      const region = regionOf(request.region).slug;
      if (request.ip_range !== undefined && request.ip_range !== "") checkRange(world, request.ip_range);
      const vpc = makeVpc(
        world,
        { name: request.name, region, description: request.description ?? "", isDefault: false },
        request.ip_range,
      );
      return created({ vpc: view(vpc) });
    }),
    route("GET", ONE, "vpc:read", (call) => ok({ vpc: view(find(call.param("vpc_id"))) })),
    route("PUT", ONE, "vpc:update", (call) => change(find(call.param("vpc_id")), call.read(UPDATE))),
    route("PATCH", ONE, "vpc:update", (call) => change(find(call.param("vpc_id")), call.read(UPDATE))),
    route("DELETE", ONE, "vpc:delete", (call) => {
      const vpc = find(call.param("vpc_id"));
      if (vpc.isDefault) throw new Refusal(403, "Can not delete default VPCs");
      if (members(world, vpc).length > 0) throw new Refusal(409, "Can not delete VPC with members");
      state.vpcs = state.vpcs.filter((each) => each !== vpc);
      return NO_CONTENT;
    }),
    route("GET", `${ONE}/members`, "vpc:read", (call) => {
      const type = call.query("resource_type");
      const all = members(world, find(call.param("vpc_id"))).map(({ urn, name, createdMs }) => ({
        urn,
        name,
        created_at: timestamp(createdMs),
      }));
      return page(
        call.url,
        "members",
        all.filter(({ urn }) => type === undefined || urn.startsWith(`do:${type}:`)),
      );
    }),
  ];
};
