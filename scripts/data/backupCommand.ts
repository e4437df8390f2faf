/** What `npm run backup` does: backs up the database of an app, now. */
import { BACKUP, backupText, noBackups, runBackup } from "./backup";
import type { Wanted } from "./chooseApp";
import { done, type DataCommand, type Ended, HELP_END, runDataCommand, type Surroundings } from "./dataCommand";

const HELP = `npm run backup -- <stack> [options]

Backs up the database of an app, now, as the scheduled backups do: a Job in the app's namespace. The app goes on.
It needs a stack with backups: backup.kind in its Pulumi.<stack>.yaml. Ended early, it takes its Job away.

${HELP_END}`;

/** An app with backups. */
export const withBackups = (stack: string): Omit<Wanted, "app"> => ({
  has: async (space) => (await space.cronJob(BACKUP)) !== undefined,
  otherwise: (app) => noBackups(stack, app),
  what: "have backups",
});

const COMMAND: DataCommand = {
  name: "backup",
  help: HELP,
  flags: [],
  settings: [],
  run: async ({ stack, following, app }) => {
    const access = await app(withBackups(stack));
    return done(backupText(access, await runBackup(access, { kind: "manual" }, following)));
  },
};

export const backupCommand = (args: string[], surroundings: Surroundings): Promise<Ended> =>
  runDataCommand(COMMAND, args, surroundings);
