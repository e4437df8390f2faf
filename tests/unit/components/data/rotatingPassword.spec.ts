import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { RotatingPassword } from "../../../../components/data/rotatingPassword";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy, type DeployOptions } from "../../../support/mocks";

const FORMER = "app-password";

const make = (version: number, name = "pw", opts?: pulumi.ComponentResourceOptions) =>
  new RotatingPassword(name, { version, formerName: FORMER }, opts);
const create = (version: number, options: DeployOptions = {}) =>
  deploy(() => {
    const { current, previous } = make(version);
    return { current, previous };
  }, options);

/** What the engine makes the two passwords of: another keeper is another password. That of before there were any has none. */
async function made(version: number): Promise<{ current: string; previous: string }> {
  const { get, outputs } = await create(version);
  const described = (output: unknown) => {
    const name = String(output).replace("-random-password", "");
    const { keepers } = get(name).inputs as { keepers?: { version: string } };
    return keepers === undefined ? `${name} without` : `${name} ${keepers.version}`;
  };
  return { current: described(outputs["current"]), previous: described(outputs["previous"]) };
}

class Parent extends pulumi.ComponentResource {
  constructor() {
    super("test:parent:Parent", "parent");
  }
}

describe("RotatingPassword", () => {
  it("creates two passwords", async () => {
    const { list } = await create(1);
    assert.deepStrictEqual(list, [
      "flask-doks:data:RotatingPassword pw",
      "random:index/randomPassword:RandomPassword pw-even",
      "random:index/randomPassword:RandomPassword pw-odd",
    ]);
  });

  it("makes them of 32 letters and digits, which need no quotes anywhere", async () => {
    const { get } = await create(3);
    assert.deepStrictEqual(
      ["pw-odd", "pw-even"].map((name) => get(name).inputs),
      [
        { length: 32, special: false, keepers: { version: "3" } },
        { length: 32, special: false, keepers: { version: "2" } },
      ],
    );
  });

  const versions: [number, { current: string; previous: string }][] = [
    [1, { current: "pw-odd without", previous: "pw-even without" }],
    [2, { current: "pw-even 2", previous: "pw-odd without" }],
    [3, { current: "pw-odd 3", previous: "pw-even 2" }],
    [4, { current: "pw-even 4", previous: "pw-odd 3" }],
  ];
  for (const [version, passwords] of versions) {
    it(`takes them in turn, at version ${version}`, async () => {
      assert.deepStrictEqual(await made(version), passwords);
    });
  }

  for (const version of [1, 2, 3, 9998]) {
    it(`keeps the password of version ${version} as the one before that of version ${version + 1}`, async () => {
      assert.deepStrictEqual((await made(version + 1)).previous, (await made(version)).current);
    });
  }

  it("keeps the one password of before there were versions, under its former name, as that of version 1", async () => {
    const { get } = await deploy(() => {
      const parent = new Parent();
      make(1, "pw", { parent });
    });
    assert.deepStrictEqual(get("pw-odd").inputs, { length: 32, special: false });
    assert.deepStrictEqual(get("pw-odd").aliases, [{ type: "", name: FORMER, parentUrn: get("parent").urn }]);
    assert.deepStrictEqual(get("pw-even").aliases, []);
  });

  it("has had no former name where nothing had it", async () => {
    assert.deepStrictEqual((await create(1)).get("pw-odd").aliases, []);
  });

  for (const mode of ["update", "preview"] as const) {
    it(`tells both as secrets, as ${mode} (P3)`, async () => {
      assert.deepStrictEqual((await create(2, { mode })).secretOutputs, ["current", "previous"]);
    });
  }

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => make(1, "pw", opts))),
      byName(expected("pw caller none", "pw-odd pw dice", "pw-even pw dice")),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [make(1, "one"), make(1, "two")]);
    assert.deepStrictEqual([list.length, new Set(list).size], [6, 6]);
  });
});
