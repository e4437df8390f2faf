import type * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { DatabaseMove } from "../../../../components/data/databaseMove";
import { labels } from "../../../../lib/labels";
import { IMAGES, MANAGED, MYSQL, shownSecrets } from "../../../support/databases";
import { byName, expected, heirs } from "../../../support/heirs";
import { manifests } from "../../../support/manifests";
import { deploy } from "../../../support/mocks";
import { restrictedViolations, workloads } from "../../../support/pods";

const make = (name = "move", opts?: pulumi.ComponentResourceOptions) =>
  new DatabaseMove(
    name,
    {
      app: "my-blog",
      namespace: "my-blog",
      from: MYSQL,
      to: MANAGED,
      image: IMAGES.mysql,
      scriptsName: "scripts-1",
      serviceAccountName: "database-tasks",
    },
    opts,
  );

const create = () => deploy(() => make());

describe("DatabaseMove", () => {
  it("creates the pattern of a Job", async () => {
    assert.deepStrictEqual((await create()).list, [
      "flask-doks:data:DatabaseMove move",
      "kubernetes:batch/v1:CronJob move-pattern",
    ]);
  });

  it("never runs by itself: it is suspended, and its day is none of the calendar's", async () => {
    const { metadata, spec } = (await create()).get("move-pattern").inputs as {
      metadata: unknown;
      spec: Record<string, unknown>;
    };
    const { jobTemplate, ...schedule } = spec;
    const job = jobTemplate as { metadata: unknown; spec: { backoffLimit: number; activeDeadlineSeconds: number } };
    assert.deepStrictEqual(metadata, { name: "mysql-move", namespace: "my-blog", labels: labels("my-blog", "move") });
    assert.deepStrictEqual(schedule, {
      schedule: "0 0 31 2 *",
      timeZone: "Etc/UTC",
      suspend: true,
      // Else DigitalOcean's checks before an upgrade report it (D13).
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 3600,
    });
    assert.deepStrictEqual(job.metadata, { labels: labels("my-blog", "move") });
    // A copy that failed is looked at before the next one.
    assert.deepStrictEqual([job.spec.backoffLimit, job.spec.activeDeadlineSeconds], [0, 21600]);
  });

  it("copies from the one database to the other, each with its own password", async () => {
    const [job] = workloads(manifests(await create()));
    const [container] = job?.pod.containers ?? [];
    assert.deepStrictEqual([container?.image, container?.command], [IMAGES.mysql, ["bash", "/opt/tasks/move.sh"]]);
    assert.deepStrictEqual(container?.env, [
      { name: "HOME", value: "/tmp" },
      { name: "DB_HOST", value: "mysql" },
      { name: "DB_PORT", value: "3306" },
      { name: "DB_NAME", value: "my_blog" },
      { name: "DB_USERNAME", value: "my_blog" },
      { name: "TO_HOST", value: "private-it.db.ondigitalocean.com" },
      { name: "TO_PORT", value: "25060" },
      { name: "TO_NAME", value: "my_blog" },
      { name: "TO_USERNAME", value: "my_blog_2" },
      { name: "TO_TLS_CA", value: "/run/secrets/target/ca.crt" },
    ]);
    assert.deepStrictEqual(
      job?.pod.volumes?.flatMap(({ name, secret }) => (secret === undefined ? [] : [[name, secret.secretName]])),
      [
        ["database", "mysql"],
        ["target", "managed-mysql"],
      ],
    );
    assert.deepStrictEqual(restrictedViolations(job.pod), []);
  });

  it("shows no password in what is no secret (P3)", async () => {
    assert.deepStrictEqual(shownSecrets((await create()).resources), []);
  });

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => make("move", opts))),
      byName(expected("move caller none", "move-pattern move k8s")),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [make("one"), make("two")]);
    assert.deepStrictEqual([list.length, new Set(list).size], [4, 4]);
  });
});
