import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { AppDatabase, type AppDatabaseArgs } from "../../../../components/data/appDatabase";
import { clusterlint } from "../../../support/clusterlint";
import { BACKUP_PLAN, DATABASE_ARGS, MANAGED_PLAN, MYSQL_PLAN } from "../../../support/databases";
import { manifests } from "../../../support/manifests";
import { deploy } from "../../../support/mocks";

const make = (changes: Partial<AppDatabaseArgs>) => new AppDatabase("db", { ...DATABASE_ARGS, ...changes });

describe("the access to an AppDatabase", () => {
  it("tells the app how to get at it, and at its read replicas", async () => {
    const { outputs, secretOutputs } = await deploy(() => {
      const { access } = make({ database: { ...MANAGED_PLAN, readReplicas: 1 }, spare: MYSQL_PLAN });
      const { replicaHosts, ...rest } = access;
      return { ...rest, replicas: replicaHosts.length, replica: replicaHosts[0] };
    });
    assert.deepStrictEqual(outputs, {
      host: "private-env-my-blog.db.ondigitalocean.com",
      port: 25060,
      database: "my_blog",
      username: "my_blog",
      password: "db-managed-mysql-user-generated-password",
      ca: "certificate for db-managed-mysql-cluster-id",
      replicas: 1,
      replica: "private-env-my-blog-replica-1.db.ondigitalocean.com",
    });
    assert.deepStrictEqual(secretOutputs, ["password"]);
  });

  it("tells it in plain values, not by the database itself, for which the app's config would wait", async () => {
    const { outputs, secretOutputs } = await deploy(() => {
      const { access } = make({ spare: { ...MANAGED_PLAN, readReplicas: 1 } });
      assert.ok(!pulumi.Resource.isInstance(access));
      const { replicaHosts, ...rest } = access;
      return { ...rest, replicas: replicaHosts.length };
    });
    assert.deepStrictEqual(outputs, {
      host: "mysql",
      port: 3306,
      database: "my_blog",
      username: "my_blog",
      password: "db-mysql-password-odd-random-password",
      ca: undefined,
      replicas: 0,
    });
    assert.deepStrictEqual(secretOutputs, ["password"]);
  });

  const logins: [string, Partial<AppDatabaseArgs>, boolean][] = [
    ["alone", {}, false],
    ["with new passwords, which are a new user's", { database: { ...MANAGED_PLAN, passwordVersion: 2 } }, false],
    ["with backups", { backup: BACKUP_PLAN }, true],
    ["with another one to move to", { spare: MYSQL_PLAN }, true],
    ["beside the one that the app uses", { database: MYSQL_PLAN, spare: MANAGED_PLAN }, true],
  ];
  for (const [title, changes, logsIn] of logins) {
    it(`keeps ${logsIn ? "a" : "no"} Secret of DigitalOcean's ${title}, and none that is not used (D13)`, async () => {
      const deployed = await deploy(() => make({ database: MANAGED_PLAN, ...changes }));
      assert.deepStrictEqual(deployed.list.includes("kubernetes:core/v1:Secret db-managed-mysql-credentials"), logsIn);
      const unused = clusterlint(manifests(deployed)).filter((finding) => finding.endsWith(": unused"));
      assert.deepStrictEqual(unused, []);
    });
  }
});
