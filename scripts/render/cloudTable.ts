import type { Registered } from "../../local/render/registered";
import { isObject } from "../../local/render/manifests";
import type { RenderedStack } from "../../local/render/renderStack";
import { wrapped } from "./wrapped";
import { details } from "./details";

const WIDTH = 118;

/** What of a stack is no Kubernetes object, one line each: what it is, what it is called, and what matters of it. */
export function cloudTable(stack: string, { resources, objects }: RenderedStack): string {
  const rows = resources
    .filter((resource) => resource.custom && !isObject(resource) && !resource.type.startsWith("pulumi:providers:"))
    .map((resource) => [shortType(resource), resource.name, details(resource)] as const)
    .sort(([type, name], [otherType, otherName]) => (`${type} ${name}` < `${otherType} ${otherName}` ? -1 : 1));
  const title = `Stack "${stack}": ${count(objects.length, "Kubernetes object")}, ${count(rows.length, "other resource")}`;
  if (rows.length === 0) return `${title}\n`;
  const types = Math.max(...rows.map(([type]) => type.length));
  const names = Math.max(...rows.map(([, name]) => name.length));
  const line = (type: string, name: string, what: string) => {
    const before = `${type.padEnd(types)}  ${name.padEnd(names)}  `;
    return wrapped(what, WIDTH - before.length)
      .map((text, index) => `${index === 0 ? before : " ".repeat(before.length)}${text}`.trimEnd())
      .join("\n");
  };
  return `${[title, "", line("type", "name", "details"), "─".repeat(WIDTH), ...rows.map((row) => line(...row))].join("\n")}\n`;
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** Such as `KubernetesCluster`: DigitalOcean's without the provider's name, which all the others have in front. */
function shortType({ type }: Registered): string {
  const [provider = "", , kind = ""] = type.split(":");
  if (type.startsWith("kubernetes:helm.sh/")) return `helm:${kind}`;
  if (provider !== "digitalocean") return `${provider}:${kind}`;
  return kind === "ContainerRegistryDockerCredentials" ? "RegistryCredentials" : kind;
}
