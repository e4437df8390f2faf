/** A server that answers with the address that the request came from: its image, and what it says. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../local/command";
import type { RunningNode } from "../../local/node/node";
import { eventually } from "./cluster";
import type { EmulatedCluster } from "./emulatedCluster";

const SERVER = `
from http.server import BaseHTTPRequestHandler, HTTPServer
class Echo(BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.client_address[0].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
HTTPServer(("", 8080), Echo).serve_forever()
`;
const REGISTRY = "flask-doks-test";
export const REPOSITORY = `${REGISTRY}/echo`;
export const IMAGE = `registry.digitalocean.com/${REPOSITORY}:1`;

/** The server's image in a node's Docker engine. */
export class EchoImage {
  private readonly folder = mkdtempSync(join(tmpdir(), "flask-doks-echo-"));

  private constructor(private readonly node: RunningNode) {}

  static async build(node: RunningNode): Promise<EchoImage> {
    const image = new EchoImage(node);
    const { folder } = image;
    writeFileSync(join(folder, "echo.py"), SERVER);
    const lines = [`FROM ${node.images.python}`, "COPY echo.py /echo.py", 'CMD ["python3", "/echo.py"]'];
    writeFileSync(join(folder, "Dockerfile"), lines.join("\n"));
    await image.docker("build", "--quiet", "-t", IMAGE, folder);
    return image;
  }

  /** Pushes it with a login as Docker's config has it. */
  async push(login: string): Promise<void> {
    const config = join(this.folder, "login");
    mkdirSync(config);
    try {
      writeFileSync(join(config, "config.json"), login);
      await this.docker("--config", config, "push", "--quiet", IMAGE);
    } finally {
      rmSync(config, { recursive: true });
    }
  }

  /** Removes what was written to build it. */
  dispose(): void {
    rmSync(this.folder, { recursive: true });
  }

  private async docker(...args: string[]): Promise<void> {
    const env = { DOCKER_HOST: this.node.dockerHost, DOCKER_BUILDKIT: "0", DOCKER_CONTEXT: undefined };
    await run("docker", args, { env });
  }
}

/** Gives the account a registry to push to. */
export async function createRegistry({ api }: EmulatedCluster): Promise<void> {
  await api.request("POST", "/v2/registry", { name: REGISTRY, subscription_tier_slug: "basic", region: "fra1" });
}

/** What the server answers at an address; why it does not where it does not. */
export const ask = (address: string, port = 80): Promise<string> =>
  fetch(`http://${address}:${port}/`, { headers: { Connection: "close" }, signal: AbortSignal.timeout(1_500) }).then(
    (answer) => answer.text(),
    (error: unknown) => `no answer: ${(error as Error).name}`,
  );

/** What it answers there as soon as it does. */
export const answers = (address: string, port = 80): Promise<string> =>
  eventually(
    `an answer at ${address}`,
    20,
    () => ask(address, port),
    (text) => !text.startsWith("no answer"),
  );

/** Returns once it does not answer there any more. */
export const silent = (address: string): Promise<string> =>
  eventually(
    `no answer at ${address}`,
    20,
    () => ask(address),
    (text) => text.startsWith("no answer"),
  );
