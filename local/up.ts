/** `npm run up:local`: the local stack, from source to a URL, on a cluster of one's own machine. */

import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { chooseCluster, type ClusterChoice } from "./clusterChoice";
import { appsOf, openCommittedStack } from "./committedStack";
import { deploy, urlLines } from "./deployment";
import { dockerCanPull, kindIsInstalled } from "./kind";
import { clusterIdentity, loadContext } from "./kubeconfig";
import { providePackages } from "./packagesConsent";
import { HOME, readyCluster, refuseMove, rememberedPlace, rememberPlace } from "./place";
import { runCommand } from "./runCommand";
import { stepPrinter } from "./steps";

const HELP = `npm run up:local [-- options]

Builds the apps of Pulumi.local.yaml, deploys them with their databases, and prints where they answer.
It can be run again at any point: it goes on from where things are. \`npm run down:local\` takes it all away.

Where to:
  --context <name>   the cluster of that context of your kubeconfig; needs --registry
  --registry <host>  the registry for it, such as ghcr.io/my-team; the login, when it wants one, comes
                     from the environment: REGISTRY_USERNAME and REGISTRY_PASSWORD
  (neither)          kind, where Docker runs and can pull and kind is installed; otherwise, on Debian
                     as root, a one-node Kubernetes built from packages, in a network of its own

  --yes              install missing system packages without asking
  --help             this page

Nothing is sent anywhere: no account, no login, no passphrase. State is kept in .local/ beside the project.
`;

const { step, note } = stepPrinter();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      context: { type: "string" },
      registry: { type: "string" },
      yes: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const startMs = Date.now();
  const choice = await choose(values);
  note(`Cluster: ${label(choice)}: ${choice.why}.`);
  const before = rememberedPlace();
  refuseMove(before, choice);
  if (choice.kind === "node") {
    await providePackages(values.yes, "npm run up:local", { step, note });
  }
  if (choice.kind === "context") {
    // Before anything is built: a wrong context or an unreachable cluster shows at once.
    await clusterIdentity(loadContext(choice.context));
  }

  const apps = appsOf("local");
  const nodePorts = apps.flatMap(({ nodePort }) => nodePort ?? []);
  const cluster = await readyCluster(choice, nodePorts, step);
  const kubeconfig = loadContext(cluster.place.context, cluster.place.kubeconfig);
  const identity = await clusterIdentity(kubeconfig);
  const { stack, plugins } = await openCommittedStack("local", HOME, cluster, { step, note });
  try {
    const refresh = before?.identity !== undefined && before.identity !== identity;
    if (refresh) {
      note("The cluster is another one than last time: looking first at what is there.");
    }
    rememberPlace({ ...cluster.place, identity });
    const namespaces = apps.map(({ name }) => name);
    const urls = await deploy({ stack, kubeconfig, namespaces, refresh }, { step, note });
    process.stdout.write(`\nReady in ${Math.round((Date.now() - startMs) / 1000)} s. Open in a browser:\n\n`);
    process.stdout.write(urlLines(urls));
    process.stdout.write("\nChange a source and run it again to roll it out; npm run down:local takes it all away.\n");
  } finally {
    plugins.stop();
  }
}

const label = (choice: ClusterChoice): string =>
  ({
    context: `the context ${choice.kind === "context" ? choice.context : ""}`,
    kind: "kind",
    node: "a node from packages",
  })[choice.kind];

async function choose({
  context,
  registry,
}: {
  context?: string | undefined;
  registry?: string | undefined;
}): Promise<ClusterChoice> {
  const named = context !== undefined;
  return chooseCluster({
    context,
    registry,
    docker: named ? "not asked" : await step("Looking for Docker", dockerCanPull),
    kind: named ? false : await kindIsInstalled(),
    platform: process.platform,
    root: process.getuid?.() === 0,
    debian: existsSync("/etc/debian_version"),
  });
}

runCommand(main, "npm run up:local -- --help");
