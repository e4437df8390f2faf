/** What every route works on: the account's state, the clock, and what stands behind the clusters. */
import { randomBytes } from "node:crypto";
import type { Clock } from "./clock";
import type { ClusterBackend, DatabaseBackend } from "./contract";
import { REGIONS, type Region } from "./catalog";
import { unprocessable } from "./answer";
import type { ApiToken, Durations, Surroundings } from "./settings";
import type { ProjectRecord, State } from "./state";

export interface World {
  readonly state: State;
  readonly clock: Clock;
  readonly backend: ClusterBackend;
  readonly databases: DatabaseBackend | undefined;
  readonly surroundings: Surroundings;
  readonly durations: Durations;
  readonly tokens: readonly ApiToken[];
  readonly loadBalancerAddresses: readonly string[];
  /** Writes the state down, if a file keeps it. */
  save(): void;
  /** Runs work that nobody waits for; a failure is kept for whoever asks. */
  background(work: Promise<void>): void;
}

/** The time from now on by so many seconds; one millisecond at least, so that a new thing is seen to be new. */
export const inSeconds = ({ clock }: World, seconds: number): number =>
  clock.now() + Math.max(1, Math.round(seconds * 1000));

/** A number that nothing else in the account has. */
export const nextNumber = ({ state }: World): number => ++state.lastNumber;

export const secret = (prefix: string): string => `${prefix}${randomBytes(32).toString("hex")}`;

/** A region by its slug, of those that are available. */
export function regionOf(slug: string): Region {
  const region = REGIONS.find((each) => each.slug === slug.toLowerCase() && each.available);
  if (region === undefined) {
    throw unprocessable("Region is not available or does not exist");
  }
  return region;
}

/** Remembers tags as tags of the account. */
export function rememberTags({ state }: World, tags: readonly string[]): void {
  state.tags = [...new Set([...state.tags, ...tags])];
}

/** The project that takes in what is assigned to none; every account has it. */
export function defaultProject(world: World): ProjectRecord {
  const { state, clock } = world;
  const existing = state.projects.find(({ isDefault }) => isDefault);
  if (existing !== undefined) return existing;
  const now = clock.now();
  const project: ProjectRecord = {
    id: crypto.randomUUID(),
    name: "first-project",
    description: "Update your project information under Settings",
    purpose: "Just trying out DigitalOcean",
    environment: "Development",
    isDefault: true,
    createdMs: now,
    updatedMs: now,
  };
  state.projects.unshift(project);
  return project;
}

/** Puts a new resource into the project that its request names; it must exist. */
export function assign(world: World, urn: string, projectId: string | undefined): void {
  if (projectId === undefined || projectId === "") return;
  if (!world.state.projects.some(({ id }) => id === projectId)) {
    throw unprocessable("project does not exist");
  }
  world.state.assignments[urn] = { projectId, assignedMs: world.clock.now() };
}

export const projectOf = (world: World, urn: string): string =>
  world.state.assignments[urn]?.projectId ?? defaultProject(world).id;
