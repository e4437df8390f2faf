/** Keys to Spaces, the object storage. The secret one of a pair is told once: in the answer to its creation. */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { created, NO_CONTENT, notFound, ok, page, Refusal } from "../answer";
import { timestamp } from "../clock";
import { type Call, route, type Route } from "../router";
import type { SpacesKeyRecord } from "../state";
import type { World } from "../world";

const PATH = "/v2/spaces/keys";
const ONE = `${PATH}/{access_key}`;
const FULL = "fullaccess";

const GRANT = z.object({ bucket: z.string(), permission: z.enum(["read", "readwrite", FULL, ""]) });
const REQUEST = z.object({
  name: z.string().min(1),
  grants: z
    .array(GRANT)
    .nullish()
    .transform((grants) => grants ?? []),
});

type Grants = SpacesKeyRecord["grants"];

const view = ({ name, accessKey, grants, createdMs }: SpacesKeyRecord): Record<string, unknown> => ({
  name,
  access_key: accessKey,
  grants,
  created_at: timestamp(createdMs),
});

/** Twenty letters and digits, as of all such keys. */
const newAccessKey = (): string => `DO${randomBytes(9).toString("hex").toUpperCase()}`;

const isFull = (grants: Grants): boolean => grants.some(({ permission }) => permission === FULL);

/** A key is either for everything or for some buckets. */
function checkGrants(grants: Grants): void {
  if (isFull(grants) && grants.some(({ permission }) => permission !== FULL)) {
    throw new Refusal(400, "Cannot mix fullaccess permission with scoped permissions");
  }
  if (grants.some(({ bucket, permission }) => permission !== FULL && bucket === "")) {
    throw new Refusal(400, "a scoped permission needs a bucket");
  }
}

/** In the order that the query asks for. */
function listed(keys: readonly SpacesKeyRecord[], query: URLSearchParams): SpacesKeyRecord[] {
  const wanted = (name: string, has: (value: string) => boolean): boolean => {
    const value = query.get(name);
    return value === null || value === "" || has(value);
  };
  const fitting = keys.filter(
    ({ name, grants }) =>
      wanted("name", (value) => name === value) &&
      wanted("bucket", (value) => grants.some(({ bucket }) => bucket === value)) &&
      wanted("permission", (value) => grants.some(({ permission }) => permission === value)),
  );
  const by = query.get("sort");
  const sign = query.get("sort_direction") === "desc" ? -1 : 1;
  if (by === "name") fitting.sort((a, b) => sign * a.name.localeCompare(b.name));
  if (by === "created_at") fitting.sort((a, b) => sign * (a.createdMs - b.createdMs));
  return fitting;
}

export const spacesKeyRoutes = ({ state, clock }: World): Route[] => {
  const find = (call: Call): SpacesKeyRecord => {
    const found = state.spacesKeys.find((each) => each.accessKey === call.param("access_key"));
    if (found === undefined) throw notFound("key not found");
    return found;
  };
  const update = (call: Call) => {
    const key = find(call);
    const { name, grants } = call.read(REQUEST);
    checkGrants(grants);
    if (isFull(grants) !== isFull(key.grants)) {
      throw new Refusal(400, "cannot convert a fullaccess key to a scoped key or vice versa");
    }
    Object.assign(key, { name, grants });
    return ok({ key: view(key) });
  };
  return [
    route("GET", PATH, "spaces_key:read", ({ url }) =>
      page(
        url,
        "keys",
        listed(state.spacesKeys, url.searchParams).map((key) => view(key)),
      ),
    ),
    route("POST", PATH, "spaces_key:create_credentials", (call) => {
      const { name, grants } = call.read(REQUEST);
      checkGrants(grants);
      const secretKey = randomBytes(32).toString("base64url");
      const key: SpacesKeyRecord = { name, grants, accessKey: newAccessKey(), secretKey, createdMs: clock.now() };
      state.spacesKeys.push(key);
      return created({ key: { ...view(key), secret_key: secretKey } });
    }),
    // The API's description has a list here; what is told is one key, as the other answers have it.
    route("GET", ONE, "spaces_key:read", (call) => ok({ key: view(find(call)) })),
    route("PUT", ONE, "spaces_key:update", update),
    route("PATCH", ONE, "spaces_key:update", update),
    route("DELETE", ONE, "spaces_key:delete", (call) => {
      const key = find(call);
      state.spacesKeys = state.spacesKeys.filter((each) => each !== key);
      return NO_CONTENT;
    }),
  ];
};
