/** `npm run sandbox`: a stack for DigitalOcean, deployed on this machine against an emulated DigitalOcean. */

import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { appsOf, openCommittedStack } from "../committedStack";
import { deploy, urlLines } from "../deployment";
import { startCloudDaemon } from "../digitalocean/cloudDaemon";
import { loadContext } from "../kubeconfig";
import { startNode } from "../node/node";
import { providePackages } from "../packagesConsent";
import { runCommand } from "../runCommand";
import { stepPrinter, UserError } from "../steps";
import { HOME, isSandboxStack, rememberedStack, rememberStack, SANDBOX_STACKS } from "./home";

const HELP = `npm run sandbox [-- dev|prod] [--yes]

Deploys Pulumi.dev.yaml (default) or Pulumi.prod.yaml on this machine, as \`pulumi up\` would on DigitalOcean, with no
account and at no cost. It can be run again at any point; \`npm run sandbox:down\` takes it all away. Debian, as root.

Real:      the program, Pulumi's engine, Kubernetes, the registry, the images and what runs in them.
Emulated:  DigitalOcean's API (this project's own emulator: prices, limits and waiting times are made up or short),
           its load balancers (addresses of this machine) and volumes (folders). Whatever the stack asks for, there is
           one node. Where nothing can be downloaded, stand-ins take the place of Pulumi's provider plugins, and images
           made from Debian packages that of the official ones: MySQL is unstable's, and MariaDB where that cannot be
           installed; the command says so.

  --yes    install missing system packages without asking
  --help   this page
`;

/** Seconds that things take to be made: a small part of what they take at DigitalOcean. */
const PROVISIONING = { cluster: 5, node: 3, loadBalancer: 5, volume: 1, deletion: 2 };

const { step, note } = stepPrinter();

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { yes: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const [name = rememberedStack() ?? "dev"] = positionals;
  if (!isSandboxStack(name) || positionals.length > 1) {
    throw new UserError(
      `There is no sandbox for "${positionals.join(" ")}", only for ${SANDBOX_STACKS.join(" and ")}.`,
    );
  }
  const before = rememberedStack();
  if (before !== undefined && before !== name) {
    throw new UserError(`The sandbox holds the ${before} stack. Take it down first: npm run sandbox:down`);
  }
  const hidden = appsOf(name).find(({ expose = "ingress" }) => expose === "ingress");
  if (hidden !== undefined) {
    throw new UserError(
      `The app "${hidden.name}" is behind an Ingress, and the sandbox has no controller for it yet: the charts and images ` +
        "are those of public registries, and names lead nowhere here. For a trial set expose: loadBalancer in " +
        `Pulumi.${name}.yaml.`,
    );
  }
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) {
    throw new UserError("The sandbox builds a Kubernetes node from packages: it needs Debian and root.");
  }
  await providePackages(values.yes, "npm run sandbox", { step, note });
  const startMs = Date.now();
  rememberStack(name);
  const node = await startNode("sandbox", step);
  const cloud = await step("Starting the emulated DigitalOcean", () => startCloudDaemon(node, "sandbox", PROVISIONING));
  note(`Watch it in a browser: ${cloud.url}`);
  const { stack, plugins } = await openCommittedStack(name, HOME, cloud.ground, { step, note });
  try {
    const kubeconfig = loadContext(node.context, node.kubeconfig);
    const namespaces = appsOf(name).map((app) => app.name);
    const urls = await deploy({ stack, kubeconfig, namespaces }, { step, note });
    process.stdout.write(`
The ${name} stack is up, in ${Math.round((Date.now() - startMs) / 1000)} s. Open in a browser:

${urlLines([...urls, ["DigitalOcean (emulated)", cloud.url]])}
What is emulated and what is real: npm run sandbox -- --help. Away with it: npm run sandbox:down
`);
  } finally {
    plugins.stop();
  }
}

runCommand(main, "npm run sandbox -- --help");
