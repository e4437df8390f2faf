import assert from "node:assert/strict";
import { labels, RUN_AGAIN } from "../../../../lib/labels";
import { ARGS, create, DATABASE, FULL } from "../../../support/flaskApps";
import type { Deployed } from "../../../support/mocks";

const SEED = ["flask", "seed"];

interface Job {
  metadata: Record<string, unknown>;
  spec: { template: { spec: { containers: [{ command: string[] }] } } };
}
const jobOf = ({ get }: Deployed, name: string) => get(name).inputs as unknown as Job;

describe("the seed of a FlaskApp", () => {
  for (const mode of ["update", "preview"] as const) {
    it(`comes after the migration and before the pods, as ${mode}`, async () => {
      const { waitsFor } = await create({ ...FULL, seed: SEED }, { mode });
      assert.deepStrictEqual(
        [
          waitsFor("blog-seed", "blog-migration"),
          waitsFor("blog-seed", "blog-database-mysql-server"),
          waitsFor("blog-deployment", "blog-seed"),
          waitsFor("blog-migration", "blog-seed"),
        ],
        [true, true, true, false],
      );
    });
  }

  it("comes after the database of an app without migrations, and before its pods", async () => {
    const { waitsFor, list } = await create({ ...ARGS, database: DATABASE, seed: SEED });
    assert.deepStrictEqual(
      [waitsFor("blog-seed", "blog-database-mysql-server"), waitsFor("blog-deployment", "blog-seed")],
      [true, true],
    );
    assert.ok(!list.includes("kubernetes:batch/v1:Job blog-migration"));
  });

  it("runs its command as the migration runs: the same image, labels, limits and tries", async () => {
    const deployed = await create({ ...FULL, seed: SEED });
    const [seed, migration] = [jobOf(deployed, "blog-seed"), jobOf(deployed, "blog-migration")];
    assert.deepStrictEqual(seed.spec.template.spec.containers[0].command, SEED);
    assert.deepStrictEqual(seed.metadata, {
      namespace: "blog",
      labels: labels("blog", "migration"),
      annotations: RUN_AGAIN,
    });
    seed.spec.template.spec.containers[0].command = migration.spec.template.spec.containers[0].command;
    assert.deepStrictEqual(seed, migration);
  });

  it("adds a Job, and changes no other object of the app", async () => {
    const [plain, seeded] = [await create(FULL), await create({ ...FULL, seed: SEED })];
    assert.deepStrictEqual(
      seeded.list.filter((line) => !plain.list.includes(line)),
      ["kubernetes:batch/v1:Job blog-seed"],
    );
    for (const { name, custom, inputs } of plain.resources.filter((each) => each.custom)) {
      assert.deepStrictEqual([name, custom, seeded.get(name).inputs], [name, custom, inputs]);
    }
  });
});
