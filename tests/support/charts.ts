import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments, stringify } from "yaml";
import type { EdgeImages } from "../../local/edge/edge";

/** Charts that take the public ones' values and can be had without a network; see the head of each one's Chart.yaml. */
const CHARTS = join(__dirname, "charts");

/** What is laid over a chart's default values. */
type Values = Readonly<Record<string, unknown>>;

const isValues = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** As helm merges values: maps into each other, and all else in place of what was there. */
const merged = (values: Values, over: Values): Values => ({
  ...values,
  ...Object.fromEntries(
    Object.entries(over).map(([key, value]) => {
      const before = values[key];
      return [key, isValues(before) && isValues(value) ? merged(before, value) : value];
    }),
  ),
});

function layChart(folder: string, name: string, over: readonly Values[]): string {
  const chart = join(folder, name);
  cpSync(join(CHARTS, name), chart, { recursive: true });
  const file = join(chart, "values.yaml");
  const defaults = parse(readFileSync(file, "utf8")) as Values;
  const values = over.reduce<Values>(merged, defaults);
  writeFileSync(file, stringify(values));
  return chart;
}

/** A reference in the pieces that charts take. */
function pieces(reference: string): { registry: string; repository: string; tag: string } {
  const [, registry = "", repository = "", tag = ""] = /^([^/]+)\/(.+):([^:]+)$/.exec(reference) ?? [];
  return { registry, repository, tag };
}

/** Paths of charts, as the stack's config takes them. */
export interface Charts {
  traefik: string;
  ingressNginx: string;
  certManager: string;
}

/**
 * Gives a solver's `class` a default wherever there is an `ingressClassName` beside it: cert-manager 1.11, which is what
 * the tests run, knows the one and not the other. What a program writes is kept as it is.
 */
function withSolverClass(crds: string, className: string): string {
  const descend = (schema: unknown): void => {
    if (Array.isArray(schema)) schema.forEach(descend);
    if (!isValues(schema)) return;
    const { class: old, ingressClassName } = schema;
    if (isValues(old) && isValues(ingressClassName)) Object.assign(old, { default: className });
    Object.values(schema).forEach(descend);
  };
  const documents = parseAllDocuments(crds).map((document) => document.toJS() as Values);
  documents.forEach(descend);
  // As the chart looks for the annotations: at the head of each one's metadata.
  return documents.map((document) => `---\n${stringify(document)}`).join("");
}

/** What a test may have otherwise than the charts have it. */
export interface ChartChanges {
  /** Laid over the default values of cert-manager's chart, such as `hostAliases`. */
  certManagerValues?: object;
  /** The Ingress class in which cert-manager answers an ACME server's question. */
  solverClass?: string;
}

/**
 * Lays copies of the tests' charts into a folder, with the node's own images for default values and cert-manager's
 * definitions of its kinds, which are too long to be kept in the repository.
 */
export function layCharts(
  folder: string,
  crds: string,
  images: EdgeImages,
  { certManagerValues = {}, solverClass }: ChartChanges = {},
): Charts {
  mkdirSync(folder, { recursive: true });
  const certManager = layChart(folder, "cert-manager", [
    {
      image: pieces(images["cert-manager-controller"]),
      webhook: { image: pieces(images["cert-manager-webhook"]) },
      cainjector: { image: pieces(images["cert-manager-cainjector"]) },
      acmesolver: { image: pieces(images["cert-manager-acmesolver"]) },
      startupapicheck: { image: pieces(images["cert-manager-startupapicheck"]) },
    },
    { ...certManagerValues },
  ]);
  mkdirSync(join(certManager, "files"));
  const definitions = solverClass === undefined ? crds : withSolverClass(crds, solverClass);
  writeFileSync(join(certManager, "files", "crds.yaml"), definitions);
  const traefik = pieces(images.traefik);
  const { repository: image, ...rest } = traefik;
  return {
    traefik: layChart(folder, "traefik", [{ image: traefik }]),
    // Its stand-in is Traefik's.
    ingressNginx: layChart(folder, "ingress-nginx", [{ controller: { image: { ...rest, image } } }]),
    certManager,
  };
}
