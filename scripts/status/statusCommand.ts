/** What `npm run status` does: looks at a deployed stack, and tells how it is. */
import type { KubeConfig } from "@kubernetes/client-node";
import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { parseArgs } from "node:util";
import { CERT_MANAGER_NAMESPACE } from "../../lib/certManagerValues";
import { clusterIdentity } from "../../local/kubeconfig";
import { UserError, type Step } from "../../local/steps";
import { findStack, type Found } from "./findStack";
import { gather, type NamespaceFacts } from "./gather";
import { stackStatus, usesEdge } from "./judge";
import { probe, type ProbeOptions } from "./probe";
import { statusReport } from "./report";
import type { StackOutputs } from "./stackOutputs";
import { canBeAsked } from "./urls";

const HELP = `npm run status -- <stack> [options]

Tells how a deployed stack is: whether the URLs of its apps answer, how long their certificates are good or why there are
none, whether pods and databases are ready, when they were backed up last and whether a backup could be restored as a test,
and the last error of what fails. It changes nothing.

  --json                     print it as JSON
  --resolve <host>=<address> ask that address for a host that does not resolve here; may be repeated
  --ca <file>                trust the certificate authorities in that file as well (PEM)
  --cwd <folder>             where Pulumi.yaml is; default: this repository
  --help                     this page

It ends with 0 when all is well, with 1 when something is not, and with 2 when it could not look.

The stack's outputs are read from the backend that you are logged in to, or from PULUMI_BACKEND_URL, with
PULUMI_CONFIG_PASSPHRASE_FILE (unless the backend is Pulumi Cloud); a cluster at DigitalOcean wants DIGITALOCEAN_TOKEN.
Unless PULUMI_BACKEND_URL is set, what "npm run up:local" and "npm run sandbox" have deployed here comes first.
`;

/** Where the Ingress controller is, for a stack whose outputs do not tell because the way in is another one's. */
const INGRESS_NAMESPACE = "ingress";

/** How the command ends. */
export interface Ended {
  /** 0: healthy. 1: not. 2: it could not look. */
  code: 0 | 1 | 2;
  out: string;
  err: string;
}

/** What the command stands on. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  /** Where Pulumi.yaml is, unless the arguments say otherwise. */
  folder: string;
  /** Tells of what takes its time; not on standard output, which may be JSON. */
  step: Step;
  /** Whether the report goes to a terminal. */
  colours?: boolean;
  /** Default: the stack's outputs, through the Pulumi CLI. */
  find?: (stack: string, folder: string) => Promise<Found>;
}

/** Runs the command. What a person can mend is in `err`, as a sentence. */
export async function statusCommand(args: string[], surroundings: Surroundings): Promise<Ended> {
  try {
    return await look(args, surroundings);
  } catch (error) {
    const { code, message } = error as Error & { code?: unknown };
    if (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS")) {
      return couldNot(`${message}. What there is: npm run status -- --help`);
    }
    if (error instanceof UserError) return couldNot(message);
    throw error;
  }
}

const couldNot = (sentence: string): Ended => ({ code: 2, out: "", err: `${sentence}\n` });

async function look(args: string[], surroundings: Surroundings): Promise<Ended> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      resolve: { type: "string", multiple: true, default: [] },
      ca: { type: "string" },
      cwd: { type: "string", default: surroundings.folder },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return { code: 0, out: HELP, err: "" };
  const [stack, ...more] = positionals;
  if (stack === undefined || more.length > 0) return couldNot("Name one stack: npm run status -- <stack>");
  const probing: ProbeOptions = {
    addresses: new Map(values.resolve.map(addressOf)),
    ...(values.ca === undefined ? {} : { authorities: readAuthorities(values.ca) }),
  };
  const { find = (name, folder) => findStack(name, folder, surroundings), step, colours = false } = surroundings;
  const { outputs, kubeconfig, place } = await find(stack, values.cwd);
  const apps = Object.entries(outputs.apps).map(([name, app]) => ({ name, ...app }));
  const urls = apps.flatMap((app) => app.urls).filter(canBeAsked);
  const [{ namespaces, edge }, answers] = await step(`Looking at ${stack}`, async () => {
    // First: a cluster that does not answer is told before anything else, and a login is made once.
    await clusterIdentity(kubeconfig);
    return Promise.all([inCluster(kubeconfig, outputs), Promise.all(urls.map((url) => probe(url, probing)))]);
  });
  const byUrl = new Map(answers.map((answer) => [answer.url, answer]));
  const status = stackStatus({ stack, place, apps, namespaces, edge, answers: byUrl, now: new Date() });
  const out = values.json ? `${JSON.stringify(status, null, 2)}\n` : statusReport(status, colours);
  return { code: status.healthy ? 0 : 1, out, err: "" };
}

async function inCluster(
  kubeconfig: KubeConfig,
  { apps, edge }: StackOutputs,
): Promise<{ namespaces: Map<string, NamespaceFacts>; edge: NamespaceFacts[] }> {
  const namespaces = await gather(
    kubeconfig,
    Object.values(apps).map(({ namespace }) => namespace),
  );
  const places = [edge?.namespace ?? INGRESS_NAMESPACE, CERT_MANAGER_NAMESPACE];
  const shared = [...namespaces.values()].some(usesEdge) ? places : [];
  return { namespaces, edge: [...(await gather(kubeconfig, shared)).values()] };
}

function addressOf(given: string): [host: string, address: string] {
  const [, host, address = ""] = /^([^=\s]+)=(.+)$/.exec(given) ?? [];
  if (host === undefined || isIP(address) === 0) {
    throw new UserError(`--resolve wants a host and an IP address, such as shop.example.com=10.0.0.7, not "${given}".`);
  }
  return [host, address];
}

function readAuthorities(file: string): string {
  const text = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (text === undefined) throw new UserError(`--ca: there is no file ${file}.`);
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw new UserError(`--ca: ${file} holds no certificate as PEM.`);
  return text;
}
