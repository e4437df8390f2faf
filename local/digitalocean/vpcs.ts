/** Private networks: which one a resource is in, and what is in one. */
import { unprocessable } from "./answer";
import { freeRange, parseRange } from "./cidr";
import type { VpcRecord } from "./state";
import type { World } from "./world";

export const usedRanges = ({ state }: World) =>
  [
    ...state.vpcs.map(({ ipRange }) => ipRange),
    ...state.clusters.flatMap(({ clusterSubnet, serviceSubnet }) => [clusterSubnet, serviceSubnet]),
  ].flatMap((text) => parseRange(text) ?? []);

export function makeVpc(
  world: World,
  vpc: Pick<VpcRecord, "name" | "region" | "description" | "isDefault">,
  range = "",
) {
  const record: VpcRecord = {
    id: crypto.randomUUID(),
    ...vpc,
    ipRange: range === "" ? freeRange(usedRanges(world)) : range,
    createdMs: world.clock.now(),
  };
  world.state.vpcs.push(record);
  return record;
}

/** The network that a request names, or the region's default one, which is made when it is first needed. */
export function vpcFor(world: World, region: string, id: string | undefined, prefix = ""): VpcRecord {
  if (id === undefined || id === "") {
    return (
      world.state.vpcs.find((vpc) => vpc.isDefault && vpc.region === region) ??
      makeVpc(world, { name: `default-${region}`, region, description: "", isDefault: true })
    );
  }
  const vpc = world.state.vpcs.find((each) => each.id === id);
  if (vpc === undefined) throw unprocessable(`${prefix}VPC not found`);
  if (vpc.region !== region) throw unprocessable(`${prefix}VPC must be in the same region`);
  return vpc;
}

export interface Member {
  urn: string;
  name: string;
  createdMs: number;
}

/** What is in a network; while there is anything, it cannot be deleted. */
export function members({ state }: World, { id }: VpcRecord): Member[] {
  const its = ({ vpcId }: { vpcId: string }): boolean => vpcId === id;
  const clusters = state.clusters.filter(its);
  return [
    ...clusters.map(({ id: own, name, createdMs }) => ({ urn: `do:kubernetes:${own}`, name, createdMs })),
    ...clusters
      .flatMap(({ pools }) => pools.flatMap(({ nodes }) => nodes))
      .map(({ dropletId, name, createdMs }) => ({ urn: `do:droplet:${dropletId}`, name, createdMs })),
    ...state.loadBalancers.filter(its).map((each) => ({ ...each, urn: `do:loadbalancer:${each.id}` })),
    ...[...state.databases, ...state.databases.flatMap(({ replicas = [] }) => replicas)]
      .filter(its)
      .map((each) => ({ ...each, urn: `do:dbaas:${each.id}` })),
  ].map(({ urn, name, createdMs }) => ({ urn, name, createdMs }));
}
