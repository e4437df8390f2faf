import type { Exposure } from "../components/app/appExposure";
import type { App } from "./schema/app";
import type { Stack } from "./schema/stack";

/** What of a stack's config decides how requests reach its apps. */
export type ExposureConfig = Pick<Stack, "cluster" | "dns" | "domain" | "ingress" | "tls">;

/** Whether the stack writes DNS records for its hosts. */
export const writesRecords = ({ dns, domain }: Pick<Stack, "dns" | "domain">): boolean =>
  domain !== undefined && dns.managed;

/**
 * How requests reach an app.
 *
 * @param environment Name of the environment, with which names are unique in a DigitalOcean account.
 */
export function exposureOf(
  app: Pick<App, "name" | "expose" | "hosts" | "nodePort">,
  config: ExposureConfig,
  environment: string,
): Exposure {
  const { className, controller, loadBalancer, namespace } = config.ingress;
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
