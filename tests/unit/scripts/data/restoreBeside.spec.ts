import assert from "node:assert/strict";
import { UserError } from "../../../../local/steps";
import { runRestoreBeside } from "../../../../scripts/data/restoreBeside";
import { besideText } from "../../../../scripts/data/restoreTexts";
import { FakeCluster } from "./fakeCluster";
import { pattern } from "./patterns";

describe("Restoring a backup beside", () => {
  let cluster: FakeCluster;
  let statements: string[];
  beforeEach(async () => {
    cluster = new FakeCluster();
    statements = [];
    await cluster.start();
  });
  afterEach(async () => {
    await cluster.stop();
  });

  const run = (into: string, { tables = 0, replace = false } = {}) =>
    runRestoreBeside(cluster.access, { snapshot: "ab12", into, replace }, cluster.following(), (_access, sql) => {
      statements.push(sql);
      return Promise.resolve(sql.startsWith("SELECT") ? `${tables}\n` : "");
    });

  it("makes the database, lets the app's user in, and leaves the app alone", async () => {
    const { snapshot, ...rest } = await run("old_blog");
    assert.deepStrictEqual(
      [snapshot.id, rest],
      ["ab12cd34", { into: "old_blog", tables: 3, rows: 1200, inCluster: true }],
    );
    assert.deepStrictEqual(statements, [
      "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'old_blog';\n",
      "CREATE DATABASE IF NOT EXISTS `old_blog`;\nGRANT ALL ON `old\\_blog`.* TO 'blog'@'%';\n",
    ]);
    assert.deepStrictEqual(cluster.calls, ["restore.sh ab12cd34 old_blog"]);
  });

  it("refuses a database that has tables, unless they may be lost", async () => {
    await assert.rejects(
      run("old", { tables: 2 }),
      new UserError(
        "There is a database old already, with 2 tables in it. To lose what is in it: " +
          "npm run restore -- prod ab12cd34 --into old --yes",
      ),
    );
    assert.deepStrictEqual(cluster.calls, []);
    await run("old", { tables: 2, replace: true });
    assert.deepStrictEqual(cluster.calls, ["restore.sh ab12cd34 old"]);
  });

  it("has a pod look at a managed server, which lets the app's user make databases", async () => {
    cluster.cronJobs.set("mysql-backup", pattern("backup", { DB_HOST: "private-db.test" }));
    cluster.play = (script) => (script.includes("information_schema") ? { word: { ok: true, tables: 0 } } : undefined);
    const { inCluster } = await run("old");
    assert.deepStrictEqual([inCluster, statements, cluster.calls.at(-1)], [false, [], "restore.sh ab12cd34 old"]);
  });

  const refused: [string, RegExp][] = [
    ["", /^UserError: --into wants a name of at most 64 letters, digits and underscores, not ""\.$/],
    ["old-blog", /not "old-blog"/],
    ["a`b", /not "a`b"/],
    ["Blog", /^UserError: --into: Blog is the app's own database\./],
    ["MySQL", /^UserError: --into: MySQL is the server's own database\.$/],
  ];
  for (const [name, message] of refused) {
    it(`refuses the name ${JSON.stringify(name)}`, async () => {
      await assert.rejects(run(name), message);
      assert.deepStrictEqual([statements, cluster.calls], [[], []]);
    });
  }

  it("tells how to look at it and how to drop it", async () => {
    const text = besideText(cluster.access, await run("old"), new Date("2026-11-26T02:17:00Z"));
    assert.match(
      text,
      /^The database old is the backup ab12cd34, made 24 hours ago \(2026-11-25 02:17 UTC, scheduled, 2\.0 KiB\): 3 tables, 1,200 rows\. blog was not touched\.\n/,
    );
    assert.match(text, /\nTo look at it: {2}kubectl --namespace blog exec .* mysql --user=root old'\n/);
    assert.match(text, /\nTo drop it: .*--execute="DROP DATABASE old"'\n$/);
  });
});
