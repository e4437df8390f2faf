import assert from "node:assert/strict";
import { Interrupted } from "../../../../local/engine/stack";
import { UserError } from "../../../../local/steps";
import { lendingFile, NOW, Team } from "./team";

const daysAgo = (days: number) => new Date(NOW.getTime() - days * 24 * 3600 * 1000);
const stack = (name: string, days?: number) => ({
  name,
  resources: 40,
  ...(days === undefined ? {} : { lastUpdate: daysAgo(days) }),
});

describe("review apps that go", () => {
  let team: Team;
  beforeEach(() => {
    team = new Team(lendingFile({ review: { maxAgeDays: 5 } }));
    team.listed = [
      stack("dev", 90),
      stack("review-7", 5),
      stack("review-8", 4.2),
      stack("review-9", 30),
      stack("review-10"),
      stack("review-app", 90),
    ];
  });
  afterEach(() => {
    team.remove();
  });

  it("are destroyed and forgotten, with no config of their own", async () => {
    assert.deepStrictEqual(await team.run("down", "8"), "");
    assert.deepStrictEqual(team.done, ["destroy review-8", "close review-8", "remove review-8"]);
    assert.deepStrictEqual(team.opened, [{ name: "review-8", config: {}, secrets: [] }]);
    assert.deepStrictEqual(team.printed, "Review app 8 is taken down: nothing of it is left.\n");
    assert.deepStrictEqual(team.told, []);
  });

  it("are told of in the pull request", async () => {
    assert.deepStrictEqual(await team.run("down", "8", "--comment"), "");
    const commit = "0123456789abcdef0123456789abcdef01234567";
    assert.deepStrictEqual(team.told, [{ number: 8, state: "down", urls: {}, commit }]);
  });

  it("may be gone already, and nobody is told", async () => {
    assert.deepStrictEqual(await team.run("down", "77", "--comment"), "");
    assert.deepStrictEqual(
      [team.printed, team.done, team.told],
      ["There is no review app 77: nothing to take down.\n", [], []],
    );
  });

  it("are not forgotten when they are not destroyed", async () => {
    team.fails = () => new UserError("the cluster is away");
    assert.deepStrictEqual(await team.run("down", "8", "--comment"), "the cluster is away");
    assert.deepStrictEqual([team.done, team.told], [["destroy review-8", "close review-8"], []]);
  });

  it("are swept when they are old, and no other stack is", async () => {
    assert.deepStrictEqual(await team.run("sweep"), "");
    assert.deepStrictEqual(
      team.done.filter((line) => !line.startsWith("close")),
      ["destroy review-7", "remove review-7", "destroy review-9", "remove review-9"],
    );
    assert.deepStrictEqual(team.printed, "Taken down: 2. Younger than 5 days, and left: 2.\n");
  });

  it("are swept by another age, without a stack file", async () => {
    assert.deepStrictEqual(await team.run("sweep", "--days", "30", "--base", "none", "--comment"), "");
    assert.deepStrictEqual(
      team.told.map(({ number, state }) => `${number} ${state}`),
      ["9 down"],
    );
    assert.deepStrictEqual(team.printed, "Taken down: 1. Younger than 30 days, and left: 3.\n");
  });

  it("do not hold up each other: those that fail are named at the end", async () => {
    team.fails = (operation) => (operation === "destroy review-7" ? new UserError("it is locked") : undefined);
    assert.deepStrictEqual(await team.run("sweep"), "Not taken down:\n  7: it is locked");
    assert.ok(team.done.includes("remove review-9"));
    assert.ok(!team.done.includes("remove review-7"));
    assert.deepStrictEqual(team.printed, "Taken down: 1. Younger than 5 days, and left: 2.\n");
  });

  it("are left where they are once a sweep is interrupted", async () => {
    team.fails = () => new Interrupted("The destroy was stopped.");
    assert.deepStrictEqual(await team.run("sweep"), "The destroy was stopped.");
    assert.deepStrictEqual(team.done, ["destroy review-7", "close review-7"]);
  });

  it("are listed with their age, and the day from which a sweep takes them", async () => {
    assert.deepStrictEqual(await team.run("list"), "");
    assert.deepStrictEqual(team.printed.split("\n"), [
      "number  URL                           age             expires",
      "7       http://7.review.example.com   5 days          2026-11-26",
      "8       http://8.review.example.com   4 days          2026-11-27",
      "9       http://9.review.example.com   30 days         2026-11-01",
      "10      http://10.review.example.com  never deployed",
      "",
    ]);
    team.listed = [stack("dev", 1)];
    team.printed = "";
    assert.deepStrictEqual(await team.run("list"), "");
    assert.deepStrictEqual(team.printed, "There are no review apps.\n");
  });
});
