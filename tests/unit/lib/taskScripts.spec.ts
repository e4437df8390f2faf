import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AppDatabase } from "../../../components/data/appDatabase";
import { BACKUP_PLAN, DATABASE_ARGS, MANAGED_PLAN, MYSQL_PLAN } from "../../support/databases";
import { manifests } from "../../support/manifests";
import { deploy } from "../../support/mocks";
import { workloads } from "../../support/pods";
import { ROOT } from "../../support/stackFiles";

const FOLDER = join(ROOT, "pods", "mysql");
const names = readdirSync(FOLDER).sort();
const text = (name: string): string => readFileSync(join(FOLDER, name), "utf8");

/** A script's lines that do something, whole and without what they remark. */
const code = (name: string): string[] =>
  text(name)
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => !/^\s*#/.test(line));

/** Functions that others source a script for. */
const LIBRARIES = ["report.sh", "database.sh", "store.sh"];
const TASKS = names.filter((name) => !LIBRARIES.includes(name) && name !== "start.sh");

/** The functions that a script has. */
const functions = (name: string): string[] =>
  code(name).flatMap((line) => /^\s*([a-z_]+)\(\) [{(]/.exec(line)?.[1] ?? []);

const sourced = (name: string): string[] => code(name).flatMap((line) => /^source \.\/(\S+)$/.exec(line)?.[1] ?? []);

describe("The scripts of the database's pods", () => {
  it("are the server's start, the tasks, and what these have in common", () => {
    assert.deepStrictEqual(TASKS, [
      "accounts.sh",
      "backup.sh",
      "move.sh",
      "restore-test.sh",
      "restore.sh",
      "snapshots.sh",
    ]);
    assert.deepStrictEqual(
      [...LIBRARIES, "start.sh"].filter((name) => !names.includes(name)),
      [],
    );
  });

  for (const name of names) {
    it(`say nothing of what they run: ${name}`, () => {
      assert.deepStrictEqual(
        code(name).filter((line) => /\bset -[a-z]*x|\bxtrace\b|\bBASH_XTRACEFD\b/.test(line)),
        [],
      );
    });

    it(`give no password to a command as an argument: ${name}`, () => {
      // `-p` of mkdir and the like takes none.
      const given = /--password|(?:mysql\w*|mysqldump|mysqladmin)\b[^|;#]* -p|MYSQL_PWD|RESTIC_PASSWORD=|AWS_SECRET/;
      assert.deepStrictEqual(
        code(name).filter((line) => given.test(line)),
        [],
      );
    });

    it(`print no password: ${name}`, () => {
      const printing = code(name).filter((line) =>
        /\b(?:echo|say|printf|cat|tee)\b.*\$\{?\w*(?:secrets|password|key_file)/i.test(line),
      );
      // Into a file that only its owner reads, they do.
      const intoFile = />\s*"\$file"$/;
      const statements = 'echo "ALTER USER IF EXISTS';
      assert.deepStrictEqual(
        printing.filter((line) => !intoFile.test(line) && !(name === "start.sh" && line.trim().startsWith(statements))),
        [],
      );
      // Statements go into a file of that kind as well, all of them together.
      const [, block = ""] = /^umask 077\n\{\n(.*?)^\} >"\$accounts"$/ms.exec(text(name)) ?? [];
      assert.ok(name !== "start.sh" || block.includes(statements));
    });
  }

  for (const name of [...TASKS, "start.sh"]) {
    it(`end at the first fault: ${name}`, () => {
      assert.deepStrictEqual(
        code(name).find((line) => line !== ""),
        "set -euo pipefail",
      );
    });
  }

  for (const name of TASKS) {
    it(`find what they have in common beside themselves, how they report first: ${name}`, () => {
      const [first] = sourced(name);
      assert.deepStrictEqual(first, "report.sh");
      assert.deepStrictEqual(
        code(name).filter((line) => line.startsWith("cd ")),
        ['cd "$(dirname "$0")"'],
      );
      assert.deepStrictEqual(
        sourced(name).filter((library) => !LIBRARIES.includes(library)),
        [],
      );
    });

    it(`source what they use, and nothing that they do not: ${name}`, () => {
      const own = code(name).join("\n");
      // Where it stands as a command: a word of a sentence or a variable may be the same.
      const runs = (command: string) =>
        new RegExp(`(?:^|[(;|&!]|(?<!\\$)\\{|\\b(?:then|do|if|until|while))\\s*${command}\\b(?!=)`, "m").test(own);
      const needed = LIBRARIES.filter((library) => functions(library).some(runs));
      assert.deepStrictEqual(sourced(name), needed);
    });

    it(`tell in the end what came of them: ${name}`, () => {
      assert.match(
        code(name)
          .filter((line) => line !== "")
          .at(-1) ?? "",
        /^succeed /,
      );
    });
  }

  it("write what they log in with where only its owner reads it", () => {
    for (const name of ["database.sh", "start.sh"]) {
      const lines = code(name);
      const at = lines.findIndex((line) => line.includes("umask 077"));
      const written = lines.findIndex((line) => line.includes('password="%s"') || line.includes("ALTER USER"));
      assert.ok(at >= 0 && at < written, name);
    }
  });

  it("are there for every pod that names one, with what that is given", async () => {
    const deployed = await deploy(() => {
      const database = new AppDatabase("db", {
        ...DATABASE_ARGS,
        database: { ...MYSQL_PLAN, passwordVersion: 2 },
        spare: MANAGED_PLAN,
        backup: BACKUP_PLAN,
      });
      database.retireOldPasswords(database);
    });
    const commands = workloads(manifests(deployed))
      .flatMap(({ pod }) => pod.containers)
      .flatMap(({ command = [] }) => (command[0] === "bash" && command[1] !== "-c" ? [command.slice(1)] : []));
    assert.deepStrictEqual(commands.map((words) => words.join(" ")).sort(), [
      "/opt/tasks/accounts.sh accept",
      "/opt/tasks/accounts.sh retire",
      "/opt/tasks/backup.sh",
      "/opt/tasks/move.sh",
      "/opt/tasks/restore-test.sh",
    ]);
    const scripts = Object.keys(deployed.get("db-task-scripts").inputs["data"] as object);
    assert.deepStrictEqual(
      commands.map(([path = ""]) => path.replace("/opt/tasks/", "")).filter((name) => !scripts.includes(name)),
      [],
    );
  });
});
