/**
 * What answers at the edge of a cluster, built from its Go modules once for the machine: Traefik, cert-manager, and
 * pebble, an ACME server for tests.
 */

import { join } from "node:path";
import { contentKey } from "../contentKey";
import { buildCommands, commandsAreBuilt, commandsFolder, type CommandSet, type GoBuild } from "../goBuild";

/** cert-manager's 1.11 is the last release whose commands are in its main module: those of later ones are not served. */
const CERT_MANAGER = ["acmesolver", "cainjector", "controller", "webhook"].map(
  (name) => `github.com/cert-manager/cert-manager/cmd/${name}`,
);

/** Their versions are in the go.mod files beside this one. */
const BUILDS: readonly { folder: string; packages: string[] }[] = [
  { folder: "pebble", packages: ["github.com/letsencrypt/pebble/v2/cmd/pebble"] },
  { folder: "cert-manager", packages: [...CERT_MANAGER, "./startupapicheck"] },
  { folder: "traefik", packages: ["github.com/traefik/traefik/v3/cmd/traefik"] },
];

const MODULES: readonly GoBuild[] = BUILDS.map(({ folder, packages }) => ({
  module: join(__dirname, folder),
  packages,
}));

/** Changes with what is built. */
export const edgeBinariesKey = (): string =>
  contentKey(
    MODULES.map(({ module }) => module),
    JSON.stringify(BUILDS),
  );

const binaries = (): CommandSet => ({ name: "edge", key: edgeBinariesKey(), builds: MODULES });

/** Path of a built command, by the name of its package's folder. */
export const edgeBinary = (name: string): string => join(commandsFolder(binaries()), name);

export const edgeBinariesAreBuilt = (): boolean => commandsAreBuilt(binaries());

/** Builds what is not built yet. Takes seven minutes on two cores the first time, Traefik five of them. */
export const buildEdgeBinaries = (go: string): Promise<void> => buildCommands(go, binaries());
