import * as pulumi from "@pulumi/pulumi";
import { resolve } from "node:path";
import { checkAccount, type Account } from "./account";
import { AppImage } from "./components/app/appImage";
import { FlaskApp } from "./components/app/flaskApp";
import { ContainerRegistry } from "./components/cluster/containerRegistry";
import { DoksCluster } from "./components/cluster/doksCluster";
import { ExistingCluster } from "./components/cluster/existingCluster";
import { SharedCluster } from "./components/cluster/sharedCluster";
import { DnsRecords } from "./components/edge/dnsRecords";
import { loadConfig, type AppConfig, type Config } from "./config";
import { monthlyCost } from "./lib/cost";
import { exposureOf, writesRecords } from "./lib/exposure";
import { sharedNamespace } from "./lib/namespaceName";
import { registryRegion } from "./lib/registryRegion";

/** One stack, from its config to where its apps answer. */
export = async function deploy(): Promise<Record<string, unknown>> {
  const config = loadConfig();
  const environment = `${pulumi.getProject()}-${pulumi.getStack()}`;

  // What the account cannot give is told before anything is made.
  const account = await checkAccount(config);

  // The cluster, and with it the one Kubernetes provider.
  const cluster = makeCluster(environment, config);

  // The registry that the images are pushed to and pulled from.
  const registry = makeRegistry(environment, config, account);

  // Each app: its image, then the app itself with its database, in a namespace of its own.
  const apps = config.apps.map((app) => ({ ...app, deployed: deployApp(environment, app, config, cluster, registry) }));

  // The names at which they are reached.
  if (config.domain !== undefined && writesRecords(config)) {
    const { domain, dns, dataPolicy } = config;
    const hosts = apps.flatMap(({ hosts, deployed: { address } }) =>
      address === undefined ? [] : hosts.map((host) => ({ host, address })),
    );
    new DnsRecords(environment, { domain, ownership: dns.domain, ttlSeconds: dns.ttlSeconds, hosts, dataPolicy });
  }

  return {
    urls: pulumi.output(Object.fromEntries(apps.map(({ name, deployed }) => [name, deployed.url]))),
    ...(account === undefined ? {} : { monthlyCost: monthlyCost(config, account.prices) }),
    // For review apps on this cluster, and for people: it holds no token.
    ...(cluster instanceof DoksCluster ? { kubeconfig: cluster.kubeconfig, clusterId: cluster.id } : {}),
  };
};

function makeCluster(environment: string, { cluster, dataPolicy }: Config) {
  switch (cluster.kind) {
    case "doks":
      return new DoksCluster(environment, { ...cluster, networks: cluster, tags: [environment], dataPolicy });
    case "existing":
      return new ExistingCluster(environment, cluster);
    case "shared":
      return new SharedCluster(environment, cluster);
  }
}

function makeRegistry(environment: string, { cluster, registry, dataPolicy }: Config, account?: Account) {
  if (registry.kind === "external") {
    return new ContainerRegistry(environment, registry);
  }
  const registryName = account?.registryName ?? environment;
  const region = registryRegion(registry.region, cluster);
  return new ContainerRegistry(environment, { ...registry, registryName, region, dataPolicy });
}

type Cluster = ReturnType<typeof makeCluster>;

function deployApp(environment: string, app: AppConfig, config: Config, cluster: Cluster, registry: ContainerRegistry) {
  const { dataPolicy, images } = config;
  return new FlaskApp(
    app.name,
    {
      ...app,
      namespace: cluster instanceof SharedCluster ? sharedNamespace(pulumi.getStack(), app.name) : app.name,
      image: app.image ?? buildImage(app, config, registry),
      exposure: exposureOf(app, config, environment),
      database: app.database.kind === "mysql" ? { ...app.database, image: images.mysql } : undefined,
      pullConfig: registry.pullConfig,
      dataPolicy,
    },
    { providers: { kubernetes: cluster.provider } },
  );
}

function buildImage(app: AppConfig, { build, images }: Config, { prefix, push }: ContainerRegistry) {
  return new AppImage(app.name, {
    source: resolve(__dirname, app.source ?? ""),
    repository: pulumi.interpolate`${prefix}/${app.name}`,
    push,
    platform: build.platform,
    buildArgs: { PYTHON_IMAGE: images.python },
    commit: build.commit,
  }).reference;
}
