import assert from "node:assert/strict";
import { freeAddress } from "../../../../local/digitalocean/databaseAddresses";
import { containerArguments } from "../../../../local/digitalocean/databaseServer";
import { nodeSettings } from "../../../../local/node/settings";

describe("the server behind a database", () => {
  const node = nodeSettings("lifecycle");
  const args = containerArguments({
    node,
    id: "d1",
    image: "10.99.4.1:5080/base/mysql@sha256:1",
    address: "10.99.7.1",
    port: 25060,
    folder: "/state/databases/d1",
    vouchedFor: { authority: Buffer.from("a"), certificate: Buffer.from("b"), key: Buffer.from("c") },
  });

  it("listens at its own address, takes encrypted connections only, and is found by a label", () => {
    for (const argument of ["--bind-address=10.99.7.1", "--port=25060", "--require-secure-transport=ON"])
      assert.ok(args.includes(argument), argument);
    assert.ok(args.includes("flask-doks.database=d1"));
    assert.deepEqual(args.slice(args.indexOf("--network"), args.indexOf("--network") + 2), ["--network", "host"]);
  });

  it("is told its password in a file", () => {
    const passwords = args.filter((argument) => /password/i.test(argument));
    assert.deepEqual(passwords, ["MYSQL_ROOT_PASSWORD_FILE=/server/root-password"]);
  });

  it("has an address that no other has, in a network of its node's alone", () => {
    assert.equal(freeAddress(node, new Set()), "10.99.7.1");
    assert.equal(freeAddress(node, new Set(["10.99.7.1", "10.99.7.3"])), "10.99.7.2");
    assert.equal(freeAddress(nodeSettings("local"), new Set()), "10.99.3.1");
    const all = new Set(Array.from({ length: 254 }, (_, index) => `10.99.7.${index + 1}`));
    assert.throws(() => freeAddress(node, all), { message: "there are no more addresses for databases" });
  });
});
