/** What the API's calls mean to the servers behind the databases, where there are any. */
import type { DatabaseBackend } from "./contract";
import { contentStatements } from "./mysqlStatements";
import type { DatabaseRecord, DatabaseRule, ReplicaRecord, State } from "./state";
import type { World } from "./world";

/** What has a server for it, if anything does. */
const backendOf = ({ databases }: World, { engine }: DatabaseRecord): DatabaseBackend | undefined =>
  databases?.engines.includes(engine) === true ? databases : undefined;

/** Whether pods may connect: anybody may as long as no source is trusted, and from then on only who is. */
export function admitsPods({ clusters }: State, { rules = [] }: { rules?: DatabaseRule[] }): boolean {
  const isTrusted = (type: string, value: string): boolean =>
    rules.some((rule) => rule.type === type && rule.value === value);
  // What a pod's address is outside of its cluster is not emulated: of addresses only all together are trusted.
  if (rules.length === 0 || isTrusted("ip_addr", "0.0.0.0/0")) return true;
  return clusters.some(
    ({ id, tags, pools }) =>
      isTrusted("k8s", id) ||
      [`k8s:${id}`, ...tags, ...pools.flatMap((pool) => pool.tags)].some((tag) => isTrusted("tag", tag)) ||
      pools.some(({ nodes }) => nodes.some(({ dropletId }) => isTrusted("droplet", String(dropletId)))),
  );
}

/** Has the trusted sources of a database or a replica count. */
export async function admitSources(world: World, server: DatabaseRecord | ReplicaRecord): Promise<void> {
  const ofDatabase = (each: DatabaseRecord): boolean => each === server || each.replicas?.includes(server) === true;
  const database = world.state.databases.find(ofDatabase);
  if (database === undefined) return;
  await backendOf(world, database)?.admit(server.id, admitsPods(world.state, server));
}

/** Makes the server of a database that was just asked for. Until it answers, the database is being created. */
export function startServer(world: World, database: DatabaseRecord): void {
  const backend = backendOf(world, database);
  if (backend === undefined) return;
  database.starting = true;
  world.background(serve(world, backend, database));
}

/** Starts the servers of databases that an earlier process has left, on their data. */
export function resumeServers(world: World): void {
  for (const database of world.state.databases) {
    const backend = backendOf(world, database);
    if (backend !== undefined) world.background(serve(world, backend, database));
  }
}

async function serve(world: World, backend: DatabaseBackend, database: DatabaseRecord): Promise<void> {
  await unlessDeleted(world, database, async () => {
    const address = await backend.start(database.id);
    await backend.admit(database.id, admitsPods(world.state, database));
    await backend.run(database.id, contentStatements(database));
    database.address = address;
    delete database.starting;
    for (const replica of database.replicas ?? []) await serveReplica(world, database, replica);
  });
}

/** Gives a replica that was just asked for its place. */
export async function serveReplica(world: World, database: DatabaseRecord, replica: ReplicaRecord): Promise<void> {
  const backend = backendOf(world, database);
  if (backend === undefined) return;
  replica.address = await backend.replicate(database.id, replica.id);
  await backend.admit(replica.id, admitsPods(world.state, replica));
}

/** Nobody is interested in the failures of what was deleted meanwhile. */
async function unlessDeleted({ state }: World, database: DatabaseRecord, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (state.databases.includes(database)) throw error;
  }
}

/** Has the server do what the API was asked for, and was found good. While it is still being made nobody waits for that. */
export async function tellServer(world: World, database: DatabaseRecord, statements: readonly string[]): Promise<void> {
  const backend = backendOf(world, database);
  if (backend === undefined) return;
  const told = unlessDeleted(world, database, () => backend.run(database.id, statements));
  if (database.starting === true) world.background(told);
  else await told;
}

/** Ends the server of a database, or closes the place of a replica of it. */
export function endServer(world: World, database: DatabaseRecord, { id }: { id: string } = database): void {
  const deleted = backendOf(world, database)?.delete(id);
  if (deleted !== undefined) world.background(deleted);
}
