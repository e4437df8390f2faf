/** Writes what is derived from the config's schema: the editors' JSON schema and the reference page. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { referencePage, stackFileSchema } from "../lib/schema/reference";

const root = join(__dirname, "..");
writeFileSync(join(root, "stack.schema.json"), `${JSON.stringify(stackFileSchema(), null, 2)}\n`);
writeFileSync(join(root, "docs", "configuration.md"), referencePage());
