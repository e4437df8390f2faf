/** A real MySQL server behind a managed database: a container of the node's own engine, in the machine's network. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, mkdir, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { attempt, run, type CommandOptions } from "../command";
import { dockerHost, registryCredentials } from "../docker/engine";
import type { NodeSettings } from "../node/settings";
import type { VouchedFor } from "./certificateAuthority";

export interface DatabaseServerArgs {
  node: NodeSettings;
  /** The cluster's id in the API. */
  id: string;
  /** Reference of an image that takes what the official mysql image takes. */
  image: string;
  /** Address of the machine to listen on, and port. */
  address: string;
  port: number;
  /** What keeps the server's data and secrets. What an earlier server of the same id left there is used. */
  folder: string;
  /** What the server proves itself with. */
  vouchedFor: VouchedFor;
}

/** Thrown by what waited for a server that was ended. */
export class ServerEnded extends Error {
  override readonly name = "ServerEnded";
}

const LABEL = "flask-doks.database";
/** The user that the image's server runs as. */
const USER = 999;
const SECRETS = "/server";
const READY_SECONDS = 300;
const STOP_SECONDS = 5;

/** Small, for a node that has a whole cluster beside it; with the traits of DigitalOcean's that clients come across. */
const OPTIONS = [
  "--mysqlx=OFF",
  "--require-secure-transport=ON",
  `--ssl-ca=${SECRETS}/ca.crt`,
  `--ssl-cert=${SECRETS}/server.crt`,
  `--ssl-key=${SECRETS}/server.key`,
  "--gtid-mode=ON",
  "--enforce-gtid-consistency=ON",
  "--loose-log-bin-trust-function-creators=ON",
  "--innodb-buffer-pool-size=64M",
  "--loose-innodb-redo-log-capacity=32M",
  "--performance-schema=OFF",
];

/** docker's arguments for a server. There is no password among them: every process of the machine could read it. */
export const containerArguments = ({ id, image, address, port, folder }: DatabaseServerArgs): string[] => [
  ...["run", "--detach", "--name", containerOf(id), "--label", `${LABEL}=${id}`],
  // It is to be at an address that pods reach, and a bridge of the engine's is not.
  ...["--network", "host", "--user", `${USER}:${USER}`],
  ...["--mount", `type=bind,source=${join(folder, "data")},target=/var/lib/mysql`],
  ...["--mount", `type=bind,source=${join(folder, "secrets")},target=${SECRETS},readonly`],
  ...["--env", `MYSQL_ROOT_PASSWORD_FILE=${SECRETS}/root-password`, "--env", "MYSQL_ROOT_HOST=localhost"],
  image,
  ...[`--bind-address=${address}`, `--port=${port}`, ...OPTIONS],
];

const containerOf = (id: string): string => `database-${id}`;

const engine = (node: NodeSettings, options: CommandOptions = {}): CommandOptions => ({
  ...options,
  env: { DOCKER_HOST: dockerHost(node), DOCKER_CONFIG: dirname(registryCredentials(node)), DOCKER_CONTEXT: undefined },
});

/** Ends all servers of a node, also such as an earlier process has left that was killed. */
export async function endServers(node: NodeSettings): Promise<void> {
  const all = await run("docker", ["ps", "--all", "--quiet", "--filter", `label=${LABEL}`], engine(node));
  const containers = all.split("\n").filter(Boolean);
  if (containers.length === 0) return;
  await attempt("docker", ["stop", "--time", String(STOP_SECONDS), ...containers], engine(node));
  await run("docker", ["rm", "--force", "--volumes", ...containers], engine(node));
}

export class DatabaseServer {
  #ended = false;

  constructor(private readonly args: DatabaseServerArgs) {}

  get address(): string {
    return this.args.address;
  }

  /** Ends when the server answers at its address. */
  async start(): Promise<void> {
    const { node } = this.args;
    await this.#furnish();
    this.#unlessEnded();
    await run("docker", containerArguments(this.args), engine(node));
    await this.#untilReady();
    await writeFile(this.#complete, "");
  }

  /** Runs statements as the server's administrator. What is told of them is what a client prints without a terminal. */
  async ask(statements: readonly string[]): Promise<string> {
    const { node, id } = this.args;
    const client = ["mysql", `--defaults-extra-file=${SECRETS}/client.cnf`, "--batch", "--skip-column-names"];
    // By its standard input, for passwords are among them.
    const input = statements.map((statement) => `${statement};\n`).join("");
    return run("docker", ["exec", "--interactive", containerOf(id), ...client], engine(node, { input }));
  }

  /** Ends the server, be it ready or not. Its data stays. */
  async stop(): Promise<void> {
    this.#ended = true;
    const { node, id } = this.args;
    await attempt("docker", ["stop", "--time", String(STOP_SECONDS), containerOf(id)], engine(node));
    await this.#remove();
  }

  /** Ends the server and throws its data away. */
  async delete(): Promise<void> {
    this.#ended = true;
    await this.#remove();
    await rm(this.args.folder, { recursive: true, force: true });
  }

  async #remove(): Promise<void> {
    await attempt("docker", ["rm", "--force", "--volumes", containerOf(this.args.id)], engine(this.args.node));
  }

  /** Marks data that is all there: the image takes what an interrupted first start left for that as well. */
  get #complete(): string {
    return join(this.args.folder, "complete");
  }

  async #furnish(): Promise<void> {
    const { folder, vouchedFor } = this.args;
    if (!existsSync(this.#complete)) await rm(folder, { recursive: true, force: true });
    const [data, secrets] = [join(folder, "data"), join(folder, "secrets")];
    for (const each of [data, secrets]) {
      await mkdir(each, { recursive: true, mode: 0o700 });
      await chown(each, USER, USER);
    }
    const write = async (name: string, content: string | Buffer): Promise<void> => {
      const file = join(secrets, name);
      await writeFile(file, content, { mode: 0o600 });
      await chown(file, USER, USER);
    };
    await write("ca.crt", vouchedFor.authority);
    await write("server.crt", vouchedFor.certificate);
    await write("server.key", vouchedFor.key);
    if (existsSync(join(secrets, "client.cnf"))) return;
    const password = randomBytes(24).toString("base64url");
    await write("root-password", password);
    await write("client.cnf", `[client]\nuser=root\npassword=${password}\nprotocol=socket\n`);
  }

  #unlessEnded(): void {
    if (this.#ended) throw new ServerEnded("the database was deleted meanwhile");
  }

  /** The server that only sets things up at first listens at no address. */
  async #untilReady(): Promise<void> {
    const untilMs = Date.now() + READY_SECONDS * 1000;
    while (!(await this.#listens())) {
      this.#unlessEnded();
      if (!(await this.#runs()) || Date.now() > untilMs) {
        const { stdout, stderr } = await attempt(
          "docker",
          ["logs", "--tail", "20", containerOf(this.args.id)],
          engine(this.args.node),
        );
        this.#unlessEnded();
        throw new Error(`the MySQL server of the database does not answer:\n${stdout}${stderr}`);
      }
      await sleep(250);
    }
  }

  async #listens(): Promise<boolean> {
    const { address, port } = this.args;
    const socket = connect({ host: address, port });
    try {
      await once(socket, "connect");
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }

  async #runs(): Promise<boolean> {
    const args = ["inspect", "--format", "{{.State.Running}}", containerOf(this.args.id)];
    return (await attempt("docker", args, engine(this.args.node))).stdout.trim() === "true";
  }
}
