import assert from "node:assert/strict";
import { RULES } from "../../../../policy/check";
import { policyCommand, type PolicyVerdict } from "../../../../scripts/policy/policyCommand";
import { ROOT, STACKS } from "../../../support/stackFiles";
import { BROKEN, EVERYTHING, SHARED, SMALL, withStacks } from "../render/stacks";

const check = (files: Record<string, string>, ...args: string[]): Promise<PolicyVerdict> =>
  withStacks(files, (folder) => policyCommand(args, folder));

/** A stack whose app has a password in clear. */
const UNSOUND = SMALL.replace("expose: nodePort", "expose: nodePort, env: { SMTP_PASSWORD: in-clear }");

describe("npm run policy", () => {
  it("finds that every committed stack keeps to the rules", async () => {
    const { out, holds } = await policyCommand([...STACKS], ROOT);
    assert.ok(holds, out);
    const lines = out.trimEnd().split("\n").slice(-STACKS.length);
    assert.deepStrictEqual(
      lines.map((line) => line.split(",")[0]),
      STACKS.map((stack) => `${stack}: ${RULES.length} rules`),
    );
  });

  it("checks all stack files there are, where none is named", async () => {
    const { out } = await check({ small: SMALL, shared: SHARED }, "--json");
    const { rules, stacks } = JSON.parse(out) as { rules: number; stacks: { stack: string }[] };
    assert.deepStrictEqual([rules, stacks.map(({ stack }) => stack)], [RULES.length, ["shared", "small"]]);
  });

  it("holds nothing against a stack that is not known yet, and takes made-up names for those of the engine", async () => {
    const { out } = await check({ everything: EVERYTHING }, "everything", "--json");
    const { stacks } = JSON.parse(out) as { stacks: { findings: { rule: string; level: string }[] }[] };
    const mandatory = stacks.flatMap(({ findings }) => findings.filter(({ level }) => level === "mandatory"));
    assert.deepStrictEqual(mandatory, []);
  });

  it("does not hold when a mandatory rule does not", async () => {
    const { out, holds } = await check({ unsound: UNSOUND }, "unsound");
    assert.deepStrictEqual(holds, false);
    assert.match(out, /^unsound\n {2}✗ /);
    assert.match(out, /\nunsound: \d+ rules, \d+ violations?\b/);
  });

  const mistakes: [string, Record<string, string>, string[], RegExp][] = [
    ["an unknown stack", { small: SMALL }, ["prod"], /^There is no Pulumi\.prod\.yaml here\. There are: small\.$/],
    ["a folder without stacks", {}, [], /^Which stack\? There are no stack files here\.$/],
    ["a wrong stack file", { broken: BROKEN }, ["broken"], /^Pulumi\.broken\.yaml has 3 problems:\n/],
  ];
  for (const [what, files, args, message] of mistakes) {
    it(`tells of ${what} in a sentence`, async () => {
      await assert.rejects(check(files, ...args), { name: "UserError", message });
    });
  }

  it("has a page of help", async () => {
    const { out, holds } = await policyCommand(["--help"], "/");
    assert.match(out, /^npm run policy -- \[<stack>…\] \[options\]\n/);
    assert.ok(holds);
  });
});
