/** Names of databases, and statements about them. */
import { UserError } from "../../local/steps";

const SYSTEM = ["mysql", "sys", "information_schema", "performance_schema"];

/** @throws UserError when a backup must not be restored into a database of that name. */
export function checkNewName(name: string, live: string): void {
  if (!/^[A-Za-z0-9_]{1,64}$/.test(name)) {
    throw new UserError(`--into wants a name of at most 64 letters, digits and underscores, not "${name}".`);
  }
  // Case does not matter to every server.
  if (SYSTEM.includes(name.toLowerCase())) throw new UserError(`--into: ${name} is the server's own database.`);
  if (name.toLowerCase() === live.toLowerCase()) {
    throw new UserError(`--into: ${name} is the app's own database. To restore into that, leave --into out.`);
  }
}

/** How many tables there are in a database; none for one that is not there. */
export const countTables = (name: string): string =>
  `SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${name}';\n`;

/** Makes a database, unless it is there, and gives the user all rights in it, and in no other. */
export function makeDatabase(name: string, user: string): string {
  // An underscore stands for any character there.
  const pattern = name.replaceAll("_", "\\_");
  const quoted = user.replaceAll("\\", "\\\\").replaceAll("'", "''");
  return `CREATE DATABASE IF NOT EXISTS \`${name}\`;\nGRANT ALL ON \`${pattern}\`.* TO '${quoted}'@'%';\n`;
}
