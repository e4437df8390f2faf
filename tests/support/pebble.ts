/** A real ACME server, outside of the cluster as Let's Encrypt is. It asks back at the load balancers of the emulated cloud. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { edgeBinary } from "../../local/edge/binaries";
import { createAuthority, createCertificate } from "../../local/node/certificates";
import { eventually } from "./cluster";
import { askSecurely } from "./secureClient";
import { ended, said } from "./serverProcess";

export interface PebbleOptions {
  /** Where it listens: pods must reach it. */
  address: string;
  /** host:port of the name server that it asks for the names that it is to vouch for. */
  nameServer: string;
  /** How long its certificates are good, in seconds. */
  validitySeconds: number;
  /** Domain that it refuses to vouch for. Of two labels at most: asked for a shorter name than that, it would crash. */
  refused: string;
}

const PORT = 14000;
const MANAGEMENT_PORT = 15000;
const NAME = "pebble";

export class Pebble {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly address: string,
    /** Certificate in PEM that signs its own, of the API: not the one that it issues with. */
    readonly authority: string,
  ) {}

  static async start({ address, nameServer, validitySeconds, refused }: PebbleOptions): Promise<Pebble> {
    const folder = mkdtempSync(join(tmpdir(), "flask-doks-pebble-"));
    await createAuthority(folder, "ca", "Pebble's own authority");
    await createCertificate(folder, {
      file: NAME,
      subject: `/CN=${NAME}`,
      authority: "ca",
      reachedBy: [NAME, address],
    });
    const config = join(folder, "pebble.json");
    writeFileSync(
      config,
      JSON.stringify({
        pebble: {
          listenAddress: `${address}:${PORT}`,
          managementListenAddress: `${address}:${MANAGEMENT_PORT}`,
          certificate: join(folder, `${NAME}.crt`),
          privateKey: join(folder, `${NAME}.key`),
          httpPort: 80,
          tlsPort: 443,
          ocspResponderURL: "",
          externalAccountBindingRequired: false,
          domainBlocklist: [refused],
          retryAfter: { authz: 1, order: 1 },
          keyAlgorithm: "ecdsa",
          profiles: { default: { description: "short", validityPeriod: validitySeconds, refused } },
        },
      }),
    );
    const env = { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0", PEBBLE_AUTHZREUSE: "0" };
    const args = ["-config", config, "-dnsserver", nameServer];
    const child = spawn(edgeBinary("pebble"), args, { env, stdio: ["ignore", "pipe", "pipe"] });
    await said(child, "pebble", /Listening on: /);
    const pebble = new Pebble(child, folder, address, readFileSync(join(folder, "ca.crt"), "utf8"));
    // It says so before it listens, and another one may be there.
    const answers = () => pebble.root().then(() => "", String);
    await eventually("pebble's root certificate", 10, answers, (trouble) => trouble === "");
    return pebble;
  }

  /** What an ACME client is told. */
  get directory(): string {
    return `https://${this.address}:${PORT}/dir`;
  }

  /** Certificate in PEM of the authority that it issues with: who trusts it trusts what it issues. */
  async root(): Promise<string> {
    const url = `https://${this.address}:${MANAGEMENT_PORT}/roots/0`;
    return (await askSecurely(url, { address: this.address, authorities: this.authority })).text;
  }

  /** Ends it, and forgets all that it issued. */
  async stop(): Promise<void> {
    await ended(this.child);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
