/** The templates of an app's chart: its objects as the program makes them, with expressions where values go. */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Manifest } from "../../../local/render/manifests";
import { KNOWN_AFTER } from "../../../local/render/masked";
import { partOf } from "./appObjects";
import { type Expressions, indented } from "./expression";
import { type ChartContext, podOf, withChecksums } from "./pods";
import { entriesOf, GENERATION, GENERATION_KEY, isGiven } from "./secrets";

type Json = Record<string, unknown>;

/**
 * Retries of a migration that a new database makes wait, in place of the order in which the program makes things, and the
 * seconds that Kubernetes lets pass between them: 10, 20, 40 and so on.
 */
const MIGRATION_RETRIES = 6;
export const MIGRATION_WAIT_SECONDS = 630;

/** Tells an app whether cookies are for HTTPS alone, which behind an Ingress is the chart's user's to decide. */
export const SECURE = "COOKIE_SECURE";

/** What values.yaml calls the part that an object belongs to. */
export const groupOf = (object: Manifest): string => (partOf(object) === "database" ? "mysql" : "redis");

/** An object as a template, with the lines around it. */
export function templateOf(object: Manifest, context: ChartContext): string {
  const { expressions } = context;
  const templated = (OF_KIND[object.kind] ?? same)(withMetadata(object, context), context) as Manifest;
  const text = expressions.print(withHelmLabels(templated, expressions));
  if (text.includes(KNOWN_AFTER)) {
    throw new Error(`${object.kind} ${object.metadata.name ?? ""} has a value that its chart knows no place for`);
  }
  return text;
}

function withMetadata(object: Manifest, { kept, expressions }: ChartContext): Manifest {
  const { metadata } = object;
  const annotations = Object.fromEntries(
    Object.entries(metadata.annotations ?? {}).filter(([name]) => !name.startsWith("pulumi.com/")),
  );
  if (kept.has(metadata.name ?? "") && object.kind === "PersistentVolumeClaim") {
    annotations["helm.sh/resource-policy"] = "keep";
  }
  const without = (group: object, ...fields: string[]) =>
    Object.fromEntries(Object.entries(group).filter(([field]) => !fields.includes(field)));
  return {
    ...(without(object, "immutable") as Manifest),
    metadata: {
      ...without(metadata, "annotations"),
      namespace: expressions.value("{{ .Release.Namespace | quote }}"),
      labels: {
        ...metadata.labels,
        "helm.sh/chart": expressions.value('"{{ .Chart.Name }}-{{ .Chart.Version }}"'),
        "app.kubernetes.io/instance": expressions.value("{{ .Release.Name | quote }}"),
      },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
  };
}

/** Wherever labels say who manages an object. */
function withHelmLabels<T>(value: T, expressions: Expressions): T {
  if (Array.isArray(value)) return value.map((inner: unknown) => withHelmLabels(inner, expressions)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "app.kubernetes.io/managed-by"
        ? expressions.value("{{ .Release.Service }}")
        : withHelmLabels(inner as unknown, expressions),
    ]),
  ) as T;
}

const same = (object: Manifest): Manifest => object;

type Template = (object: Manifest, context: ChartContext) => Json;

const OF_KIND: Record<string, Template> = {
  ConfigMap: (object, { configName, ingress, expressions }) =>
    object.metadata.name === configName
      ? {
          ...object,
          data: expressions.block((pad) => [
            `${pad}data:`,
            ...(ingress
              ? [
                  `${pad}  {{- if not (hasKey .Values.env "${SECURE}") }}`,
                  `${pad}  ${SECURE}: {{ not (empty .Values.ingress.tlsSecret) | quote }}`,
                  `${pad}  {{- end }}`,
                ]
              : []),
            `${pad}  {{- range $name, $value := .Values.env }}`,
            `${pad}  {{ $name | quote }}: {{ $value | quote }}`,
            `${pad}  {{- end }}`,
          ]),
        }
      : { ...object },
  Secret: (object, { secrets, expressions }) => ({
    ...object,
    stringData: Object.fromEntries([
      ...entriesOf(object).map(([key, value]) => {
        const generated = secrets.generated.find(({ mark }) => mark === value);
        if (generated !== undefined) return [key, expressions.value(`{{ $${generated.name} | quote }}`)];
        if (!isGiven(value)) return [key, value];
        return [
          key,
          expressions.block((pad) => [
            `${pad}{{- if not .Values.existingSecret }}`,
            `${pad}${key}: {{ required "secrets.${key}: give it, or name a Secret that has it as existingSecret" .Values.secrets.${key} | quote }}`,
            `${pad}{{- end }}`,
          ]),
        ];
      }),
      ...(partOf(object) === "database" ? [[GENERATION_KEY, expressions.value(`{{ $${GENERATION} | quote }}`)]] : []),
    ]) as Json,
  }),
  Deployment: (object, context) => {
    const { app, autoscaled, expressions } = context;
    const spec = object["spec"] as Json;
    if (object.metadata.name !== app)
      return { ...object, spec: { ...spec, template: podOf(spec["template"], context) } };
    const { min, max } = { min: "(int .Values.replicas.min)", max: "(int .Values.replicas.max)" };
    return {
      ...object,
      spec: {
        ...spec,
        replicas: autoscaled
          ? expressions.block((pad) => [
              `${pad}{{- if le ${max} ${min} }}`,
              `${pad}replicas: {{ .Values.replicas.min }}`,
              `${pad}{{- end }}`,
            ])
          : expressions.value("{{ .Values.replicas.min }}"),
        template: withChecksums(podOf(spec["template"], context), expressions),
      },
    };
  },
  StatefulSet: (object, context) => {
    const spec = object["spec"] as Json;
    return { ...object, spec: { ...spec, template: podOf(spec["template"], context) } };
  },
  Job: (object, context) => {
    const { expressions } = context;
    const spec = object["spec"] as Json & { activeDeadlineSeconds: number };
    const { name = "" } = object.metadata;
    // A Job never changes, and one that has failed is not run again. With Helm each revision has its own; where Helm only
    // renders, the revision is always the first, and whatever the Job may depend on makes another.
    const content = createHash("sha256").update(JSON.stringify(spec)).digest("hex").slice(0, 8);
    const hash = `{{ list "${content}" .Values | toJson | sha256sum | trunc 8 }}`;
    return {
      ...object,
      metadata: { ...object.metadata, name: expressions.value(`${name}-{{ .Release.Revision }}-${hash}`) },
      spec: {
        ...spec,
        backoffLimit: MIGRATION_RETRIES,
        activeDeadlineSeconds: spec.activeDeadlineSeconds + MIGRATION_WAIT_SECONDS,
        template: podOf(spec["template"], context),
      },
    };
  },
  HorizontalPodAutoscaler: (object, { expressions }) => ({
    ...object,
    spec: {
      ...(object["spec"] as Json),
      minReplicas: expressions.value("{{ .Values.replicas.min }}"),
      maxReplicas: expressions.value("{{ .Values.replicas.max }}"),
    },
  }),
  PersistentVolumeClaim: (object, { expressions }) => {
    const values = `.Values.${groupOf(object)}`;
    return {
      ...object,
      spec: {
        ...(object["spec"] as Json),
        resources: { requests: { storage: expressions.value(`{{ ${values}.storage | quote }}`) } },
        storageClassName: expressions.optional("storageClassName", `${values}.storageClass`),
      },
    };
  },
  ServiceAccount: (object, { expressions }) => ({
    ...object,
    imagePullSecrets: expressions.block((pad) => [
      `${pad}{{- with .Values.imagePullSecrets }}`,
      `${pad}imagePullSecrets:`,
      `${pad}  {{- toYaml . | nindent ${pad.length + 2} }}`,
      `${pad}{{- end }}`,
    ]),
  }),
  Service: (object, { expressions }) => {
    const spec = object["spec"] as Json & { type?: string; ports: Json[] };
    if (spec.type === "LoadBalancer") {
      return {
        ...object,
        metadata: { ...object.metadata, annotations: optionalAnnotations("loadBalancer", expressions) },
      };
    }
    if (spec.type !== "NodePort") return { ...object };
    const nodePort = expressions.optional("nodePort", ".Values.service.nodePort", "{{ . }}");
    return { ...object, spec: { ...spec, ports: spec.ports.map((port) => ({ ...port, nodePort })) } };
  },
  Ingress: (object, { expressions }) => {
    const spec = object["spec"] as Json & { rules: { http: object }[] };
    const [first] = spec.rules;
    if (first === undefined || !spec.rules.every(({ http }) => isDeepStrictEqual(http, first.http))) {
      throw new Error(`the hosts of the Ingress ${object.metadata.name ?? ""} lead to different places`);
    }
    const className =
      '{{ required "ingress.className: give the class of an Ingress controller" .Values.ingress.className | quote }}';
    return {
      ...object,
      metadata: { ...object.metadata, annotations: optionalAnnotations("ingress", expressions) },
      spec: {
        ...spec,
        ingressClassName: expressions.value(className),
        tls: expressions.block((pad) => [
          `${pad}{{- with .Values.ingress.tlsSecret }}`,
          `${pad}tls:`,
          `${pad}  - hosts:`,
          `${pad}      {{- toYaml $.Values.ingress.hosts | nindent ${pad.length + 6} }}`,
          `${pad}    secretName: {{ . | quote }}`,
          `${pad}{{- end }}`,
        ]),
        rules: expressions.block((pad) => [
          `${pad}rules:`,
          `${pad}  {{- range .Values.ingress.hosts }}`,
          `${pad}  - host: {{ . | quote }}`,
          `${pad}    http:`,
          ...indented(first.http, `${pad}      `),
          `${pad}  {{- end }}`,
        ]),
      },
    };
  },
  NetworkPolicy: (object, { expressions }) => withControllerNamespace(object, expressions) as Json,
};

const optionalAnnotations = (group: string, expressions: Expressions): string =>
  expressions.block((pad) => [
    `${pad}{{- with .Values.${group}.annotations }}`,
    `${pad}annotations:`,
    `${pad}  {{- toYaml . | nindent ${pad.length + 2} }}`,
    `${pad}{{- end }}`,
  ]);

const NAMESPACE_LABEL = "kubernetes.io/metadata.name";

/** The one namespace that policies name besides the cluster's own is that of the Ingress controller. */
export const isControllerNamespace = (name: unknown): name is string =>
  typeof name === "string" && name !== "kube-system";

function withControllerNamespace(value: unknown, expressions: Expressions): unknown {
  if (Array.isArray(value)) return value.map((inner) => withControllerNamespace(inner, expressions));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === NAMESPACE_LABEL && isControllerNamespace(inner)
        ? expressions.value(
            `{{ required "ingress.controllerNamespace: give the namespace of the Ingress controller's pods" .Values.ingress.controllerNamespace | quote }}`,
          )
        : withControllerNamespace(inner, expressions),
    ]),
  );
}
