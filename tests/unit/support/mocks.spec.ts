import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import assert from "node:assert/strict";
import { attempt, deploy } from "../../support/mocks";

const password = (name: string, opts?: pulumi.CustomResourceOptions, length: pulumi.Input<number> = 8) =>
  new random.RandomPassword(name, { length }, opts);

class Group extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("test:group:Group", name, {}, opts);
    password(`${name}-child`, { parent: this });
  }
}

describe("the program under mocks", () => {
  it("shows a resource's options, which the SDK's own mocks do not see (P3)", async () => {
    const { get } = await deploy(() => {
      const provider = new random.Provider("dice", {});
      const group = new Group("group");
      const first = password("first");
      password("second", {
        parent: group,
        provider,
        protect: true,
        retainOnDelete: true,
        deleteBeforeReplace: true,
        ignoreChanges: ["length"],
        dependsOn: [first],
        customTimeouts: { create: "1m", delete: "2m" },
      });
    });
    const { parent, provider, protect, retainOnDelete, deleteBeforeReplace, ignoreChanges, dependencies, timeouts } =
      get("second");
    assert.deepStrictEqual(
      { parent, provider, protect, retainOnDelete, deleteBeforeReplace, ignoreChanges, dependencies, timeouts },
      {
        parent: "group",
        provider: "dice",
        protect: true,
        retainOnDelete: true,
        deleteBeforeReplace: true,
        ignoreChanges: ["length"],
        dependencies: ["first"],
        timeouts: { create: "1m", update: "", delete: "2m" },
      },
    );
  });

  it("names the inputs that are secret, a nested one by the property at the top (P3)", async () => {
    const { get } = await deploy(() => {
      const secret = pulumi.secret("b");
      password("plain");
      new random.RandomPassword("secret", { length: 8, keepers: { a: "a", b: secret } });
    });
    assert.deepStrictEqual([get("plain").secrets, get("secret").secrets], [[], ["keepers"]]);
    assert.deepStrictEqual(get("secret").inputs, { length: 8, keepers: { a: "a", b: "b" } });
  });

  it("makes a generated password a secret output (P3)", async () => {
    const { outputs, secretOutputs } = await deploy(() => ({ result: password("first").result, open: "x" }));
    assert.deepStrictEqual([outputs, secretOutputs], [{ result: "first-random-password", open: "x" }, ["result"]]);
  });

  it("leaves out what a preview does not know, in inputs and outputs, and does not hang (P4)", async () => {
    const program = () => {
      const { result } = password("first");
      password(
        "second",
        {},
        result.apply((text) => text.length),
      );
      return { result };
    };
    const { get, outputs } = await deploy(program, { mode: "preview" });
    assert.deepStrictEqual([get("second").inputs, outputs], [{}, { result: undefined }]);
    assert.deepStrictEqual((await deploy(program)).get("second").inputs, { length: 21 });
  });

  it("fails, and does not hang, when something before a resource throws (P4)", async () => {
    const program = () => {
      const broken = pulumi.output(1).apply((): number => {
        throw new Error("upstream");
      });
      password("first");
      password("second", {}, broken);
    };
    await assert.rejects(deploy(program), /upstream/);
  });

  it("fails, and does not hang, when an output that is returned throws (P4)", async () => {
    const program = () => ({
      broken: pulumi.output(1).apply((): number => {
        throw new Error("upstream");
      }),
    });
    await assert.rejects(deploy(program), /upstream/);
  });

  it("shows what a failed program had registered", async () => {
    const { error, resources } = await attempt(async () => {
      const { result } = password("first");
      await (result as unknown as { promise: () => Promise<string> }).promise();
      throw new Error("later");
    });
    assert.deepStrictEqual([error?.message, resources.map(({ name }) => name)], ["later", ["first"]]);
  });

  it("starts each program afresh", async () => {
    await deploy(() => password("first"));
    assert.deepStrictEqual((await deploy(() => password("second"))).list, [
      "random:index/randomPassword:RandomPassword second",
    ]);
  });

  it("fails on a lookup that no test expects", async () => {
    await assert.rejects(
      deploy(() => void digitalocean.getKubernetesVersionsOutput({})),
      /the program calls digitalocean:index\/getKubernetesVersions:getKubernetesVersions, which no test expects/,
    );
  });

  it("fails on a resource that was not registered", async () => {
    const { get } = await deploy(() => password("first"));
    assert.throws(() => get("second"), { message: "no resource second among first" });
  });

  it("tells what waits for what, through others and through a component's children (K11)", async () => {
    const { waitsFor, get } = await deploy(() => {
      const group = new Group("group");
      const first = password("first", { dependsOn: [group] });
      password("second", { dependsOn: [first] });
      new Group("late", { dependsOn: [first] });
    });
    assert.deepStrictEqual(
      [
        waitsFor("second", "first"),
        waitsFor("second", "group-child"),
        waitsFor("first", "second"),
        // A component's own dependsOn does not reach its children's requests.
        waitsFor("late-child", "first"),
      ],
      [true, true, false, false],
    );
    assert.deepStrictEqual(get("late").dependencies.includes("first"), true);
  });

  it("tells what was asked for while a slow resource was made", async () => {
    const { get } = await deploy(
      () => {
        const first = password("first");
        password("beside");
        password("after", { dependsOn: [first] });
      },
      { slow: "first" },
    );
    const ready = get("first").readyAt;
    assert.deepStrictEqual([get("beside").askedAt < ready, get("after").askedAt < ready], [true, false]);
  });
});
