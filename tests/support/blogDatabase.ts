/** The blog's database on the suite's node, past the blog: what is in it, and what befalls it. */
import { createHash } from "node:crypto";
import { kubectl } from "../../local/node/kubectl";
import type { NodeSettings } from "../../local/node/settings";
import { type Cluster, eventually } from "./cluster";
import { killInPod } from "./processes";

/** A post, as its writer wrote it. */
export interface Post {
  title: string;
  body: string;
}

const POD = "mysql-0";
/** As root, with the password from the file that the server has: it stands in no argument. */
const CLIENT = ["sh", "-c", 'MYSQL_PWD="$(cat /run/secrets/mysql/root-password)" exec "$@"', "mysql"];
const OPTIONS = ["--user=root", "--default-character-set=utf8mb4"];

export class BlogDatabase {
  constructor(
    private readonly node: NodeSettings,
    private readonly cluster: Cluster,
  ) {}

  /** Runs statements as root, within the pod. */
  async ask(statements: string): Promise<string> {
    return this.inPod(["mysql", ...OPTIONS, "--batch", "--raw", "--skip-column-names", "blog"], statements);
  }

  /** Digest of all that is in it: tables, rows, all else. */
  async digest(database = "blog"): Promise<string> {
    const options = ["--single-transaction", "--skip-comments", "--order-by-primary", "--routines", "--hex-blob"];
    const dump = await this.inPod(["mysqldump", ...OPTIONS, ...options, "--set-gtid-purged=OFF", database]);
    // A table that was made from a dump names a column's character set where the first one did not.
    return createHash("sha256").update(dump.replaceAll(" CHARACTER SET utf8mb4 COLLATE", " COLLATE")).digest("hex");
  }

  /** All posts. */
  async posts(): Promise<Post[]> {
    const lines = await this.ask("SELECT JSON_OBJECT('title', title, 'body', body) FROM post ORDER BY id");
    return lines
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Post);
  }

  /** Kills the server as a power cut would, and has its pod made anew: a container alone is restarted ever later. */
  async kill(): Promise<void> {
    const [pod] = await this.cluster.pods("database");
    const uid = pod?.metadata?.uid ?? "";
    killInPod(uid, /^(mysqld|mariadbd)$/);
    await this.cluster.core.deleteNamespacedPod({ name: POD, namespace: "blog" });
    await eventually(
      "another database pod that is ready",
      120,
      () => this.cluster.pods("database"),
      ([found]) =>
        found?.metadata?.uid !== uid &&
        found?.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true,
    );
  }

  private inPod(command: readonly string[], input?: string): Promise<string> {
    const exec = ["-n", "blog", "exec", ...(input === undefined ? [] : ["-i"]), POD, "-c", "mysql", "--"];
    return kubectl(this.node, [...exec, ...CLIENT, ...command], input);
  }
}
