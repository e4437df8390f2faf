import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { deploy } from "../../support/mocks";
import { upgrade } from "../../support/upgrade";

class Part extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions = {}) {
    super("test:parts:Part", name, {}, opts);
  }
}

const map = (name: string, opts: pulumi.CustomResourceOptions = {}) => new k8s.core.v1.ConfigMap(name, {}, opts);
const MAP = "kubernetes:core/v1:ConfigMap";
const after = async (state: string[], program: () => unknown) => upgrade(state, await deploy(program));

describe("what becomes of a stack's state with another version of the program", () => {
  it("is that all of it stays where nothing is called otherwise", async () => {
    const state = ["test:parts:Part::a", `test:parts:Part$${MAP}::a-map`];
    const { made, deleted } = await after(state, () => map("a-map", { parent: new Part("a") }));
    assert.deepStrictEqual([made, deleted], [[], []]);
  });

  it("is that a resource of another name or parent is made anew, and the former one deleted", async () => {
    const state = [`${MAP}::a`, `${MAP}::b`];
    assert.deepStrictEqual(await after(state, () => [map("c"), map("b", { parent: new Part("p") })]), {
      kept: {},
      made: [`${MAP}::c`, `test:parts:Part$${MAP}::b`, "test:parts:Part::p"],
      deleted: state,
    });
  });

  it("is that it stays where an alias tells its former name and parent", async () => {
    const state = ["test:parts:Part::app", `test:parts:Part$${MAP}::old`];
    const { kept, deleted } = await after(state, () => {
      const app = new Part("app");
      return map("new", { parent: new Part("inner", { parent: app }), aliases: [{ name: "old", parent: app }] });
    });
    assert.deepStrictEqual(kept[`test:parts:Part$${MAP}::old`], `test:parts:Part$test:parts:Part$${MAP}::new`);
    assert.deepStrictEqual(deleted, []);
  });

  it("is that children go by their parent's alias, and by its name in theirs", async () => {
    const state = ["test:parts:Part::old", `test:parts:Part$${MAP}::old-map`];
    const { kept, made } = await after(state, () =>
      map("new-map", { parent: new Part("new", { aliases: [{ name: "old" }] }) }),
    );
    assert.deepStrictEqual(
      [kept, made],
      [
        {
          "test:parts:Part::old": "test:parts:Part::new",
          [`test:parts:Part$${MAP}::old-map`]: `test:parts:Part$${MAP}::new-map`,
        },
        [],
      ],
    );
  });

  it("is that they do not where the state has no such parent", async () => {
    const state = [`test:parts:Part$${MAP}::old-map`];
    const { deleted } = await after(state, () =>
      map("new-map", { parent: new Part("new", { aliases: [{ name: "old" }] }) }),
    );
    assert.deepStrictEqual(deleted, state);
  });

  it("goes by the former name of a parent that an alias names, but leaves the alias' own name as it is", async () => {
    const state = ["test:parts:Part::old", `test:parts:Part$${MAP}::old-map`];
    const program = (name: string) => () => {
      const renamed = new Part("new", { aliases: [{ name: "old" }] });
      map("new-map-1", { parent: new Part("new-map", { parent: renamed }), aliases: [{ name, parent: renamed }] });
    };
    assert.deepStrictEqual((await after(state, program("old-map"))).deleted, []);
    assert.deepStrictEqual((await after(state, program("new-map"))).deleted, [`test:parts:Part$${MAP}::old-map`]);
  });

  it("is an error where two lay claim to one", async () => {
    const claim = () => [map("a", { aliases: [{ name: "old" }] }), map("b", { aliases: [{ name: "old" }] })];
    await assert.rejects(after([`${MAP}::old`], claim), {
      message: `${MAP}::old is taken over twice: by ${MAP}::a and by ${MAP}::b`,
    });
  });
});
