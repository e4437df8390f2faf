/** What `npm run move` does: moves an app's data to the database beside the one that it uses. */
import type { Wanted } from "./chooseApp";
import {
  done,
  type DataCommand,
  type Ended,
  HELP_END,
  needsYes,
  runDataCommand,
  type Surroundings,
} from "./dataCommand";
import { isInMaintenance } from "./inMaintenance";
import { MOVE, movePlan, noSpare, runBack, runMove } from "./move";
import { movedText, movePlanText } from "./moveTexts";

const HELP = `npm run move -- <stack> [options]

Moves the data of an app from the database that it uses to the one beside it, such as from MySQL in the cluster to
DigitalOcean's managed MySQL, or back. It needs apps[].spareDatabase in Pulumi.<stack>.yaml, and a "pulumi up" since.

The app is stopped, its data copied and compared. It stays stopped until both databases are swapped in the config and
"pulumi up" starts it on the other one. When the copy fails, or is ended early, it is started as it was.

  --yes           do it; without it, it only tells what it would do
  --back          start an app that a move, or a restore that was cut short, has left stopped, on the database it has
${HELP_END}`;

const withSpare = (stack: string): Omit<Wanted, "app"> => ({
  has: async (space) => (await space.cronJob(MOVE)) !== undefined,
  otherwise: (app) => noSpare(stack, app),
  what: "have a database to move to",
});

const stopped = (stack: string): Omit<Wanted, "app"> => ({
  has: isInMaintenance,
  otherwise: (app) =>
    `${app === undefined ? `No app of the stack "${stack}" is` : `The app ${app} is not`} in maintenance: there is nothing to start.`,
  what: "are in maintenance",
});

const COMMAND: DataCommand = {
  name: "move",
  help: HELP,
  flags: ["yes", "back"],
  settings: [],
  run: async ({ stack, flag, following, app }) => {
    if (flag("back")) {
      const access = await app(stopped(stack));
      await runBack(access, { force: flag("yes") }, following);
      return done(`${access.app} is started again.\n`);
    }
    const access = await app(withSpare(stack));
    if (!flag("yes")) return needsYes(movePlanText(access, await movePlan(access, following)));
    return done(movedText(access, await runMove(access, following), new Date()));
  },
};

export const moveCommand = (args: string[], surroundings: Surroundings): Promise<Ended> =>
  runDataCommand(COMMAND, args, surroundings);
