/** What `npm run move` tells. */
import { commandLine, type AppAccess } from "./appAccess";
import { duration, many } from "./figures";
import type { Moved, MovePlan } from "./move";

/** What a move would do. */
export function movePlanText(access: AppAccess, { from, to }: MovePlan): string {
  const { app, stack } = access;
  return [
    `This moves the data of ${app} from the database ${from.name} at ${from.host} to ${to.name} at ${to.host}:`,
    "",
    `  1. ${app} is stopped. Until the last step nobody can use it.`,
    `  2. Its data is copied, and both are compared. What is in the database at ${to.host} now is lost.`,
    `  3. You swap "database" and "spareDatabase" of ${app} in Pulumi.${stack}.yaml, and run "pulumi up": that starts`,
    `     ${app} on the other database.`,
    "",
    `Nothing is changed in the database at ${from.host}. Nothing was done yet.`,
    `To do it:  ${commandLine(access, "move", "--yes")}`,
    "",
  ].join("\n");
}

/** What a move did, and what is to be done next. */
export function movedText(access: AppAccess, moved: Moved, now: Date): string {
  const { from, to, tables, rows, since, autoscaled } = moved;
  const { app, stack } = access;
  const seconds = (now.getTime() - since.getTime()) / 1000;
  return [
    `The data of ${app} is at ${to.host}, the same as at ${from.host}: ${many(tables, "table")}, ${many(rows, "row")}.`,
    `${app} is stopped, for ${duration(seconds)} by now, and stays so until this is done:`,
    "",
    `  1. Swap "database" and "spareDatabase" of ${app} in Pulumi.${stack}.yaml.`,
    `  2. pulumi up --stack ${stack}`,
    // The autoscaler does nothing for a Deployment without pods, and `pulumi up` leaves their number to it.
    ...(autoscaled
      ? [`  3. ${commandLine(access, "move", "--back")}   (starts it: its pods are the autoscaler's)`]
      : []),
    "",
    `To start it on the database that it had instead: ${commandLine(access, "move", "--back")}`,
    "",
  ].join("\n");
}
