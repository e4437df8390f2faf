/** Chart.yaml, and the texts of an app's chart that people see when they install it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, objectYaml } from "../../../local/render/manifests";
import { ROOT } from "../../../local/render/program";
import type { Group, ImageParts } from "./groups";
import { madeFiles } from "./made";

/**
 * @param image Its default.
 * @param files The other files of the chart, by path.
 */
export function chartYaml(
  app: string,
  stack: string,
  { tag, digest }: ImageParts,
  files: Readonly<Record<string, string>>,
): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  return objectYaml({
    apiVersion: "v2",
    name: app,
    description: `${app}, a Flask app, with all that it needs in its namespace; made of the stack "${stack}" of flask-doks`,
    type: "application",
    version,
    appVersion: tag === "" ? digest : tag,
    annotations: madeFiles(files),
    // Pods wait before they end by a sleep of the kubelet's.
    kubeVersion: ">=1.30.0-0",
  });
}

/** Whether there is an object of that kind. */
export const has = (objects: readonly Manifest[], kind: string, name?: string): boolean =>
  objects.some((object) => object.kind === kind && (name === undefined || object.metadata.name === name));

export function notes(app: string, objects: readonly Manifest[]): string {
  const wayIn = has(objects, "Ingress")
    ? [`${app} answers at {{ join ", " .Values.ingress.hosts }}, once these names lead to the Ingress controller.`]
    : has(objects, "Service", `${app}-public`)
      ? [`Where ${app} answers: kubectl -n {{ .Release.Namespace }} get service ${app}-public`]
      : [`${app} answers at a port of every node: kubectl -n {{ .Release.Namespace }} get service ${app}`];
  return [...wayIn, `Whether it runs: kubectl -n {{ .Release.Namespace }} rollout status deployment/${app}`, ""].join(
    "\n",
  );
}

/** What installs a chart from a folder, with a place for each value that has to be given. */
export function installCommand(
  app: string,
  folder: string,
  groups: readonly Group[],
  objects: readonly Manifest[],
): string {
  const given = groups.flatMap(({ key, required = [] }) => required.map((name) => ` --set ${key}.${name}=…`));
  const migrated = has(objects, "Job") ? " --wait --wait-for-jobs" : "";
  return `helm upgrade --install ${app} ${folder} --namespace ${app} --create-namespace${migrated}${given.join("")}`;
}
