/** The texts of an app's chart that people read. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, objectYaml } from "../../../local/render/manifests";
import { ROOT } from "../../../local/render/program";
import type { ImageParts } from "./groups";
import type { ChartContext } from "./pods";

/** @param image Its default. */
export function chartYaml(app: string, stack: string, { tag, digest }: ImageParts): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  return objectYaml({
    apiVersion: "v2",
    name: app,
    description: `${app}, a Flask app, with all that it needs in its namespace; made of the stack "${stack}" of flask-doks`,
    type: "application",
    version,
    appVersion: tag === "" ? digest.replace("sha256:", "").slice(0, 12) : tag,
    // Pods wait before they end by a sleep of the kubelet's.
    kubeVersion: ">=1.30.0-0",
  });
}

const has = (objects: readonly Manifest[], kind: string, name?: string): boolean =>
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

export function readme(app: string, stack: string, objects: readonly Manifest[], context: ChartContext): string {
  const { given, generated } = context.secrets;
  const secrets = given.map((name) => ` --set secrets.${name}=…`).join("");
  const job = objects.find(({ kind }) => kind === "Job");
  return `# ${app}

Made by \`npm run render -- ${stack} --chart <folder>\`: the objects are those that the program makes of the stack
"${stack}", and change when it does. Do not edit them; choose in values.yaml.

\`\`\`
helm upgrade --install ${app} . --namespace ${app} --create-namespace${secrets}
\`\`\`

One release to a namespace, for the names within it are fixed. The pods keep to Pod Security "restricted", which the
namespace can be told to enforce:

\`\`\`
kubectl label namespace ${app} pod-security.kubernetes.io/enforce=restricted
\`\`\`

## Secrets

${given.length === 0 ? "None has to be given." : `To be given: ${given.map((name) => `\`${name}\``).join(", ")}, as \`secrets\` or in a Secret that \`existingSecret\` names.`}
${
  generated.length === 0
    ? ""
    : `Generated: ${generated.map(({ name }) => `\`${name}\``).join(", ")}.
The first install makes them, and each upgrade finds them in the cluster. Without a cluster to look into
(\`helm template\`, Argo CD) they would be others each time, so give them there as \`passwords\`.
`
}
## How it differs from what Pulumi deploys

- Objects have fixed names and can change in place; pods are rolled by a checksum of what they read.
${
  job === undefined
    ? ""
    : `- A migration runs beside the first install, and again until the database is there. Before each upgrade it runs as a hook,
  with the variables of the release before: when it fails, nothing is rolled.
`
}- With an autoscaler, the Deployment says no number of pods.
- An image that the stack builds is named by its tag, for its digest is known only after the push.

## Not in it

The namespace, the login to the registry (\`imagePullSecrets\`), the Ingress controller, cert-manager and certificates,
DNS records, all that is at DigitalOcean, backups and their tests, changes of passwords, and moves between databases.
`;
}
