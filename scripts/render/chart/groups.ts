/** What of an app its chart leaves to be chosen, with what the stack has as defaults. */
import type { Manifest } from "../../../local/render/manifests";
import { OTHERS_NAME, type RenderedStack } from "../../../local/render/renderStack";
import { partOf } from "./appObjects";
import { isGiven } from "./secrets";
import type { ChartContext } from "./pods";
import { groupOf, isControllerNamespace, SECURE } from "./templates";
import type { ValueGroup } from "./values";

/** A group of values, and which keys of it have no default and must be given. */
export type Group = ValueGroup & { required?: string[] };

/** The keys of values.yaml, in its order; each only where the app has something for it. */
export function groupsOf(objects: readonly Manifest[], context: ChartContext, rendered: RenderedStack): Group[] {
  return [
    imageGroup(defaultImage(context, rendered)),
    ...imagesGroup(objects, context),
    {
      key: "imagePullSecrets",
      comment: [
        "Secrets with which the images are pulled, such as [{ name: registry }]; they are to be there already.",
      ],
      value: [],
    },
    replicasGroup(objects, context),
    {
      key: "resources",
      comment: ["CPU, memory and disk of each of the app's own pods."],
      value: context.resources,
      open: [""],
    },
    environmentGroup(objects, context),
    ...secretGroups(context),
    ...wayInGroups(objects),
    ...volumeGroups(objects),
  ];
}

/** An image, as values.yaml has it. */
export interface ImageParts {
  repository: string;
  /** Empty for none, as the digest. */
  tag: string;
  digest: string;
}

function imageParts(image: string): ImageParts {
  const [, repository = image, tag = "", digest = ""] =
    /^(.+?)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]+))?$/.exec(image) ?? [];
  return { repository, tag, digest };
}

/** The image that a chart names when nobody says otherwise: the stack's own, be it that it is yet to be built. */
export function defaultImage({ app, image }: ChartContext, { resources }: RenderedStack): ImageParts {
  const built = resources.find(({ type, name }) => type === "docker:index/image:Image" && name === `${app}-image`);
  return imageParts(built === undefined ? image : String(built.inputs["imageName"]));
}

const imageGroup = (value: ImageParts): Group => ({
  key: "image",
  comment: [
    "The app's image. A digest stands for one image for ever; with a tag alone, never one that moves.",
    ...(value.digest === ""
      ? ["The stack builds it; its tag follows from the source. Push yours, and name it here."]
      : []),
  ],
  value,
});

interface Pods {
  template: {
    spec: { containers: { name: string; image: string }[]; initContainers?: { name: string; image: string }[] };
  };
}

function imagesGroup(objects: readonly Manifest[], { image }: ChartContext): Group[] {
  const containers = objects
    .flatMap((object) => (object["spec"] as Partial<Pods> | undefined)?.template?.spec ?? [])
    .flatMap((spec) => [...spec.containers, ...(spec.initContainers ?? [])])
    .filter((container) => container.image !== image);
  return containers.length === 0
    ? []
    : [
        {
          key: "images",
          comment: ["Images of what belongs to the app, by digest."],
          value: Object.fromEntries(containers.map(({ name, image: own }) => [name, own]).sort()),
        },
      ];
}

function replicasGroup(objects: readonly Manifest[], { app, autoscaled }: ChartContext): Group {
  const specOf = (kind: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === app)?.["spec"] as
      Record<string, number> | undefined;
  const min = specOf("Deployment")?.["replicas"] ?? 1;
  return {
    key: "replicas",
    comment: autoscaled
      ? [
          "Pods of the app at rest and at full load; with max above min, an autoscaler decides. It needs metrics-server.",
        ]
      : ["Pods of the app."],
    value: autoscaled ? { min, max: specOf("HorizontalPodAutoscaler")?.["maxReplicas"] ?? min } : { min },
    limits: { "": { required: ["min"] }, min: { minimum: 1 }, max: { minimum: 1 } },
  };
}

function environmentGroup(objects: readonly Manifest[], { configName, ingress }: ChartContext): Group {
  const config = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === configName);
  const variables = Object.entries((config?.["data"] ?? {}) as Record<string, string>).filter(
    ([name]) => !(ingress && name === SECURE),
  );
  const required = variables.filter(([, value]) => isGiven(value)).map(([name]) => name);
  return {
    key: "env",
    comment: [
      'Variables in clear, each a text: "8" with quotes, and --set-string in a command. More may be added.',
      ...(ingress
        ? [`${SECURE} follows from ingress.tlsSecret; "true" here where HTTPS ends before the Ingress controller.`]
        : []),
      ...(required.length === 0 ? [] : [`Without a default, to be given: ${required.join(", ")}.`]),
    ],
    value: Object.fromEntries(variables.map(([name, value]) => [name, required.includes(name) ? "" : value])),
    open: [""],
    limits: { "": { additionalProperties: { type: "string" } } },
    required,
  };
}

function secretGroups({ secrets: { given, generated } }: ChartContext): Group[] {
  return [
    {
      key: "existingSecret",
      comment: [
        "Name of a Secret of your own with more variables; what it holds goes before the chart's own.",
        ...(given.length === 0 ? [] : ["With it, nothing of secrets below has to be given."]),
      ],
      value: "",
    },
    ...(given.length === 0
      ? []
      : [
          {
            key: "secrets",
            comment: ["Secret variables. Each has to be given, or be in existingSecret."],
            value: Object.fromEntries(given.map((name) => [name, ""])),
            required: given,
          },
        ]),
    ...(generated.length === 0
      ? []
      : [
          {
            key: "passwords",
            comment: [
              "Left empty, each is made by the first install, kept in its Secret and found there by every upgrade.",
              "One that is given is not to change later: a database goes on with the one that it began with.",
              "Where charts are rendered without a cluster (helm template, Argo CD) nothing can be found: give all of them.",
            ],
            value: Object.fromEntries(generated.map(({ name }) => [name, ""])),
          },
        ]),
  ];
}

interface ServiceSpec {
  type?: string;
  ports: { nodePort?: number }[];
}

function wayInGroups(objects: readonly Manifest[]): Group[] {
  const services = objects.filter(({ kind }) => kind === "Service");
  const typed = (type: string) => services.find((service) => (service["spec"] as ServiceSpec).type === type);
  const nodePort = typed("NodePort");
  const loadBalancer = typed("LoadBalancer");
  const ingress = objects.find(({ kind }) => kind === "Ingress");
  return [
    ...(nodePort === undefined
      ? []
      : [
          {
            key: "service",
            comment: ["Port of every node at which the app answers, 30000 to 32767; 0 for one that is free."],
            value: { nodePort: (nodePort["spec"] as ServiceSpec).ports[0]?.nodePort ?? 0 },
            limits: { nodePort: { minimum: 0, maximum: 32767 } },
          },
        ]),
    ...(loadBalancer === undefined
      ? []
      : [
          {
            key: "loadBalancer",
            comment: [
              "Annotations of the Service with the load balancer: what its cloud is told. No name is among them, for",
              "DigitalOcean finds a load balancer by its name in the whole account: one that another install has would be taken over.",
            ],
            value: { annotations: withoutName(loadBalancer.metadata.annotations) },
            open: ["annotations"],
          },
        ]),
    ...(ingress === undefined ? [] : [ingressGroup(ingress, objects)]),
  ];
}

const withoutName = (annotations: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(annotations).filter(([name]) => !name.endsWith("/do-loadbalancer-name")));

function ingressGroup(ingress: Manifest, objects: readonly Manifest[]): Group {
  const { ingressClassName, tls, rules } = ingress["spec"] as {
    ingressClassName: string;
    tls?: { secretName: string }[];
    rules: { host: string }[];
  };
  // Of a controller that another stack has, nobody knows here.
  const known = (name: string) => (name === OTHERS_NAME ? "" : name);
  const controller = {
    className: known(ingressClassName),
    controllerNamespace: known(controllerNamespace(objects)),
  };
  const required = Object.entries(controller)
    .filter(([, name]) => name === "")
    .map(([key]) => key);
  return {
    key: "ingress",
    comment: [
      "Hosts of the app, and the Ingress controller that serves them: its class, and the namespace that its pods are in.",
      "tlsSecret has the certificate; empty for plain HTTP. cert-manager makes it for an annotation such as",
      "cert-manager.io/cluster-issuer: letsencrypt.",
      ...(required.length === 0 ? [] : [`Without a default, to be given: ${required.join(", ")}.`]),
    ],
    value: {
      ...controller,
      hosts: rules.map(({ host }) => host),
      tlsSecret: tls?.[0]?.secretName ?? "",
      annotations: {},
    },
    open: ["annotations"],
    limits: { "": { required: ["hosts"] }, hosts: { minItems: 1, items: { type: "string", minLength: 1 } } },
    required,
  };
}

function controllerNamespace(objects: readonly Manifest[]): string {
  const within = (value: unknown): string[] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, inner]) =>
          key === "kubernetes.io/metadata.name" && isControllerNamespace(inner) ? [inner] : within(inner),
        )
      : [];
  return objects.filter(({ kind }) => kind === "NetworkPolicy").flatMap(within)[0] ?? "";
}

const VOLUMES = { mysql: "the database", redis: "the cache" };

function volumeGroups(objects: readonly Manifest[]): Group[] {
  return objects
    .filter(({ kind }) => kind === "PersistentVolumeClaim")
    .map((claim) => {
      const { resources, storageClassName = "" } = claim["spec"] as {
        resources: { requests: { storage: string } };
        storageClassName?: string;
      };
      return {
        key: groupOf(claim),
        comment: [
          `Volume of ${VOLUMES[partOf(claim) === "database" ? "mysql" : "redis"]}. It can grow, not shrink; storageClass empty for the cluster's own.`,
        ],
        value: { storage: resources.requests.storage, storageClass: storageClassName },
      };
    });
}
