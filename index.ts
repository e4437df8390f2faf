import * as pulumi from "@pulumi/pulumi";
import { resolve } from "node:path";
import { AppImage } from "./components/app/appImage";
import type { Exposure } from "./components/app/appExposure";
import { FlaskApp } from "./components/app/flaskApp";
import { ContainerRegistry } from "./components/cluster/containerRegistry";
import { DoksCluster } from "./components/cluster/doksCluster";
import { ExistingCluster } from "./components/cluster/existingCluster";
import { loadConfig, type AppConfig } from "./config";

const config = loadConfig();
const disposable = config.dataPolicy === "delete";
const environment = `${pulumi.getProject()}-${pulumi.getStack()}`;

// The cluster, and with it the one Kubernetes provider.
const cluster = makeCluster();

// The registry that the images are pushed to and pulled from.
const registry = new ContainerRegistry(
  environment,
  config.registry.kind === "external"
    ? config.registry
    : {
        kind: "digitalocean",
        registryName: config.registry.name ?? environment,
        tier: config.registry.tier,
        region: config.cluster.kind === "doks" ? config.cluster.region : "fra1",
      },
);

// Each app: its image, then the app itself with its database, in a namespace of its own.
const apps = config.apps.map((app) => {
  const image = app.image ?? buildImage(app);
  return new FlaskApp(
    app.name,
    {
      ...app,
      image,
      exposure: exposureOf(app),
      database: app.database.kind === "mysql" ? { ...app.database, image: config.images.mysql } : undefined,
      pullConfig: registry.pullConfig,
      dataPolicy: config.dataPolicy,
    },
    { providers: { kubernetes: cluster.provider } },
  );
});

/** Where each app answers. */
export const urls = pulumi.output(Object.fromEntries(apps.map((app) => [app.app, app.url])));

function makeCluster(): DoksCluster | ExistingCluster {
  switch (config.cluster.kind) {
    case "doks":
      return new DoksCluster(
        environment,
        { ...config.cluster, networks: config.cluster, tags: [environment], destroyAssociatedResources: disposable },
        { protect: !disposable },
      );
    case "existing":
      return new ExistingCluster(environment, config.cluster);
    case "shared":
      throw new pulumi.RunError("cluster.kind: shared is not built in this version");
  }
}

function buildImage(app: AppConfig): pulumi.Output<string> {
  return new AppImage(app.name, {
    source: resolve(__dirname, app.source ?? ""),
    repository: pulumi.interpolate`${registry.prefix}/${app.name}`,
    login: registry.push,
    platform: config.build.platform,
    buildArgs: { PYTHON_IMAGE: config.images.python },
    commit: config.build.commit,
  }).reference;
}

function exposureOf({ expose, hosts, nodePort }: AppConfig): Exposure {
  const { className, controller, loadBalancer, namespace } = config.ingress;
  switch (expose) {
    case "nodePort":
      return {
        kind: expose,
        port: nodePort,
        address: config.cluster.kind === "existing" ? config.cluster.address : "<node>",
      };
    case "loadBalancer":
      return { kind: expose, type: loadBalancer.type, sizeUnit: loadBalancer.size };
    case "ingress":
      return {
        kind: expose,
        className: className ?? controller,
        controllerNamespace: namespace,
        hosts,
        https: config.tls.issuer !== "none",
      };
  }
}
