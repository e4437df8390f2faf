import type { AppName } from "./appName";
import type { ListedApp, StackFile } from "./stackFiles";

/** The node port of the first app. */
const FIRST_NODE_PORT = 30423;

/** An app's entry in a stack file. */
export interface StackEntry {
  /** Its lines, without what they are indented by. */
  lines: string[];
  /** How the app is reached, for people. */
  reached: string;
  nodePort: number | undefined;
}

/**
 * The entry of a new app: what it is, and the way in that the file's first app has.
 *
 * @param taken Node ports that others have.
 */
export function stackEntry({ name, module }: AppName, file: StackFile, taken: ReadonlySet<number>): StackEntry {
  const { clusterKind, domain, apps } = file;
  const entry = (reached: string, wayIn: string[], nodePort?: number): StackEntry => ({
    lines: [
      `- name: ${name}`,
      `  source: app/${name}`,
      `  entryPoint: ${module}:create_app()`,
      ...wayIn.map((line) => `  ${line}`),
      `  replicas: ${clusterKind === "existing" ? 1 : 2}`,
    ],
    reached,
    nodePort,
  });
  const [first] = apps;
  const here = clusterKind === "existing" ? "nodePort" : domain === undefined ? "loadBalancer" : "ingress";
  switch (first === undefined ? here : (first.expose ?? "ingress")) {
    case "nodePort": {
      let port = FIRST_NODE_PORT;
      while (taken.has(port)) port++;
      return entry(`at node port ${port}`, ["expose: nodePort", `nodePort: ${port}`], port);
    }
    case "loadBalancer":
      return entry("behind a load balancer of its own", ["expose: loadBalancer"]);
    default: {
      const host = `${name}.${domain ?? domainOf(first)}`;
      return entry(`at ${host}`, [`hosts: [${host}]`]);
    }
  }
}

/** What the host of the first app is in, where no domain is named: `example.com`, be it at blog.example.com or there. */
function domainOf({ name = "", hosts = [] }: ListedApp = {}): string {
  const [host = "example.com"] = hosts;
  const [label = "", ...rest] = host.split(".");
  return rest.length > 1 && ["www", "*", name].includes(label) ? rest.join(".") : host;
}
