/** What `npm run restore` does: lists the backups of an app, and goes back to one. */
import type { AppAccess } from "./appAccess";
import { withBackups } from "./backupCommand";
import { Usage } from "./chooseApp";
import {
  type Call,
  done,
  type DataCommand,
  type Ended,
  HELP_END,
  needsYes,
  runDataCommand,
  type Surroundings,
} from "./dataCommand";
import { listBackups, runRestore, WITHOUT_SAFETY } from "./restore";
import { runRestoreBeside } from "./restoreBeside";
import { besideText, listText, planText, restoredText } from "./restoreTexts";
import { chooseSnapshot } from "./snapshots";

const HELP = `npm run restore -- <stack> [snapshot | latest] [options]

Without a snapshot: lists the backups of an app, the newest first.

With one, given by its id or the beginning of it: puts the app's database back to that backup. The app is stopped
meanwhile, and its scheduled backups rest; what is in the database is backed up before, and the backup is read from end
to end before anything is replaced. When it fails half-way, or is ended early, what was there before is restored, and
the app started again. "latest" is the newest one that is not the safety backup of an earlier restore.

  --yes           do it; without it, it only tells what it would do
  --without-safety-backup
                  do not back up what is in the database before: for one that cannot be dumped any more, or a store
                  that takes no more. There is no way back then, and when the restore fails half-way, or is ended
                  early, the app stays stopped
  --into <name>   restore into a database of that name on the same server, to look at it: the app is not touched.
                  With --yes, what is in a database of that name is lost
  --json          print it as JSON
${HELP_END}`;

const COMMAND: DataCommand = {
  name: "restore",
  help: HELP,
  flags: ["yes", "json", WITHOUT_SAFETY],
  settings: ["into"],
  word: "[snapshot | latest]",
  run: async (call) => {
    const { stack, word, setting } = call;
    const isMeant = setting("into") !== undefined || call.flag("yes") || call.flag(WITHOUT_SAFETY);
    if (word === undefined && isMeant) {
      throw new Usage(`Name a backup, or "latest": npm run restore -- ${stack} latest`);
    }
    const access = await call.app(withBackups(stack));
    if (word === undefined) return list(access, call);
    const into = setting("into");
    if (into !== undefined) return beside(access, call, word, into);
    return call.flag("yes") ? restore(access, call, word) : plan(access, call, word);
  },
};

const printed = ({ flag }: Call, value: object, text: string): string =>
  flag("json") ? `${JSON.stringify(value, null, 2)}\n` : text;

async function list(access: AppAccess, call: Call): Promise<Ended> {
  const snapshots = await listBackups(access, call.following);
  return done(printed(call, { app: access.app, snapshots }, listText(access, snapshots, new Date())));
}

async function plan(access: AppAccess, call: Call, word: string): Promise<Ended> {
  const snapshot = chooseSnapshot(await listBackups(access, call.following), word);
  const safetyBackup = !call.flag(WITHOUT_SAFETY);
  const value = { app: access.app, snapshot, safetyBackup, done: false };
  return needsYes(printed(call, value, planText(access, snapshot, safetyBackup, new Date())));
}

async function restore(access: AppAccess, call: Call, word: string): Promise<Ended> {
  const options = { snapshot: word, safetyBackup: !call.flag(WITHOUT_SAFETY) };
  const restored = await runRestore(access, options, call.following);
  const out = printed(call, { app: access.app, ...restored, done: true }, restoredText(access, restored, new Date()));
  return { code: restored.late === undefined ? 0 : 1, out, err: "" };
}

async function beside(access: AppAccess, call: Call, word: string, into: string): Promise<Ended> {
  const options = { snapshot: word, into, replace: call.flag("yes") };
  const restored = await runRestoreBeside(access, options, call.following);
  return done(printed(call, { app: access.app, ...restored }, besideText(access, restored, new Date())));
}

export const restoreCommand = (args: string[], surroundings: Surroundings): Promise<Ended> =>
  runDataCommand(COMMAND, args, surroundings);
