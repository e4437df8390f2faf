import assert from "node:assert/strict";
import { eachWithAccount } from "./account";

const PATH = "/v2/spaces/keys";
const GRANTS = [{ bucket: "backups", permission: "readwrite" }];
const FULL = [{ bucket: "", permission: "fullaccess" }];

describe("emulated keys to Spaces", () => {
  const account = eachWithAccount();

  it("tell their secret once, when they are made", async () => {
    const { key } = await account.get().do("POST", PATH, { name: "backup", grants: GRANTS });
    assert.match(key.access_key, /^DO[0-9A-F]{18}$/);
    assert.match(key.secret_key ?? "", /^[\w-]{43}$/);
    const { key: later } = await account.get().do("GET", `${PATH}/${key.access_key}`);
    assert.deepEqual([later.name, later.grants, later.secret_key], ["backup", GRANTS, undefined]);
    const { keys } = await account.get().do("GET", PATH);
    assert.deepEqual(keys, [later]);
    assert.equal(account.get().emulator.inventory.spacesKey[0]?.details, "readwrite backups");
    await account.get().do("DELETE", `${PATH}/${key.access_key}`);
    assert.equal((await account.get().refusal("GET", `${PATH}/${key.access_key}`))[0], 404);
  });

  it("are for everything or for some buckets, and stay that", async () => {
    const refused = (grants: unknown) => account.get().refusal("POST", PATH, { name: "backup", grants });
    const mixed = "Cannot mix fullaccess permission with scoped permissions";
    assert.deepEqual(await refused([...GRANTS, ...FULL]), [400, mixed]);
    assert.deepEqual(await refused([{ bucket: "", permission: "read" }]), [400, "a scoped permission needs a bucket"]);
    assert.equal((await refused([{ bucket: "backups", permission: "write" }]))[0], 422);
    const { key } = await account.get().do("POST", PATH, { name: "backup", grants: GRANTS });
    const one = `${PATH}/${key.access_key}`;
    const read = [{ bucket: "backups", permission: "read" }];
    assert.deepEqual((await account.get().do("PUT", one, { name: "restore", grants: read })).key.grants, read);
    assert.equal((await account.get().refusal("PATCH", one, { name: "backup", grants: FULL }))[0], 400);
  });

  it("are listed by name, bucket and permission", async () => {
    await account.get().do("POST", PATH, { name: "b", grants: GRANTS });
    await account.get().do("POST", PATH, { name: "a", grants: FULL });
    const names = async (query: string) =>
      (await account.get().do("GET", `${PATH}?${query}`)).keys.map((key) => key.name);
    assert.deepEqual(await names("sort=name&sort_direction=asc"), ["a", "b"]);
    assert.deepEqual(await names("sort=created_at&sort_direction=desc"), ["a", "b"]);
    assert.deepEqual(await names("bucket=backups"), ["b"]);
    assert.deepEqual(await names("permission=fullaccess"), ["a"]);
    assert.deepEqual(await names("name=b"), ["b"]);
  });
});
