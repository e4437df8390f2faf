/** The pods of an app's chart. */
import { isDeepStrictEqual } from "node:util";
import { KNOWN_AFTER } from "../../../local/render/masked";
import { texts } from "./appObjects";
import type { Expressions } from "./expression";
import { type ChartSecrets, GENERATION_KEY } from "./secrets";

type Json = Record<string, unknown>;

/** What the templates of one app have in common. */
export interface ChartContext {
  app: string;
  /** Its image, as its pods name it. */
  image: string;
  /** CPU and memory of its own containers. */
  resources: unknown;
  /** ConfigMap and Secret with its variables. */
  configName: string;
  secretName: string;
  secrets: ChartSecrets;
  /** Whether requests come by way of an Ingress. */
  ingress: boolean;
  /** Whether an autoscaler decides how many pods there are. */
  autoscaled: boolean;
  /** Names of the volumes that are to outlive the chart. */
  kept: ReadonlySet<string>;
  expressions: Expressions;
}

interface Container extends Json {
  name: string;
  image: string;
  env?: { name: string; value?: string }[];
  envFrom?: unknown[];
}

interface Pod {
  metadata: Json;
  spec: Json & {
    containers: Container[];
    initContainers?: Container[];
    volumes?: { secret?: { secretName: string } }[];
  };
}

/** Pods as a template has them. */
export function podOf(template: unknown, context: ChartContext): Pod {
  const { metadata, spec } = template as Pod;
  const secret = spec.volumes?.find((volume) => volume.secret !== undefined)?.secret?.secretName;
  const container = (each: Container) => containerOf(each, secret, context);
  return {
    metadata,
    spec: {
      ...spec,
      containers: spec.containers.map(container),
      ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(container) }),
    },
  };
}

function containerOf(container: Container, secret: string | undefined, context: ChartContext): Container {
  const { app, image, resources, expressions } = context;
  const isApp = container.image === image;
  return {
    ...container,
    image: expressions.value(
      isApp ? `{{ include "${app}.image" . | quote }}` : `{{ index .Values.images "${container.name}" | quote }}`,
    ),
    ...(isApp && isDeepStrictEqual(container["resources"], resources)
      ? { resources: expressions.group("resources", ".Values.resources") }
      : {}),
    ...(container.envFrom === undefined ? {} : { envFrom: [...container.envFrom, moreSecrets(expressions)] }),
    ...(container.env === undefined
      ? {}
      : { env: container.env.map((variable) => generationOf(variable, secret, context)) }),
  };
}

const moreSecrets = (expressions: Expressions): string =>
  expressions.block((pad) => [
    `${pad}{{- with .Values.existingSecret }}`,
    `${pad}- secretRef:`,
    `${pad}    name: {{ . | quote }}`,
    `${pad}{{- end }}`,
  ]);

/** What is made anew with the passwords is kept beside them. */
function generationOf(variable: { name: string; value?: string }, secret: string | undefined, { app }: ChartContext) {
  if (!texts(variable.value).some((text) => text.includes(KNOWN_AFTER))) return variable;
  if (variable.name !== "GENERATION" || secret === undefined) {
    throw new Error(`the chart of ${app} knows no place for ${variable.name}`);
  }
  return { name: variable.name, valueFrom: { secretKeyRef: { name: secret, key: GENERATION_KEY } } };
}

/** What pods read as they start is not read again: other content makes other pods. */
export const withChecksums = ({ metadata, spec }: Pod, expressions: Expressions): Pod => ({
  metadata: {
    ...metadata,
    annotations: {
      "checksum/config": expressions.value('{{ include (print $.Template.BasePath "/config.yaml") . | sha256sum }}'),
      "checksum/secrets": expressions.value(
        "{{ list .Values.secrets .Values.passwords .Values.existingSecret | toJson | sha256sum }}",
      ),
    },
  },
  spec,
});
