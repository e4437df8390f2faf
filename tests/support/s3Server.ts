/** A real S3 server on the loopback address, for what the program and the engine keep in object storage. */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { prepareRclone } from "../../local/s3/rclone";
import type { Step } from "../../local/steps";
import { ended, said } from "./serverProcess";

export interface S3ServerOptions {
  /** Made before it starts. */
  buckets: string[];
  /** Where it listens. Default: a free port of the loopback address. */
  address?: string;
  /** The pair that opens it. Default: a new one. */
  keys?: { accessKeyId: string; secretAccessKey: string };
}

/** A folder served over S3 to whoever has the key pair. Requests are path-style, as `http://host:port/bucket/key`. */
export class S3Server {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly rclone: string,
    private readonly folder: string,
    /** Such as `http://127.0.0.1:40123`. */
    public endpoint: string,
    readonly accessKeyId: string,
    readonly secretAccessKey: string,
  ) {}

  static async start({ buckets, address = "127.0.0.1:0", keys }: S3ServerOptions, step: Step): Promise<S3Server> {
    const rclone = await prepareRclone(step);
    const folder = mkdtempSync(join(tmpdir(), "flask-doks-s3-"));
    for (const bucket of buckets) mkdirSync(join(folder, "buckets", bucket), { recursive: true });
    const accessKeyId = keys?.accessKeyId ?? `S3${randomBytes(9).toString("hex").toUpperCase()}`;
    const secretAccessKey = keys?.secretAccessKey ?? randomBytes(30).toString("hex");
    const server = new S3Server(rclone, folder, `http://${address}`, accessKeyId, secretAccessKey);
    await server.resume();
    return server;
  }

  /** Goes on where it was halted, at the same address. */
  async resume(): Promise<void> {
    const { folder, accessKeyId, secretAccessKey } = this;
    // Without remembering folders: what a test puts there by itself is seen at once.
    const args = ["serve", "s3", "--addr", new URL(this.endpoint).host, "--dir-cache-time", "1s"];
    this.child = spawn(this.rclone, [...args, "--cache-dir", join(folder, "cache"), join(folder, "buckets")], {
      // The pair is one entry of a comma-separated list, so it stands in quotes.
      env: { RCLONE_AUTH_KEY: `"${accessKeyId},${secretAccessKey}"`, RCLONE_CONFIG: join(folder, "rclone.conf") },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.endpoint = await said(this.child, "the S3 server", /Starting s3 server on \[(http:\/\/[^/\]]+)/);
  }

  /** Answers no more, until it is resumed. */
  async halt(): Promise<void> {
    if (this.child !== undefined) await ended(this.child);
    this.child = undefined;
  }

  /** What AWS's own SDKs, and Pulumi with them, take the key pair from. */
  get env(): Record<string, string> {
    return { AWS_ACCESS_KEY_ID: this.accessKeyId, AWS_SECRET_ACCESS_KEY: this.secretAccessKey };
  }

  /** Keys of the objects in a bucket, sorted. */
  keys(bucket: string): string[] {
    const root = join(this.folder, "buckets", bucket);
    if (!existsSync(root)) return [];
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .sort();
  }

  /** An object's content. */
  read(bucket: string, key: string): string {
    return readFileSync(join(this.folder, "buckets", bucket, key), "utf8");
  }

  /** Path of an object's file. */
  path(bucket: string, key: string): string {
    return join(this.folder, "buckets", bucket, key);
  }

  /** Puts an object there without asking the server. */
  write(bucket: string, key: string, content: string): void {
    const path = join(this.folder, "buckets", bucket, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** Ends it, and throws away what it kept. */
  async stop(): Promise<void> {
    await this.halt();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
