import assert from "node:assert/strict";
import { defaultRegistryName } from "../../../../lib/digitalocean/registryName";

describe("the name of a registry that config gives none", () => {
  const uuid = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";

  it("is the same on every run, and one that DigitalOcean takes", () => {
    const name = defaultRegistryName("flask-doks-dev", { uuid });
    assert.match(name, /^flask-doks-dev-[0-9a-f]{6}$/);
    assert.deepStrictEqual(defaultRegistryName("flask-doks-dev", { uuid }), name);
  });

  it("is another in another account, for names are unique in all of DigitalOcean", () => {
    const other = "00000000-7dec-11d0-a765-00a0c91e6bf6";
    assert.notDeepStrictEqual(
      defaultRegistryName("flask-doks-dev", { uuid }),
      defaultRegistryName("flask-doks-dev", { uuid: other }),
    );
  });

  it("is the team's, whichever of its members runs", () => {
    const team = { uuid: "11111111-7dec-11d0-a765-00a0c91e6bf6" };
    assert.deepStrictEqual(
      defaultRegistryName("flask-doks-dev", { uuid, team }),
      defaultRegistryName("flask-doks-dev", { uuid: "22222222-7dec-11d0-a765-00a0c91e6bf6", team }),
    );
  });
});
