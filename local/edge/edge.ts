/**
 * Real software for the edge of a node's cluster, for tests: Traefik as Ingress controller, cert-manager, and pebble to
 * ask for certificates. What the public charts install stands behind the names of these images.
 */

import { nodeSettings, type NodeName } from "../node/settings";
import type { Step } from "../steps";
import { buildEdgeImages, edgeImages, importEdgeImages, type EdgeImages } from "./images";

export type { EdgeImage, EdgeImages } from "./images";
export { certManagerCrds, pebbleCertificates } from "./modules";

/** Makes the images be on a running node, and gives their references. The first time takes minutes. */
export async function provideEdge(name: NodeName, step: Step): Promise<EdgeImages> {
  const node = nodeSettings(name);
  await buildEdgeImages(node, step);
  await step("Loading the images of Traefik, cert-manager and pebble", () => importEdgeImages(node));
  return edgeImages();
}
