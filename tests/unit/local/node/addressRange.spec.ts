import assert from "node:assert/strict";
import { subtract } from "../../../../local/node/addressRange";

describe("A range of addresses less others", () => {
  const leaves = (title: string, range: string, holes: string[], rest: string[]) => {
    it(title, () => {
      assert.deepStrictEqual(subtract(range, holes), rest);
    });
  };
  leaves("is itself when nothing is taken", "10.0.0.0/8", [], ["10.0.0.0/8"]);
  leaves("is itself when what is taken lies outside", "10.0.0.0/8", ["11.0.0.0/8", "9.255.255.255/32"], ["10.0.0.0/8"]);
  leaves("is nothing when it is taken as a whole", "10.0.0.0/8", ["10.0.0.0/8"], []);
  leaves("is nothing when more than it is taken", "10.1.0.0/16", ["10.0.0.0/8"], []);
  leaves("is the other half when one half is taken", "10.0.0.0/8", ["10.0.0.0/9"], ["10.128.0.0/9"]);
  leaves(
    "is all around one address, as few ranges",
    "192.168.1.0/29",
    ["192.168.1.3/32"],
    ["192.168.1.0/31", "192.168.1.2/32", "192.168.1.4/30"],
  );
  leaves(
    "is what all that are taken leave",
    "10.0.0.0/30",
    ["10.0.0.0/32", "10.0.0.3/32"],
    ["10.0.0.1/32", "10.0.0.2/32"],
  );
  leaves("is the same when something is taken twice", "10.0.0.0/30", ["10.0.0.0/31", "10.0.0.1/32"], ["10.0.0.2/31"]);
  leaves("may be all addresses", "0.0.0.0/0", ["128.0.0.0/2", "0.0.0.0/1"], ["192.0.0.0/2"]);
  leaves("reaches the highest address", "255.255.255.252/30", ["255.255.255.252/31"], ["255.255.255.254/31"]);
  leaves(
    "begins where its prefix begins, whatever address it is written with",
    "10.1.2.3/16",
    ["10.1.200.1/17"],
    ["10.1.0.0/17"],
  );
  leaves("takes an address without a prefix for that one address", "10.0.0.0/31", ["10.0.0.1"], ["10.0.0.0/32"]);
  it("leaves exactly what is taken out of all addresses, and nothing else", () => {
    const rest = subtract("0.0.0.0/0", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]);
    const addresses = rest.reduce((sum, range) => sum + 2 ** (32 - Number(range.split("/")[1])), 0);
    assert.deepStrictEqual(addresses, 2 ** 32 - 2 ** 24 - 2 ** 20 - 2 ** 16);
    assert.deepStrictEqual(subtract("0.0.0.0/0", rest), ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]);
  });
});
