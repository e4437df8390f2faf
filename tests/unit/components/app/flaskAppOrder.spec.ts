import * as docker from "@pulumi/docker";
import assert from "node:assert/strict";
import { FlaskApp } from "../../../../components/app/flaskApp";
import { labels, RUN_AGAIN } from "../../../../lib/labels";
import { ARGS, create, DATABASE, FULL } from "../../../support/flaskApps";
import type { Manifest } from "../../../support/manifests";
import { deploy, type Deployed } from "../../../support/mocks";
import { workloads } from "../../../support/pods";

describe("the order of a FlaskApp", () => {
  const pairs: [string, string, string][] = [
    ["config after the namespace", "blog-config", "blog-namespace"],
    ["secrets after the namespace", "blog-secrets", "blog-namespace"],
    ["Services after config (K11)", "blog-service", "blog-config"],
    ["Services after secrets (K11)", "blog-service", "blog-secrets"],
    ["the database after its Service", "blog-database-mysql-server", "blog-database-mysql-service"],
    [
      "the database's Service after its secrets (K11)",
      "blog-database-mysql-service",
      "blog-database-mysql-credentials",
    ],
    ["the migration after the database (K11)", "blog-migration", "blog-database-mysql-server"],
    ["the migration after the app's Service (K11)", "blog-migration", "blog-service"],
    [
      "the migration after the policies that let it through (K11)",
      "blog-migration",
      "blog-database-allow-database-clients",
    ],
    ["the Deployment after the migration (K11)", "blog-deployment", "blog-migration"],
    ["the Deployment after the policies (K11)", "blog-deployment", "blog-allow-requests"],
    ["the way in after the Deployment (K11)", "blog-exposure-service", "blog-deployment"],
  ];
  for (const mode of ["update", "preview"] as const) {
    describe(`as ${mode}`, () => {
      let deployed: Deployed;
      before(async () => {
        deployed = await create(FULL, { mode });
      });
      for (const [title, later, earlier] of pairs) {
        it(`puts ${title}`, () => {
          const { waitsFor } = deployed;
          assert.deepStrictEqual([waitsFor(later, earlier), waitsFor(earlier, later)], [true, false]);
        });
      }
    });
  }

  it("puts the Deployment after the database of an app without migrations (K11)", async () => {
    const { waitsFor } = await create({ ...ARGS, database: DATABASE });
    assert.deepStrictEqual(waitsFor("blog-deployment", "blog-database-mysql-server"), true);
  });

  it("does not hold up config until the database runs", async () => {
    const { get } = await create(FULL, { slow: "blog-database-mysql-server" });
    const ready = get("blog-database-mysql-server").readyAt;
    assert.deepStrictEqual(
      ["blog-config", "blog-secrets", "blog-service", "blog-migration"].map((name) => get(name).askedAt < ready),
      [true, true, true, false],
    );
  });

  it("does not hold up the database until the image is built", async () => {
    const { get } = await deploy(
      () => {
        const built = new docker.Image("built", { imageName: "ghcr.io/team/blog:1" });
        return new FlaskApp("blog", { ...FULL, image: built.repoDigest });
      },
      { slow: "built" },
    );
    const ready = get("built").readyAt;
    assert.deepStrictEqual(
      ["blog-namespace", "blog-database-mysql-server", "blog-secrets", "blog-migration"].map(
        (name) => get(name).askedAt < ready,
      ),
      [true, true, true, false],
    );
  });
});

describe("the release of a FlaskApp", () => {
  const release = async () => {
    const { get } = await create(FULL);
    return (name: string) => get(name).inputs as unknown as Manifest;
  };

  it("runs a migration in time or fails it, and tries again twice", async () => {
    const { backoffLimit, activeDeadlineSeconds } = (await release())("blog-migration")["spec"] as Record<
      string,
      number
    >;
    assert.deepStrictEqual({ backoffLimit, activeDeadlineSeconds }, { backoffLimit: 2, activeDeadlineSeconds: 600 });
  });

  it("gives a migration as long as config says", async () => {
    const { get } = await create({ ...FULL, migrateSeconds: 7200 });
    const { activeDeadlineSeconds } = get("blog-migration").inputs["spec"] as Record<string, number>;
    assert.deepStrictEqual(activeDeadlineSeconds, 7200);
  });

  it("leaves the migration's name to the engine, so that a new release runs a new one, and one that failed again (K10)", async () => {
    assert.deepStrictEqual((await release())("blog-migration").metadata, {
      namespace: "blog",
      labels: labels("blog", "migration"),
      annotations: RUN_AGAIN,
    });
  });

  it("takes image, config and secrets by names that a change makes new, which rolls the pods (K10)", async () => {
    const of = await release();
    for (const name of ["blog-migration", "blog-deployment"]) {
      const [workload] = workloads([of(name)]);
      assert.deepStrictEqual(
        workload?.pod.containers.map(({ image, envFrom }) => ({ image, envFrom })),
        [
          {
            image: "ghcr.io/team/blog:1",
            envFrom: [
              { configMapRef: { name: "blog-config-1a2b3c4d" } },
              { secretRef: { name: "blog-secrets-1a2b3c4d" } },
            ],
          },
        ],
      );
    }
  });
});
