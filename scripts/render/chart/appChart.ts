/** The Helm chart of one app of a stack, made of its objects as the program makes them. */
import type { Manifest } from "../../../local/render/manifests";
import type { RenderedStack } from "../../../local/render/renderStack";
import { objectsOf, partOf } from "./appObjects";
import { chartYaml, installCommand, notes } from "./documents";
import { Expressions } from "./expression";
import { defaultImage, type Group, groupsOf } from "./groups";
import type { ChartContext } from "./pods";
import { readme } from "./readme";
import { type ChartSecrets, secretsOf } from "./secrets";
import { templateOf } from "./templates";
import { valuesSchema, valuesYaml } from "./values";

/** Files of `templates/` for kinds of which one object says little: the others are with the part that they belong to. */
const FILES: Record<string, string> = {
  ConfigMap: "config.yaml",
  // Together: a password may be in two of them.
  Secret: "secrets.yaml",
  NetworkPolicy: "networkpolicies.yaml",
};

const FILES_OF_PARTS: Record<string, string> = {
  database: "mysql.yaml",
  cache: "redis.yaml",
  "cache-replica": "redis.yaml",
};

function fileOf(object: Manifest): string {
  const part = partOf(object) ?? "";
  return FILES[object.kind] ?? FILES_OF_PARTS[part] ?? `${part}.yaml`;
}

/** A chart. */
export interface AppChart {
  /** Texts of its files, by path. */
  files: Record<string, string>;
  /** The command that installs it from a folder, with what has no default left to be filled in. */
  install: (folder: string) => string;
}

/**
 * @param stack Its name, for the texts.
 * @param rendered Rendered with what is unknown and secret told apart.
 */
export function appChart(app: string, stack: string, rendered: RenderedStack): AppChart {
  const objects = withoutMadeUpNames(objectsOf(app, rendered.objects), rendered);
  const context = contextOf(app, objects, rendered);
  const groups = groupsOf(objects, context, rendered);
  const heads: Record<string, string> = {
    "secrets.yaml": generatedSecrets(app, context.secrets),
    "config.yaml": requiredVariables(groups),
  };
  const templates: Record<string, string> = {};
  for (const object of objects) {
    const file = fileOf(object);
    const before = templates[`templates/${file}`];
    const text = conditional(object, templateOf(object, context));
    templates[`templates/${file}`] = before === undefined ? `${heads[file] ?? ""}${text}` : `${before}---\n${text}`;
  }
  const install = (folder: string) => installCommand(app, folder, groups, objects);
  const files = {
    "values.yaml": valuesYaml(app, groups),
    "values.schema.json": valuesSchema(app, groups),
    "README.md": readme({ app, stack, objects, context, install }),
    "templates/_names.tpl": namedTemplates(app),
    "templates/NOTES.txt": notes(app, objects),
    ...templates,
  };
  return { files: { "Chart.yaml": chartYaml(app, stack, defaultImage(context, rendered), files), ...files }, install };
}

/** The engine makes a new name for new content. A chart has one name, and rolls the pods by a checksum. */
function withoutMadeUpNames(objects: Manifest[], { resources }: RenderedStack): Manifest[] {
  const names = new Map(objects.map(({ metadata: { name = "" } }) => [name, name.replace(/-0{8}$/, "")]));
  const own = new Set(resources.map(({ name }) => name));
  const renamed = (value: unknown): unknown => {
    if (typeof value === "string") {
      const name = names.get(value);
      return name !== undefined && own.has(name) ? name : value;
    }
    if (Array.isArray(value)) return value.map(renamed);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, renamed(inner)]));
  };
  return renamed(objects) as Manifest[];
}

interface AppContainer {
  image: string;
  resources: unknown;
  envFrom: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
}

function contextOf(app: string, objects: Manifest[], { resources }: RenderedStack): ChartContext {
  const deployment = objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === app);
  const spec = deployment?.["spec"] as { template: { spec: { containers: AppContainer[] } } } | undefined;
  const [container] = spec?.template.spec.containers ?? [];
  if (container === undefined) throw new Error(`${app} has no pods`);
  const from = (kind: "configMapRef" | "secretRef") =>
    container.envFrom.find((each) => each[kind] !== undefined)?.[kind]?.name ?? "";
  const secretName = from("secretRef");
  const kept = resources
    .filter(({ retainOnDelete }) => retainOnDelete)
    .map(({ inputs }) => inputs as Partial<Manifest>);
  return {
    app,
    image: container.image,
    resources: container.resources,
    configName: from("configMapRef"),
    secretName,
    secrets: secretsOf(objects, secretName, resources),
    ingress: objects.some(({ kind }) => kind === "Ingress"),
    autoscaled: objects.some(({ kind }) => kind === "HorizontalPodAutoscaler"),
    kept: new Set(kept.map(({ metadata }) => metadata?.name ?? "")),
    expressions: new Expressions(),
  };
}

/** An autoscaler is there only where there is something to decide. */
const conditional = ({ kind }: Manifest, text: string): string =>
  kind === "HorizontalPodAutoscaler"
    ? `{{- if gt (int .Values.replicas.max) (int .Values.replicas.min) }}\n${text}{{- end }}\n`
    : text;

const namedTemplates = (app: string): string => `{{/* The app's image, by its digest where that is known. */}}
{{- define "${app}.image" -}}
{{- with .Values.image -}}
{{- if not (or .tag .digest) }}{{ fail "image: give its tag or its digest" }}{{ end -}}
{{ .repository }}{{ with .tag }}:{{ . }}{{ end }}{{ with .digest }}@{{ . }}{{ end }}
{{- end -}}
{{- end }}

{{/* A password: as given, or as an install before has made it, or a new one. */}}
{{- define "${app}.password" -}}
{{- $data := default dict (lookup "v1" "Secret" .namespace .secret).data -}}
{{- if .given }}{{ .given }}{{ else if hasKey $data .key }}{{ index $data .key | b64dec }}{{ else }}{{ randAlphaNum .length }}{{ end -}}
{{- end }}
`;

const generatedSecrets = (app: string, { generated }: ChartSecrets): string =>
  generated
    .map(
      ({ name, secret, key, length }) =>
        `{{- $${name} := include "${app}.password" (dict "namespace" .Release.Namespace "secret" "${secret}" "key" "${key}" "given" .Values.passwords.${name} "length" ${length}) }}\n`,
    )
    .join("");

/** What the stack cannot know, such as the host of a database elsewhere. */
const requiredVariables = (groups: readonly Group[]): string =>
  groups
    .filter(({ key }) => key === "env")
    .flatMap(({ required = [] }) => required.map((name) => `env.${name}`))
    .map((path) => `{{- $_ := required "${path}: give it" .Values.${path} }}\n`)
    .join("");
