/** `npm run up:local`: the local stack, from source to a URL, on a cluster of one's own machine. */

import { existsSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { chooseCluster, type ClusterChoice } from "./clusterChoice";
import { diagnose, watchForTrouble } from "./diagnose";
import { OperationFailed } from "./engine/stack";
import { hints } from "./hints";
import { dockerCanPull, kindIsInstalled } from "./kind";
import { clusterIdentity, loadContext } from "./kubeconfig";
import { localApps, openLocalStack } from "./localStack";
import { installPackages, missingPackages } from "./node/node";
import { readyCluster, refuseMove, rememberedPlace, rememberPlace } from "./place";
import { runCommand } from "./runCommand";
import { stepPrinter, UserError } from "./steps";

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
    await providePackages(values.yes);
  }
  if (choice.kind === "context") {
    // Before anything is built: a wrong context or an unreachable cluster shows at once.
    await clusterIdentity(loadContext(choice.context));
  }

  const namespaces = localApps().map(({ name }) => name);
  const nodePorts = localApps().flatMap(({ nodePort }) => nodePort ?? []);
  const cluster = await readyCluster(choice, nodePorts, step);
  const kubeconfig = loadContext(cluster.place.context, cluster.place.kubeconfig);
  const identity = await clusterIdentity(kubeconfig);
  const { stack, plugins } = await openLocalStack(cluster, { step, note });
  try {
    const refresh = before?.identity !== undefined && before.identity !== identity;
    if (refresh) {
      note("The cluster is another one than last time: looking first at what is there.");
    }
    rememberPlace({ ...cluster.place, identity });
    note("Deploying:");
    const endWatch = watchForTrouble(kubeconfig, namespaces, note);
    const { outputs } = await stack.up({ onOutput: note, refresh }).finally(endWatch);
    const urls = Object.entries((outputs["urls"]?.value ?? {}) as Record<string, string>);
    for (const [app, url] of urls) {
      await step(`Waiting for ${app} to answer`, () => answers(url));
    }
    const width = Math.max(...urls.map(([app]) => app.length));
    process.stdout.write(`\nReady in ${Math.round((Date.now() - startMs) / 1000)} s. Open in a browser:\n\n`);
    process.stdout.write(urls.map(([app, url]) => `  ${app.padEnd(width)}  ${url}\n`).join(""));
    process.stdout.write("\nChange a source and run it again to roll it out; npm run down:local takes it all away.\n");
  } catch (error) {
    if (error instanceof OperationFailed) {
      const details = await diagnose(kubeconfig, namespaces);
      // Not from the apps' own logs: a word there may mean anything.
      const told = details.filter((line) => !line.startsWith("    |"));
      const advice = hints([error.message, ...error.errors.map(({ message }) => message), ...told]);
      throw new UserError([error.message, ...details, ...advice].join("\n"));
    }
    throw error;
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

async function providePackages(yes: boolean): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) {
    return;
  }
  note(`These Debian packages are needed and missing: ${missing.join(" ")}`);
  if (!yes) {
    if (!process.stdin.isTTY) {
      throw new UserError("Nobody is there to be asked. To have them installed: npm run up:local -- --yes");
    }
    const prompt = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await prompt.question("  Install them with apt-get? [y/N] ");
    prompt.close();
    if (!/^y(es)?$/i.test(answer.trim())) {
      throw new UserError("Nothing was installed and nothing was started.");
    }
  }
  await installPackages(missing, step);
}

/** Waits until the URL answers with a page: the node port opens a moment after the pods are ready. */
async function answers(url: string): Promise<void> {
  const endMs = Date.now() + 30_000;
  for (;;) {
    const status = await fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
      (response) => response.status,
      () => undefined,
    );
    if (status !== undefined && status < 500) {
      return;
    }
    if (Date.now() > endMs) {
      throw new UserError(`${url} does not answer${status === undefined ? "" : ` (status ${status})`}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

runCommand(main, "npm run up:local -- --help");
