import type { Finding } from "./finding";
import { REPOSITORIES } from "./registry";
import type { Stack } from "./stack";

/** What is wrong with a registry whose keys are each sound. */
export function registryFindings({ registry, cluster, apps }: Stack): Finding[] {
  if (registry.kind === "external") {
    return (registry.username === undefined) === (registry.password === undefined)
      ? []
      : [{ key: "registry", message: "username and password go together" }];
  }
  if (!registry.create) {
    return registry.name === undefined
      ? [{ key: "registry.name", message: "is needed with create: false, to tell which registry the account has" }]
      : [];
  }
  if (cluster.kind === "shared") {
    const message = "a stack on a shared cluster makes no registry of its own; set it to false, and registry.name";
    return [{ key: "registry.create", message }];
  }
  const built = apps.filter(({ source }) => source !== undefined).length;
  const room = REPOSITORIES[registry.tier];
  return built <= room
    ? []
    : [
        {
          key: "registry.tier",
          message: `${registry.tier} holds the image of ${countOf(room)}, and ${built} are built`,
        },
      ];
}

const countOf = (apps: number): string => (apps === 1 ? "one app" : `${apps} apps`);
