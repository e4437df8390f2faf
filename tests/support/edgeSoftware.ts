/** What a stack is to be told so that its way in comes from this machine: charts, and images that the node has. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certManagerCrds, provideEdge } from "../../local/edge/edge";
import type { JsonObject } from "../../local/engine/stack";
import { goToolchain } from "../../local/go";
import type { NodeName } from "../../local/node/node";
import { stepPrinter } from "../../local/steps";
import { layCharts, type ChartChanges, type Charts } from "./charts";

export interface EdgeSoftware {
  charts: Charts;
  /** For the config's `images`. */
  images: JsonObject;
  /** Throws the laid charts away. */
  strike: () => void;
}

/** Builds what is missing, loads it into the node, and lays the charts. */
export async function edgeSoftware(node: NodeName, changes: ChartChanges = {}): Promise<EdgeSoftware> {
  const { step } = stepPrinter();
  const images = await provideEdge(node, step);
  const crds = await certManagerCrds(await goToolchain(step));
  const folder = mkdtempSync(join(tmpdir(), "flask-doks-edge-"));
  // cert-manager 1.11 knows a solver's class by its older name only.
  const charts = layCharts(folder, crds, images, { solverClass: "public", ...changes });
  return {
    charts,
    images: {
      traefik: images.traefik,
      // Its stand-in is Traefik's binary, with the arguments that follow from ingress-nginx's values.
      ingressNginx: images.traefik,
      ingressNginxCertgen: images.traefik,
      certManager: {
        controller: images["cert-manager-controller"],
        webhook: images["cert-manager-webhook"],
        cainjector: images["cert-manager-cainjector"],
        acmesolver: images["cert-manager-acmesolver"],
        startupapicheck: images["cert-manager-startupapicheck"],
      },
    },
    strike: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
