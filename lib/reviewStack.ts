/** The stack of a review app: one for each pull request, on the cluster of a stack that lends it. */
import { hasIngress, isHttps } from "./edge";
import { cores, mebibytes } from "./quantity";
import type { App } from "./schema/app";
import type { Stack } from "./schema/stack";
import { HIDDEN, StackFileError } from "./stackFile";

/** What there is to know of a review app besides the stack that lends its cluster. */
export interface ReviewArgs {
  /** Of the pull request. */
  number: number;
  /** Name of the stack that lends its cluster, such as `dev`. */
  stackName: string;
  /** Name of that stack's registry at DigitalOcean, where its config gives none: it has a hash of the account in it. */
  registryName?: string | undefined;
}

/** A value that is encrypted for the lending stack alone. */
export interface MissingSecret {
  /** Where it belongs in the review stack's config, such as `apps[0].secrets.API_KEY`. */
  path: string;
  /** Name of the environment variable that gives the review app one of its own. */
  variable: string;
}

/** The review app's database, whatever it is elsewhere. */
const DATABASE = {
  kind: "mysql",
  storageGi: 1,
  resources: { requests: { cpu: "50m", memory: "384Mi" }, limits: { memory: "512Mi" } },
};

/** What its other pods reserve at most. Their limits are as elsewhere: what an app needs to run, it needs here too. */
const MOST_CPU = "50m";
const MOST_MEMORY = "128Mi";

const PREFIX = "review-";

export const reviewStackName = (number: number): string => `${PREFIX}${number}`;

/** The pull request that a stack is the review app of; none of any other stack. */
export function reviewNumber(stackName: string): number | undefined {
  const [, digits] = new RegExp(`^${PREFIX}([1-9]\\d{0,8})$`).exec(stackName) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * The whole config of the stack `review-<number>`. It pays for the volumes of its databases: cluster, way in, domain and
 * registry are the lending stack's. No value that is encrypted there is in it, see {@link missingSecrets}.
 *
 * @param stack The config of the stack that lends its cluster.
 * @throws {@link StackFileError} when that stack has no cluster or no way in to lend.
 */
export function reviewConfig(stack: Stack, args: ReviewArgs): Record<string, unknown> {
  const { build, dns, domain, images, ingress } = stack;
  refuseWithoutWayIn(stack, args.stackName);
  return {
    cluster: { kind: "shared", stack: args.stackName },
    registry: sharedRegistry(stack, args),
    build,
    ...(domain === undefined ? {} : { domain }),
    // Of a controller that was there before, nobody tells an address that a record could lead to.
    dns: { managed: dns.managed && ingress.controller !== "none", domain: "existing", ttlSeconds: dns.ttlSeconds },
    ingress: { loadBalancer: { ipv6: ingress.loadBalancer.ipv6 } },
    // Otherwise the lending stack's issuer signs them.
    tls: isHttps(stack) ? {} : { issuer: "none" },
    apps: stack.apps.map((app, index) => reviewed(app, hostOf(stack, args.number, index))),
    images,
    dataPolicy: "delete",
  };
}

/** Where each app of a review app answers; nothing where the lending stack has no domain any more. */
export function reviewUrls(stack: Stack, number: number): string[] {
  if (stack.domain === undefined && stack.review.domain === undefined) return [];
  const scheme = isHttps(stack) ? "https" : "http";
  return stack.apps.map((_, index) => `${scheme}://${hostOf(stack, number, index)}`);
}

/** What a review app has to be given: of the lending stack's secrets it gets none, for its code is not reviewed yet. */
export function missingSecrets({ apps, registry }: Stack): MissingSecret[] {
  const ofRegistry = registry.kind === "external" ? [registry] : [];
  return [
    ...ofRegistry.flatMap(({ username, password }) => [
      ...(username === HIDDEN ? [{ path: "registry.username", variable: "REGISTRY_USERNAME" }] : []),
      ...(password === undefined ? [] : [{ path: "registry.password", variable: "REGISTRY_PASSWORD" }]),
    ]),
    ...apps.flatMap(({ env, secrets }, index) => [
      ...hiddenIn(env).map((name) => ({ path: `apps[${index}].env.${name}`, variable: `REVIEW_${name}` })),
      ...Object.keys(secrets).map((name) => ({ path: `apps[${index}].secrets.${name}`, variable: `REVIEW_${name}` })),
    ]),
  ];
}

/**
 * Whether a stack can lend its cluster, and the way in to it.
 *
 * @param name Of that stack.
 * @throws {@link StackFileError} with what it lacks.
 */
export function refuseWithoutWayIn(stack: Stack, name: string): void {
  const { apps, cluster, domain, review } = stack;
  if (cluster.kind !== "doks") {
    throw new StackFileError(
      `The stack "${name}" has no cluster to lend to review apps: it is of the kind ${cluster.kind}, not doks.`,
    );
  }
  const missing = [
    ...(domain === undefined && review.domain === undefined
      ? ["flask-doks:domain: example.com, a domain of yours"]
      : []),
    ...(hasIngress({ apps })
      ? []
      : ["flask-doks:apps: expose: ingress and hosts: [example.com], for one app at least"]),
  ];
  if (missing.length > 0) {
    throw new StackFileError(
      [
        `The stack "${name}" has no way in to share with review apps, and a load balancer for each would be paid for.`,
        `Add to Pulumi.${name}.yaml, and deploy it:`,
        ...missing.map((line) => `  ${line}`),
      ].join("\n"),
    );
  }
}

function sharedRegistry({ registry }: Stack, { registryName }: ReviewArgs): Record<string, unknown> {
  if (registry.kind === "external") {
    const { kind, server, username } = registry;
    return { kind, server, ...(username === undefined || username === HIDDEN ? {} : { username }) };
  }
  const name = registry.name ?? registryName;
  if (name === undefined) throw new Error("the name of the registry is not known");
  return { kind: "digitalocean", create: false, name };
}

/** `7.review.example.com` for the first app, `guestbook-7.review.example.com` for another: each one label below. */
function hostOf({ apps, domain = "", review }: Stack, number: number, index: number): string {
  const { name = "" } = apps[index] ?? {};
  const label = index === 0 ? String(number) : `${name}-${number}`;
  return `${label}.${review.domain ?? `review.${domain}`}`;
}

/** An app as it is in a review app: the same code and settings, one pod, and data that is gone with it. */
function reviewed(app: App, host: string): Record<string, unknown> {
  const { name, source, image, port, health, entryPoint, python, extras, server, proxy } = app;
  const { migrate, seed, migrateSeconds, rolloutSeconds, egress, database, cache, resources, env } = app;
  const hidden = hiddenIn(env);
  return {
    ...given({ name, source, image, entryPoint, python, migrate, seed }),
    ...{ port, health, extras, server, proxy, migrateSeconds, rolloutSeconds, egress },
    hosts: [host],
    expose: "ingress",
    replicas: 1,
    resources: modest(resources),
    env: Object.fromEntries(Object.entries(env).filter(([variable]) => !hidden.includes(variable))),
    database: database.kind === "none" ? { kind: "none" } : DATABASE,
    cache:
      cache.kind === "none"
        ? { kind: "none" }
        : { kind: "redis", replicas: 0, persistence: "none", resources: modest(cache.resources) },
  };
}

function modest({ requests, limits }: App["resources"]): App["resources"] {
  return {
    requests: {
      cpu: cores(requests.cpu) < cores(MOST_CPU) ? requests.cpu : MOST_CPU,
      memory: mebibytes(requests.memory) < mebibytes(MOST_MEMORY) ? requests.memory : MOST_MEMORY,
    },
    limits,
  };
}

/** The variables in clear whose values are encrypted all the same. */
const hiddenIn = (env: App["env"]): string[] => Object.keys(env).filter((name) => env[name] === HIDDEN);

/** What has a value. */
const given = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
