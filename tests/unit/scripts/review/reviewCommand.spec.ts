import assert from "node:assert/strict";
import { UserError } from "../../../../local/steps";
import { reviewCommand } from "../../../../scripts/review/reviewCommand";
import { Team } from "./team";

describe("npm run review", () => {
  let team: Team;
  before(() => {
    team = new Team();
  });
  after(() => {
    team.remove();
  });

  const ONE = "Give the number of one pull request, such as 7: npm run review --";
  const refused: [string, string[], string][] = [
    ["nothing", [], "Say what to do: up <n>, down <n>, list or sweep. What there is: npm run review -- --help"],
    ["no number", ["up"], `${ONE} up 7`],
    ["a word for a number", ["down", "dev"], `${ONE} down 7`],
    ["a number below 1", ["up", "0"], `${ONE} up 7`],
    ["a number with more behind it", ["down", "7;"], `${ONE} down 7`],
    ["two numbers", ["up", "7", "8"], `${ONE} up 7`],
    ["a number to sweep", ["sweep", "7"], "sweep takes no 7: it is about all review apps."],
    ["a number to list", ["list", "7"], "list takes no 7: it is about all review apps."],
    ["days that are none", ["sweep", "--days", "soon"], '--days wants a number of days such as 3, not "soon".'],
    ["days where nothing is swept", ["down", "7", "--days", "3"], "--days is for sweep."],
  ];
  for (const [title, args, sentence] of refused) {
    it(`refuses ${title}, and does nothing`, async () => {
      assert.deepStrictEqual(await team.run(...args), sentence);
      assert.deepStrictEqual([team.opened, team.done], [[], []]);
    });
  }

  it("refuses to deploy what it could not tell of", async () => {
    const surroundings = {
      ...team.surroundings(),
      teller: () => {
        throw new UserError("GITHUB_TOKEN is not set");
      },
    };
    await assert.rejects(reviewCommand(["up", "7", "--comment"], surroundings), { message: "GITHUB_TOKEN is not set" });
    assert.deepStrictEqual(team.opened, []);
  });

  it("explains itself", async () => {
    assert.deepStrictEqual(await team.run("--help"), "");
    for (const word of ["up <n>", "down <n>", "list", "sweep", "--base", "--days", "--comment", "REVIEW_API_KEY"]) {
      assert.ok(team.printed.includes(word), word);
    }
    assert.deepStrictEqual(
      team.printed.split("\n").filter((line) => line.length > 124),
      [],
    );
  });
});
