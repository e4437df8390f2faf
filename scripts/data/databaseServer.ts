/** Statements to the database server in the cluster, as its root: from within its own pod, where its password is. */
import { Exec, type KubeConfig, type V1Status } from "@kubernetes/client-node";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { reason } from "../../local/kubeconfig";
import { UserError } from "../../local/steps";
import type { AppAccess } from "./appAccess";

const POD = "mysql-0";
const CONTAINER = "mysql";

/** Runs statements, and gives what they print: one row a line, columns apart by tabs. */
export type AskServer = (access: Pick<AppAccess, "kubeconfig" | "namespace">, statements: string) => Promise<string>;

/**
 * As many bytes of standard input as there are: not every cluster can tell that it has ended. The password stands
 * neither in the arguments nor in what comes from here.
 */
const COMMAND =
  'head -c "$1" | MYSQL_PWD="$(cat /run/secrets/mysql/root-password)" mysql --user=root --batch --skip-column-names';

/** What is used of the client's connection, whose own types do not come with it. */
interface Connection {
  on: (event: "close", listener: () => void) => void;
  close: () => void;
}

/** What the API server's answers mean where it opens no connection. */
const REFUSALS: Record<string, string> = {
  403: "the kubeconfig's user may not run commands in pods",
  404: "it is not there",
};

/** How long statements may take, in seconds. */
const LONGEST = 60;

/** @throws UserError with what the server says when it refuses one. */
export const askServer: AskServer = async ({ kubeconfig, namespace }, statements) => {
  const input = Buffer.from(statements);
  const command = ["sh", "-c", COMMAND, "sh", String(input.length)];
  const { status, out, err } = await execute(kubeconfig, namespace, command, input).catch((error: unknown) => {
    const why = reason(error);
    const code = /server response: (\d+)/.exec(why)?.[1] ?? "";
    throw new UserError(`The pod ${namespace}/${POD} cannot be asked: ${REFUSALS[code] ?? why}.`);
  });
  if (status.status === "Success") return out;
  const said = err.trim().split("\n").at(-1) ?? "";
  throw new UserError(`The database server refuses: ${said === "" ? (status.message ?? "unknown reason") : said}`);
};

async function execute(
  kubeconfig: KubeConfig,
  namespace: string,
  command: string[],
  input: Buffer,
): Promise<{ status: V1Status; out: string; err: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const printed = Promise.all([text(stdout), text(stderr)]);
  // What is printed is of no more use when there is no status.
  printed.catch(() => undefined);
  let settle: (status: V1Status) => void = () => undefined;
  const ended = new Promise<V1Status>((resolve) => (settle = resolve));
  const exec = new Exec(kubeconfig);
  const told = (status: V1Status) => {
    settle(status);
  };
  const opened: unknown = await exec.exec(namespace, POD, CONTAINER, command, stdout, stderr, stdin, false, told);
  const connection = opened as Connection;
  let timer: NodeJS.Timeout | undefined;
  const lost = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${LONGEST} s`));
    }, LONGEST * 1000);
    connection.on("close", () => {
      // The status comes right before.
      setImmediate(() => {
        reject(new Error("the connection was lost"));
      });
    });
  });
  try {
    stdin.write(input);
    const status = await Promise.race([ended, lost]);
    const [out, err] = await printed;
    return { status, out, err };
  } finally {
    clearTimeout(timer);
    // Now that nobody waits for it any more.
    lost.catch(() => undefined);
    connection.close();
  }
}
