/** Writes what is derived from the code: the editors' JSON schema, the reference page, and the table of the rules. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { referencePage, stackFileSchema } from "../lib/schema/reference";
import { runCommand } from "../local/runCommand";
import { policyTable } from "../policy/check";

const root = join(__dirname, "..");

/** The header of the table of docs/policies.md, and the rows under it. */
const TABLE = /^(\| rule .*\n\| -.*\n)(?:\|.*\n)*/m;

runCommand(async () => {
  writeFileSync(join(root, "stack.schema.json"), `${JSON.stringify(stackFileSchema(), null, 2)}\n`);
  writeFileSync(join(root, "docs", "configuration.md"), referencePage());

  const policies = join(root, "docs", "policies.md");
  const page = readFileSync(policies, "utf8").replace(
    TABLE,
    (_, header: string) => `${header}${policyTable().join("\n")}\n`,
  );
  writeFileSync(policies, await format(page, { ...(await resolveConfig(policies)), filepath: policies }));
}, "npm run reference");
