/** What is in a registry: repositories, tags, manifests; and the collection of its garbage. */
import { z } from "zod";
import { created, NO_CONTENT, notFound, ok, page, Refusal } from "../answer";
import { timestamp } from "../clock";
import type { Registries } from "../registries";
import { type Call, route, type Route } from "../router";
import type { GarbageCollectionRecord, ManifestRecord, RegistryRecord } from "../state";
import { inSeconds } from "../world";

type Repository = RegistryRecord["repositories"][number];

const newestFirst = (manifests: readonly ManifestRecord[]): ManifestRecord[] =>
  [...manifests].sort((a, b) => b.updatedMs - a.updatedMs);

const manifestView = (registry: RegistryRecord, repository: Repository, manifest: ManifestRecord) => ({
  registry_name: registry.name,
  repository: repository.name,
  digest: manifest.digest,
  compressed_size_bytes: manifest.bytes,
  size_bytes: manifest.bytes,
  updated_at: timestamp(manifest.updatedMs),
  tags: manifest.tags,
  blobs: [],
});

const tagsOf = (registry: RegistryRecord, repository: Repository) =>
  newestFirst(repository.manifests).flatMap((manifest) =>
    manifest.tags.map((tag) => ({
      registry_name: registry.name,
      repository: repository.name,
      tag,
      manifest_digest: manifest.digest,
      compressed_size_bytes: manifest.bytes,
      size_bytes: manifest.bytes,
      updated_at: timestamp(manifest.updatedMs),
    })),
  );

/** Seconds of the emulator's clock that a collection takes. */
const COLLECTION_SECONDS = 1;

export const repositoryRoutes = (registries: Registries, one: string): Route[] => {
  const { world } = registries;
  const registryOf = (call: Call) => registries.get(call.param("registry_name"));
  const find = (call: Call): { registry: RegistryRecord; repository: Repository } => {
    const registry = registryOf(call);
    const repository = registry.repositories.find(({ name }) => name === call.param("repository_name"));
    if (repository === undefined) throw notFound("repository not found");
    return { registry, repository };
  };
  const collectionView = (registry: RegistryRecord, collection: GarbageCollectionRecord) => {
    const done = world.clock.now() >= collection.readyMs;
    return {
      garbage_collection: {
        uuid: collection.id,
        registry_name: registry.name,
        status: collection.cancelled === true ? "cancelled" : done ? "succeeded" : "requested",
        created_at: timestamp(collection.createdMs),
        updated_at: timestamp(done ? collection.readyMs : collection.createdMs),
        blobs_deleted: done ? collection.blobsDeleted : 0,
        freed_bytes: done ? collection.freedBytes : 0,
      },
    };
  };
  const active = (registry: RegistryRecord) =>
    registry.garbageCollections.find(({ readyMs, cancelled }) => cancelled !== true && world.clock.now() < readyMs);
  const repository = `${one}/repositories/{repository_name}`;
  return [
    ...(one.startsWith("/v2/registry/")
      ? [
          route("GET", `${one}/repositories`, "registry:read", (call) => {
            const registry = registryOf(call);
            const all = registry.repositories.map((each) => {
              const tags = tagsOf(registry, each);
              const [latest] = tags;
              const described = { registry_name: registry.name, name: each.name, tag_count: tags.length };
              return latest === undefined ? described : { ...described, latest_tag: latest };
            });
            return page(call.url, "repositories", all);
          }),
        ]
      : [
          route("DELETE", repository, "registry:delete", (call) => {
            const found = find(call);
            found.registry.repositories = found.registry.repositories.filter((each) => each !== found.repository);
            return NO_CONTENT;
          }),
        ]),
    route("GET", `${one}/repositoriesV2`, "registry:read", (call) => {
      const registry = registryOf(call);
      const all = registry.repositories.map((each) => {
        const [latest] = newestFirst(each.manifests);
        return {
          registry_name: registry.name,
          name: each.name,
          ...(latest === undefined ? {} : { latest_manifest: manifestView(registry, each, latest) }),
          tag_count: tagsOf(registry, each).length,
          manifest_count: each.manifests.length,
        };
      });
      return page(call.url, "repositories", all);
    }),
    route("GET", `${repository}/tags`, "registry:read", (call) => {
      const found = find(call);
      return page(call.url, "tags", tagsOf(found.registry, found.repository));
    }),
    route("DELETE", `${repository}/tags/{repository_tag}`, "registry:delete", (call) => {
      const tag = call.param("repository_tag");
      const manifest = find(call).repository.manifests.find(({ tags }) => tags.includes(tag));
      if (manifest === undefined) throw notFound("tag not found");
      manifest.tags = manifest.tags.filter((each) => each !== tag);
      return NO_CONTENT;
    }),
    route("GET", `${repository}/digests`, "registry:read", (call) => {
      const { registry, repository: of } = find(call);
      return page(
        call.url,
        "manifests",
        newestFirst(of.manifests).map((manifest) => manifestView(registry, of, manifest)),
      );
    }),
    route("DELETE", `${repository}/digests/{manifest_digest}`, "registry:delete", (call) => {
      const { repository: of } = find(call);
      const rest = of.manifests.filter(({ digest }) => digest !== call.param("manifest_digest"));
      if (rest.length === of.manifests.length) throw notFound("manifest not found");
      of.manifests = rest;
      return NO_CONTENT;
    }),
    route("GET", `${one}/garbage-collection`, "registry:read", (call) => {
      const registry = registryOf(call);
      const collection = active(registry);
      if (collection === undefined) throw notFound("no active garbage collection");
      return ok(collectionView(registry, collection));
    }),
    route("POST", `${one}/garbage-collection`, "registry:update", (call) => {
      const registry = registryOf(call);
      if (active(registry) !== undefined) throw new Refusal(409, "a garbage collection is already active");
      const collection: GarbageCollectionRecord = {
        id: crypto.randomUUID(),
        createdMs: world.clock.now(),
        readyMs: inSeconds(world, COLLECTION_SECONDS),
        ...registries.collectGarbage(registry),
      };
      registry.garbageCollections.push(collection);
      return created(collectionView(registry, collection));
    }),
    route("GET", `${one}/garbage-collections`, "registry:read", (call) => {
      const registry = registryOf(call);
      const all = registry.garbageCollections.map((each) => collectionView(registry, each).garbage_collection);
      return page(call.url, "garbage_collections", all);
    }),
    route("PUT", `${one}/garbage-collection/{garbage_collection_uuid}`, "registry:update", (call) => {
      const registry = registryOf(call);
      const id = call.param("garbage_collection_uuid");
      const collection = registry.garbageCollections.find((each) => each.id === id);
      if (collection === undefined) throw notFound("garbage collection not found");
      if (call.read(z.object({ cancel: z.boolean() })).cancel && active(registry) === collection) {
        collection.cancelled = true;
      }
      return ok(collectionView(registry, collection));
    }),
  ];
};
