/** A fake API and monitors that ask it, for a suite: made before each test, ended after it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthority } from "../../../local/node/certificates";
import { type HttpServer, startServer } from "../../support/httpServer";
import { FakeApi } from "./fakeApi";
import { MonitorProcess, MountedProgram, ServiceAccount } from "./monitorProcess";

/** Limits that no test reaches by accident. */
export const MAX_AGE_SECONDS = 26 * 3600;
export const RESTORE_TEST_MAX_AGE_SECONDS = 8 * 86400;

export class Monitored {
  api = new FakeApi();
  account!: ServiceAccount;
  /** Where certificates are made, with the authority `ca`. */
  readonly authorities = mkdtempSync(join(tmpdir(), "authorities-"));
  private readonly program = new MountedProgram();
  private server: HttpServer | undefined;
  private monitors: MonitorProcess[] = [];

  /** Sets a suite up. */
  static of(): Monitored {
    const monitored = new Monitored();
    before(() => createAuthority(monitored.authorities, "ca", "here"));
    after(() => {
      rmSync(monitored.authorities, { recursive: true });
      monitored.program.remove();
    });
    beforeEach(async () => {
      monitored.api = new FakeApi();
      monitored.account = new ServiceAccount(readFileSync(join(monitored.authorities, "ca.crt"), "utf8"));
      monitored.server = await startServer(monitored.api.listener);
    });
    afterEach(async () => {
      await Promise.all(monitored.monitors.map((monitor) => monitor.end("SIGKILL")));
      monitored.monitors = [];
      await monitored.server?.stop();
      monitored.account.remove();
    });
    return monitored;
  }

  /** Starts a monitor's process, whatever becomes of it. */
  launch(env: Record<string, string | undefined> = {}): MonitorProcess {
    const all = {
      APP: "blog",
      API_URL: this.server?.url,
      SERVICE_ACCOUNT_FOLDER: this.account.folder,
      METRICS_PORT: "0",
      INTERVAL_SECONDS: "0.02",
      MAX_AGE_SECONDS: String(MAX_AGE_SECONDS),
      RESTORE_TEST_MAX_AGE_SECONDS: String(RESTORE_TEST_MAX_AGE_SECONDS),
      ...env,
    };
    const set = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
    const monitor = new MonitorProcess(this.program, Object.fromEntries(set) as Record<string, string>);
    this.monitors.push(monitor);
    return monitor;
  }

  /** A monitor that has seen what the API holds. */
  async start(env: Record<string, string | undefined> = {}): Promise<MonitorProcess> {
    const monitor = this.launch(env);
    await monitor.started();
    await this.api.seen();
    return monitor;
  }
}
