import type { Exposure } from "../components/app/appExposure";
import { type EdgeAccess, isHttps, wayInOf } from "./edge";
import type { App } from "./schema/app";
import type { Stack } from "./schema/stack";

/** What of a stack's config decides how requests reach its apps. */
export type ExposureConfig = Pick<Stack, "cluster" | "dns" | "domain" | "ingress"> & {
  tls: Pick<Stack["tls"], "issuer">;
};

/** Whether the stack writes DNS records for its hosts. */
export const writesRecords = ({ dns, domain }: Pick<Stack, "dns" | "domain">): boolean =>
  domain !== undefined && dns.managed;

/**
 * How requests reach an app.
 *
 * @param environment Name of the environment, with which names are unique in a DigitalOcean account.
 * @param edge What the app behind an Ingress shares with others.
 */
export function exposureOf(
  app: Pick<App, "name" | "expose" | "hosts" | "nodePort">,
  config: ExposureConfig,
  environment: string,
  edge: EdgeAccess | undefined,
): Exposure {
  const { loadBalancer } = config.ingress;
  const { expose, hosts } = app;
  switch (expose) {
    case "nodePort": {
      const address = config.cluster.kind === "existing" ? config.cluster.address : "<node>";
      return { kind: expose, port: app.nodePort, address };
    }
    case "loadBalancer":
      return {
        kind: expose,
        name: `${environment}-${app.name}`,
        type: loadBalancer.type,
        sizeUnit: loadBalancer.size,
        hosts: writesRecords(config) ? hosts : [],
      };
    case "ingress": {
      if (edge === undefined) {
        throw new Error(`the app ${app.name} is behind an Ingress, and there is no way in`);
      }
      return { kind: expose, edge, hosts, https: isHttps(config), port: urlPort(config, environment) };
    }
  }
}

/** The port that has to stand in the URL; none where it is the usual one. */
function urlPort(config: ExposureConfig, environment: string): number | undefined {
  const wayIn = wayInOf(config, environment);
  if (config.ingress.controller === "none" || wayIn.kind !== "nodePort") {
    return undefined;
  }
  return isHttps(config) ? wayIn.https : wayIn.http;
}
