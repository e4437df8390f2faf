/** What a stack has at DigitalOcean and nothing else: clusters with nothing behind them, on an account of their own. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { attempt } from "../../local/command";
import type { ClusterBackend } from "../../local/digitalocean/contract";
import { Emulator } from "../../local/digitalocean/emulator";

const ROOT = join(__dirname, "..", "..");

export const TOKEN = "dop_v1_of_the_recovery_suite";
const VERSION = "1.35.1-do.0";

/** What is asked of DigitalOcean is all that counts. */
const backend: ClusterBackend = {
  capacity: 3,
  create: () => Promise.resolve({ endpoint: "https://127.0.0.1:1", certificateAuthority: "" }),
  issueToken: () => Promise.resolve({ token: "nothing", revoke: () => Promise.resolve() }),
  delete: () => Promise.resolve(),
};

export const bareAccount = (options: Partial<Parameters<typeof Emulator.start>[0]> = {}): Promise<Emulator> =>
  Emulator.start({
    address: "127.0.0.1",
    port: 0,
    tokens: [TOKEN],
    backend,
    loadBalancerAddresses: [],
    versions: [VERSION],
    ...options,
  });

/** All kinds that are found by name, in a component, in the order in which they must be created. */
export const bareProgram = (stack: string, protect: boolean) => async (): Promise<Record<string, unknown>> => {
  const parent = new pulumi.ComponentResource("flask-doks:test:Environment", "environment");
  const name = `flask-doks-${stack}`;
  const region = "fra1";
  const vpc = new digitalocean.Vpc("vpc", { name, region, ipRange: "10.20.0.0/20" }, { parent });
  const registry = new digitalocean.ContainerRegistry(
    "registry",
    { name, region, subscriptionTierSlug: "basic" },
    { parent, dependsOn: vpc },
  );
  const domain = new digitalocean.Domain("domain", { name: `${stack}.example.com` }, { parent, dependsOn: registry });
  const record = new digitalocean.DnsRecord(
    "record",
    { domain: domain.name, type: "A", name: "www", value: "192.0.2.1", ttl: 300 },
    { parent },
  );
  const cluster = new digitalocean.KubernetesCluster(
    "cluster",
    {
      name,
      region,
      version: VERSION,
      ha: false,
      vpcUuid: vpc.id,
      tags: [name],
      destroyAllAssociatedResources: !protect,
      kubeconfigExpireSeconds: 3600,
      nodePool: { name: "default", size: "s-1vcpu-2gb", nodeCount: 1, tags: [name] },
    },
    { parent, protect, dependsOn: record, additionalSecretOutputs: ["kubeConfigs"] },
  );
  return Promise.resolve({ cluster: cluster.id, endpoint: cluster.endpoint });
};

/** Runs `npm run recover` on a stack that is kept in `home`; gives the lines that it prints. */
export async function recoverLines(
  stack: string,
  { home, env, protect = true }: { home: string; env: Record<string, string>; protect?: boolean },
  ...args: string[]
): Promise<string[]> {
  const folder = join(home, "program");
  if (!existsSync(folder)) mkdirSync(folder);
  writeFileSync(join(folder, "Pulumi.yaml"), "name: flask-doks\nruntime: nodejs\n");
  const program = `require(${JSON.stringify(__filename)}).bareProgram(${JSON.stringify(stack)}, ${String(protect)})`;
  writeFileSync(join(folder, "index.ts"), `export = ${program};\ndeclare const require: (path: string) => any;\n`);
  const script = ["--import", "tsx", join(ROOT, "scripts", "recover.ts"), stack, "--cwd", folder, ...args];
  const backend = {
    PULUMI_BACKEND_URL: `file://${join(home, "state")}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: join(home, "passphrase"),
  };
  const { stdout, stderr } = await attempt(process.execPath, script, { cwd: ROOT, env: { ...env, ...backend } });
  return `${stdout}${stderr}`.trim().split(/\s*\n\s*/);
}

/** What it says last when it was told `--yes`. */
export const WRITTEN =
  'The state is written. Look at "pulumi preview --diff", then go on with "pulumi up", which reads anew what was touched.';
