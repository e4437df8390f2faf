import * as pulumi from "@pulumi/pulumi";

/** An app as it was deployed. */
export interface DeployedApp {
  name: string;
  hosts: string[];
  deployed: { namespace: pulumi.Output<string>; url: pulumi.Output<string> };
}

/** What a stack tells of its apps: `urls`, the main one of each, and `apps`, where each runs and all its URLs. */
export function appOutputs(apps: readonly DeployedApp[]) {
  const byName = <T>(value: (app: DeployedApp) => T) =>
    pulumi.output(Object.fromEntries(apps.map((app) => [app.name, value(app)])));
  return {
    urls: byName(({ deployed }) => deployed.url),
    apps: byName(({ hosts, deployed: { namespace, url } }) => ({
      namespace,
      urls: url.apply((main) => allUrls(main, hosts)),
    })),
  };
}

/** The main URL, and those of the further hosts, which answer at the same port. A wildcard is no URL. */
export function allUrls(main: string, hosts: readonly string[]): string[] {
  const [, scheme = "", host = "", port = ""] = /^(https?:\/\/)([^/:]+)(:\d+)?/.exec(main) ?? [];
  // Reached by an address alone: its hosts lead elsewhere, or nowhere.
  if (!hosts.includes(host)) return [main];
  const others = hosts.filter((each) => each !== host && !each.startsWith("*."));
  return [main, ...others.map((each) => `${scheme}${each}${port}`)];
}
