import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rotateCommand } from "../../../../scripts/rotate/rotateCommand";
import { refusedWith } from "./refused";
import { FULL } from "./stacks";

describe("npm run rotate, told something that cannot be", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rotate-"));
    write("prod", FULL);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const path = (stack: string) => join(folder, `Pulumi.${stack}.yaml`);
  const write = (stack: string, text: string) => {
    writeFileSync(path(stack), text);
  };
  const rotate = (...args: string[]): Promise<string> =>
    rotateCommand(args, {
      folder,
      ask: () => Promise.reject(new Error("it asked for a value")),
      cli: () => Promise.reject(new Error("it called the CLI")),
    });

  const refused = (message: string | RegExp, ...args: string[]): Promise<void> =>
    refusedWith(message, path("prod"), () => rotate(...args));

  it("raises no number above what it may be", async () => {
    write("prod", FULL.replace("secretKeyVersion: 2", "secretKeyVersion: 1000"));
    await refused(
      /^Pulumi\.prod\.yaml has 1 problem:\n {2}apps\[0\]\.secretKeyVersion: 1001 is above 1000$/,
      "prod",
      "blog.secret-key",
    );
  });

  const mistakes: [string, string[], string | RegExp][] = [
    ["no stack", [], "Which stack? There are: prod. For example: npm run rotate -- dev"],
    ["an unknown stack", ["dev"], "There is no Pulumi.dev.yaml here. There are: prod."],
    ["two secrets", ["prod", "registry", "blog.cache"], "Name one secret: npm run rotate -- <stack> <secret>"],
    [
      "a mistyped secret",
      ["prod", "blog.secretkey"],
      'The stack "prod" has no secret blog.secretkey; did you mean blog.secret-key? All of them: npm run rotate -- prod',
    ],
    ["an unknown secret", ["prod", "q"], 'The stack "prod" has no secret q. All of them: npm run rotate -- prod'],
  ];
  for (const [what, args, message] of mistakes) {
    it(`tells of ${what} in a sentence`, () => refused(message, ...args));
  }

  it("tells of a stack file that is wrong as it stands", async () => {
    write("prod", FULL.replace("image:", "imgae:"));
    await refused(/^Pulumi\.prod\.yaml has 2 problems:\n {2}apps\[0\]/, "prod");
  });

  it("has a page of help", async () => {
    assert.match(await rotate("--help"), /^npm run rotate -- <stack> \[<secret>\] \[options\]\n/);
  });
});
