import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StackAge } from "../../../../local/backendStack";
import { Interrupted } from "../../../../local/engine/stack";
import { UserError } from "../../../../local/steps";
import { lendingFile, NOW, Team } from "./team";

const daysAgo = (days: number) => new Date(NOW.getTime() - days * 24 * 3600 * 1000);
const HOURS = 1 / 24;

describe("review apps that go", () => {
  let team: Team;
  /** A stack whose state was written last so many days ago, and what its history tells. */
  const add = (name: string, days: number | undefined, age: StackAge = {}) => {
    team.listed.push({ name, resources: 40, ...(days === undefined ? {} : { lastUpdate: daysAgo(days) }) });
    team.ages[name] = age;
  };
  beforeEach(() => {
    team = new Team(lendingFile({ review: { maxAgeDays: 5 } }));
    add("dev", 90);
    add("review-7", 0.1, { deployed: daysAgo(5) });
    add("review-8", 4.2, { deployed: daysAgo(4.2) });
    add("review-9", 30, { deployed: daysAgo(30) });
    add("review-10", 23 * HOURS);
    add("review-app", 90);
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

  it("are told of in the pull request, with the reason that its event gives", async () => {
    const event = join(team.folder, "event.json");
    for (const action of ["closed", "unlabeled", "labeled"]) {
      writeFileSync(event, JSON.stringify({ action, pull_request: { number: 8 } }));
      team.env = { GITHUB_EVENT_PATH: event };
      assert.deepStrictEqual(await team.run("down", "8", "--comment"), "");
    }
    team.env = {};
    assert.deepStrictEqual(await team.run("down", "8", "--comment"), "");
    assert.deepStrictEqual(
      team.told,
      ["closed", "unlabeled", "byHand", "byHand"].map((cause) => ({ number: 8, state: "down", cause })),
    );
  });

  it("may be gone already, which is told all the same: a sweep took them, and their comment says another thing", async () => {
    assert.deepStrictEqual(await team.run("down", "77", "--comment"), "");
    assert.deepStrictEqual(
      [team.printed, team.done, team.told],
      ["There is no review app 77: nothing to take down.\n", [], [{ number: 77, state: "down", cause: "byHand" }]],
    );
  });

  it("are not forgotten when they are not destroyed", async () => {
    team.fails = () => new UserError("the cluster is away");
    assert.deepStrictEqual(await team.run("down", "8", "--comment"), "the cluster is away");
    assert.deepStrictEqual([team.done, team.told], [["destroy review-8", "close review-8"], []]);
  });

  const gone = () => team.done.flatMap((line) => /^remove review-(\d+)$/.exec(line)?.[1] ?? []);

  it("are swept when their last deployment that went well is old, and no other stack is", async () => {
    assert.deepStrictEqual(await team.run("sweep"), "");
    assert.deepStrictEqual(
      team.done.filter((line) => !line.startsWith("close")),
      ["destroy review-7", "remove review-7", "destroy review-9", "remove review-9"],
    );
    assert.deepStrictEqual(team.printed, "Taken down: 2. Left, for their time is not over: 2.\n");
    assert.deepStrictEqual(
      team.notes[0],
      "GITHUB_TOKEN and GITHUB_REPOSITORY are not both set: review apps go by their age alone.",
    );
  });

  it("are swept at once where they were to go before, and a day after their last attempt to come up at all", async () => {
    team.listed = [];
    add("review-1", 0.1, { deployed: daysAgo(2), goingSince: daysAgo(0.1) });
    add("review-2", 24 * HOURS);
    add("review-3", 23 * HOURS);
    add("review-4", undefined);
    assert.deepStrictEqual(await team.run("sweep", "--comment"), "");
    assert.deepStrictEqual(team.told, [
      { number: 1, state: "down", cause: "unfinished" },
      { number: 2, state: "down", cause: "neverUp" },
    ]);
    assert.deepStrictEqual(gone(), ["1", "2"]);
  });

  it("are swept with their pull requests, where GitHub tells which are open", async () => {
    team.open = [9, 10, 12];
    assert.deepStrictEqual(await team.run("sweep", "--comment"), "");
    assert.deepStrictEqual(team.told, [
      { number: 7, state: "down", cause: "closed" },
      { number: 8, state: "down", cause: "closed" },
      { number: 9, state: "down", cause: "old" },
    ]);
    assert.deepStrictEqual(gone(), ["7", "8", "9"]);
    assert.ok(!team.notes.some((note) => note.includes("GITHUB_TOKEN")));
  });

  it("are swept by their age where GitHub fails, and the sweep fails", async () => {
    team.open = new UserError("GitHub is away");
    assert.deepStrictEqual(await team.run("sweep"), "Which pull requests are open is not known: GitHub is away");
    assert.deepStrictEqual(gone(), ["7", "9"]);
  });

  it("are swept by another age, without a stack file", async () => {
    assert.deepStrictEqual(await team.run("sweep", "--days", "30", "--base", "none", "--comment"), "");
    assert.deepStrictEqual(team.told, [{ number: 9, state: "down", cause: "old" }]);
    assert.deepStrictEqual(team.printed, "Taken down: 1. Left, for their time is not over: 3.\n");
  });

  it("do not hold up each other: those that fail are named at the end", async () => {
    team.fails = (operation) => (operation === "destroy review-7" ? new UserError("it is locked") : undefined);
    assert.deepStrictEqual(await team.run("sweep"), "Review app 7 is not taken down: it is locked");
    assert.deepStrictEqual(gone(), ["9"]);
    assert.deepStrictEqual(team.printed, "Taken down: 1. Left, for their time is not over: 2.\n");
  });

  it("are gone even where their pull requests cannot be told, which is said", async () => {
    team.silent = new UserError("GitHub is away");
    assert.deepStrictEqual(
      (await team.run("sweep", "--comment")).split("\n"),
      [7, 9].map((number) => `#${number} is not told that its review app is taken down: GitHub is away`),
    );
    assert.deepStrictEqual(gone(), ["7", "9"]);
  });

  it("are left where they are once a sweep is interrupted", async () => {
    team.fails = () => new Interrupted("The destroy was stopped.");
    assert.deepStrictEqual(await team.run("sweep"), "The destroy was stopped.");
    assert.deepStrictEqual(team.done, ["destroy review-7", "close review-7"]);
  });

  it("are listed with their age, and the day from which a sweep takes them", async () => {
    add("review-11", 0.1, { deployed: daysAgo(2), goingSince: daysAgo(0.1) });
    add("review-12", undefined);
    assert.deepStrictEqual(await team.run("list"), "");
    assert.deepStrictEqual(team.printed.split("\n"), [
      "number  URL                           age             expires",
      "7       http://7.review.example.com   5 days          2026-11-26",
      "8       http://8.review.example.com   4 days          2026-11-27",
      "9       http://9.review.example.com   30 days         2026-11-01",
      "10      http://10.review.example.com  never deployed  2026-11-26",
      "11      http://11.review.example.com  2 days          2026-11-26",
      "12      http://12.review.example.com  never deployed",
      "",
    ]);
    team.listed = [];
    add("dev", 1);
    team.printed = "";
    assert.deepStrictEqual(await team.run("list"), "");
    assert.deepStrictEqual(team.printed, "There are no review apps.\n");
  });
});
