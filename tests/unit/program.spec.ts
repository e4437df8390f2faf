import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { deployProgram } from "../support/mocks";

const root = join(__dirname, "..", "..");

/** The config of a committed stack file, without the project's name. */
function stackFile(stack: string): Record<string, unknown> {
  const { config } = parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("flask-doks:", ""), value]));
}

describe("the whole program", () => {
  for (const stack of ["local", "dev", "prod"]) {
    for (const mode of ["update", "preview"] as const) {
      it(`registers the ${stack} stack, as ${mode}`, async () => {
        const { resources } = await deployProgram({ mode, stack, config: stackFile(stack) });
        assert.ok(resources.length > 20);
      });
    }
  }
});
