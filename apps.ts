import * as pulumi from "@pulumi/pulumi";
import { resolve } from "node:path";
import { AppImage } from "./components/app/appImage";
import { FlaskApp } from "./components/app/flaskApp";
import type { AppConfig, Config } from "./config";
import { databasePlan } from "./lib/databasePlan";
import { exposureOf } from "./lib/exposure";
import { DEFAULT_DOCKERFILE, type FlaskSource, pythonImage, readFlaskSource } from "./lib/flaskSource";
import { reviewNumber } from "./lib/reviewStack";
import { servedVariables, servingOf } from "./lib/serving";
import { SERVER_PACKAGES } from "./lib/versions";
import type { Platform } from "./platform";

/** Deploys one app: its image, then the app itself with its database, cache and backups, in a namespace of its own. */
export function deployApp(environment: string, app: AppConfig, config: Config, platform: Platform): FlaskApp {
  const { dataPolicy, images } = config;
  const { registry, edge, namespaceOf, inCluster } = platform;
  const source = readFlaskSource(app, __dirname);
  const serving = servingOf(app, source, images.nginx);
  const served = { ...app, env: servedVariables(app, serving), serving };
  return new FlaskApp(
    app.name,
    {
      ...served,
      namespace: namespaceOf(app.name),
      // A database that people keep is theirs to fill, on a cluster of their own or on a shared one.
      seed: reviewNumber(pulumi.getStack()) === undefined ? undefined : app.seed,
      image: app.image ?? buildImage(app, source, config, registry),
      exposure: exposureOf(app, config, environment, edge),
      database: databasePlan(served, config, { environment, ...platform }),
      cache: app.cache.kind === "none" ? undefined : { ...app.cache, image: images.redis },
      pullConfig: registry.pullConfig,
      dataPolicy,
    },
    inCluster,
  );
}

/** An app that has no Dockerfile gets the project's. */
function buildImage(
  app: AppConfig,
  { ownDockerfile, python, extras }: FlaskSource,
  { build, images }: Config,
  { prefix, push }: Platform["registry"],
): pulumi.Output<string> {
  return new AppImage(app.name, {
    source: resolve(__dirname, app.source ?? ""),
    ...(ownDockerfile ? {} : { dockerfile: DEFAULT_DOCKERFILE }),
    repository: pulumi.interpolate`${prefix}/${app.name}`,
    push,
    platform: build.platform,
    buildArgs: ownDockerfile
      ? { PYTHON_IMAGE: images.python }
      : {
          PYTHON_IMAGE: pythonImage(python, images.python),
          SERVER_PACKAGE: SERVER_PACKAGES[app.server.kind],
          EXTRAS: extras.join(","),
        },
    commit: build.commit,
  }).reference;
}
