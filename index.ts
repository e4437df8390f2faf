import * as pulumi from "@pulumi/pulumi";
import { checkAccount } from "./account";
import { deployApp } from "./apps";
import type { FlaskApp } from "./components/app/flaskApp";
import { Certificate } from "./components/edge/certificate";
import { DnsRecords } from "./components/edge/dnsRecords";
import { loadConfig, type AppConfig, type Config } from "./config";
import { appOutputs } from "./lib/appOutputs";
import { monthlyCost } from "./lib/cost";
import { edgeWarnings } from "./lib/edgeWarnings";
import { writesRecords } from "./lib/exposure";
import { makePlatform } from "./platform";

/** One stack, from its config to where its apps answer. */
export = async function deploy(): Promise<Record<string, unknown>> {
  const config = loadConfig();
  const environment = `${pulumi.getProject()}-${pulumi.getStack()}`;

  // What the account cannot give is told before anything is made, and so is what had better be otherwise.
  const account = await checkAccount(config);
  await Promise.all(edgeWarnings(config).map((warning) => pulumi.log.warn(warning)));

  // The cluster, the registry, and the way in that apps share.
  const platform = makePlatform(environment, config, account);

  // Each app: its image, then the app itself with its database, cache and backups, in a namespace of its own.
  const apps = config.apps.map((app) => ({ ...app, deployed: deployApp(environment, app, config, platform) }));

  // The names at which they are reached.
  const names = recordNames(environment, config, apps);

  // Their certificates, asked for when the names lead here.
  for (const { name, hosts, expose, deployed } of apps) {
    if (expose === "ingress" && platform.edge?.issuer !== undefined) {
      const { issuer, after } = platform.edge;
      const { namespace } = deployed;
      new Certificate(name, { app: name, namespace, hosts, issuer, after: [...names, ...after] }, platform.inCluster);
    }
  }

  return {
    ...appOutputs(apps),
    ...(account === undefined ? {} : { monthlyCost: monthlyCost(config, account.prices) }),
    ...platform.outputs,
  };
};

type DeployedApp = AppConfig & { deployed: FlaskApp };

/** Leads the apps' hosts to where they are served; nothing for a stack that writes no records. */
function recordNames(environment: string, config: Config, apps: DeployedApp[]): DnsRecords[] {
  const { dns, domain, ingress, dataPolicy } = config;
  if (domain === undefined || !writesRecords(config)) return [];
  const hosts = apps.flatMap(({ hosts, deployed: { address } }) =>
    address === undefined ? [] : hosts.map((host) => ({ host, address })),
  );
  const { domain: ownership, ttlSeconds, caa } = dns;
  const { ipv6 } = ingress.loadBalancer;
  return [new DnsRecords(environment, { domain, ownership, ttlSeconds, caa, ipv6, hosts, dataPolicy })];
}
