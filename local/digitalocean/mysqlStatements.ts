/** What a MySQL server is told, so that it has what the API says of its database. All of it may be said again. */
import type { DatabaseRecord, DatabaseUser } from "./state";

/** DigitalOcean's users, the first one too, may do this in all databases. They are no administrators of the server. */
const RIGHTS = [
  "SELECT",
  "INSERT",
  "UPDATE",
  "DELETE",
  "CREATE",
  "DROP",
  "RELOAD",
  "PROCESS",
  "REFERENCES",
  "INDEX",
  "ALTER",
  "SHOW DATABASES",
  "CREATE TEMPORARY TABLES",
  "LOCK TABLES",
  "EXECUTE",
  "REPLICATION SLAVE",
  "REPLICATION CLIENT",
  "CREATE VIEW",
  "SHOW VIEW",
  "CREATE ROUTINE",
  "ALTER ROUTINE",
  "CREATE USER",
  "EVENT",
  "TRIGGER",
].join(", ");

/** Each GB of a node's memory is for so many clients. */
const CONNECTIONS_PER_GB = 75;
/** Settings that DigitalOcean's servers have if nobody changes them, and MySQL's own do not. */
const DEFAULTS = { sql_require_primary_key: true };
/** Settings of the API that are no variables of the server, or such as cannot be set while it runs. */
const NOT_SET = new Set([
  "backup_hour",
  "backup_minute",
  "binlog_retention_period",
  "innodb_ft_min_token_size",
  "innodb_ft_server_stopword_table",
  "innodb_read_io_threads",
  "innodb_rollback_on_timeout",
  "innodb_write_io_threads",
  "log_output",
  "mysql_incremental_backup",
]);
/** The API's names of variables that the server knows by another one. */
const RENAMED: Record<string, string> = { default_time_zone: "time_zone" };

/** A text in SQL. Single quotes mean one in every mode of the server. */
const text = (value: string): string => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
const identifier = (name: string): string => `\`${name.replaceAll("`", "``")}\``;
const account = (name: string): string => `${text(name)}@'%'`;

/**
 * Makes a user, or gives it another password. It always proves itself by `caching_sha2_password`: the older
 * `mysql_native_password`, which the API lets one choose, is no part of MySQL any more as of 9.0.
 */
export const userStatements = ({ name, password }: DatabaseUser): string[] => [
  `CREATE USER IF NOT EXISTS ${account(name)} IDENTIFIED BY ${text(password)}`,
  `ALTER USER ${account(name)} IDENTIFIED BY ${text(password)}`,
  `GRANT ${RIGHTS} ON *.* TO ${account(name)} WITH GRANT OPTION`,
];

export const withoutUser = (name: string): string[] => [`DROP USER IF EXISTS ${account(name)}`];

export const databaseStatements = (name: string): string[] => [`CREATE DATABASE IF NOT EXISTS ${identifier(name)}`];

export const withoutDatabase = (name: string): string[] => [`DROP DATABASE IF EXISTS ${identifier(name)}`];

function literal(value: unknown): string | undefined {
  if (typeof value === "string") return text(value);
  if (typeof value === "boolean") return value ? "ON" : "OFF";
  return typeof value === "number" ? String(value) : undefined;
}

const setting = (name: string, value: unknown): string[] => {
  const written = NOT_SET.has(name) || !/^[a-z0-9_]+$/.test(name) ? undefined : literal(value);
  return written === undefined ? [] : [`SET GLOBAL ${RENAMED[name] ?? name} = ${written}`];
};

/** Settings count for whoever connects from then on, as at DigitalOcean. */
export const settingStatements = ({ size, sqlMode, config }: DatabaseRecord): string[] => {
  const gigabytes = Number(/(\d+)gb$/.exec(size)?.[1] ?? 1);
  const all = { ...DEFAULTS, sql_mode: sqlMode, ...config };
  return [
    ...setting("max_connections", gigabytes * CONNECTIONS_PER_GB),
    ...Object.entries(all).flatMap(([name, value]) => setting(name, value)),
  ];
};

/** All that the API says, for a server that has nothing yet. */
export const contentStatements = (database: DatabaseRecord): string[] => [
  ...settingStatements(database),
  ...database.databases.flatMap(databaseStatements),
  ...database.users.flatMap(userStatements),
];
