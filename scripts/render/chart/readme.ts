/** The README of an app's chart. */
import type { Manifest } from "../../../local/render/manifests";
import { has } from "./documents";
import type { ChartContext } from "./pods";

/** What the README is of. */
export interface ReadmeOf {
  app: string;
  stack: string;
  objects: readonly Manifest[];
  context: ChartContext;
  /** What installs the chart from a folder. */
  install: (folder: string) => string;
}

export function readme({ app, stack, objects, context, install }: ReadmeOf): string {
  const { given, generated } = context.secrets;
  const migrates = has(objects, "Job");
  return `# ${app}

Made by \`npm run render -- ${stack} --chart <folder>\`: the objects are those that the program makes of the stack
"${stack}", and change when it does.

\`\`\`
${install(".")}
\`\`\`

What you choose goes into a file of your own outside of this folder, given as \`-f my-values.yaml\`; values.yaml says what there
is. The command that made this folder writes it anew each time, and refuses to once a file in it was changed by hand.

The chart's \`version\` is the program's, and may stay the same from one time to the next; \`appVersion\` is the tag or the
digest of the app's image.

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
}${migrates ? migrations() : ""}
## When it is uninstalled

${uninstalled(app, objects, context)}
## How it differs from what Pulumi deploys

- Objects have fixed names and can change in place; pods are rolled by a checksum of what they read.
${migrates ? "- A migration does not go before the pods, but beside them, and so may take longer.\n" : ""}\
- With an autoscaler, the Deployment says no number of pods.
- An image that the stack builds is named by its tag, for its digest is known only after the push.
${has(objects, "Service", `${app}-public`) ? "- The load balancer has no name of its own, for each install is to have another one.\n" : ""}\

## Not in it

The namespace, the login to the registry (\`imagePullSecrets\`), the Ingress controller, cert-manager and certificates,
DNS records, all that is at DigitalOcean, backups and their tests, changes of passwords, and moves between databases.
`;
}

const migrations = (): string => `
## Migrations

Each install and upgrade has a Job that migrates the database, made together with all else and retried until the database
is there. Meanwhile the old pods serve on: a new one gets requests when its readiness check is answered with 200, which an
app has to put off until its database is migrated. When the migration fails, no new pod becomes ready, the old ones stay,
and with \`--wait-for-jobs\` the command ends with an error. The next upgrade runs it again. A rollback runs the
one of the older release.

Where Helm only renders (Argo CD), another image or other values make another Job, and the one before is to be pruned. One
that has failed is run again when it is deleted and synced.
`;

function uninstalled(app: string, objects: readonly Manifest[], { kept, secrets }: ChartContext): string {
  const claims = objects
    .filter(({ kind }) => kind === "PersistentVolumeClaim")
    .map(({ metadata }) => metadata.name ?? "");
  if (claims.length === 0) return "All of it goes. The namespace stays, and what you have made in it.\n";
  const names = claims.map((name) => `\`${name}\``).join(", ");
  if (!claims.some((name) => kept.has(name))) {
    return `All of it goes, ${names} and the data in it too: the stack's \`dataPolicy\` is \`delete\`. Before, take a copy of what
you want to keep. The namespace stays, and what you have made in it.
`;
  }
  return `${names} stays, with the data in it: the stack's \`dataPolicy\` is \`retain\` (\`helm.sh/resource-policy: keep\`). All
else goes, the Secrets with the generated passwords too. A new install of the same name in the same namespace takes the volume over:
${secrets.generated.some(({ key }) => key === "root-password") ? "the database starts with the new passwords, and finds its data. " : ""}Sessions end, for \`SECRET_KEY\` is a new one.

To be rid of the data as well: \`kubectl -n ${app} delete pvc ${claims.join(" ")}\`. To delete the namespace deletes it too.
`;
}
