/** What a component hands down to its children: the caller's parent, protect and providers (P2). */
import * as digitalocean from "@pulumi/digitalocean";
import * as docker from "@pulumi/docker";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { deploy } from "./mocks";

class Caller extends pulumi.ComponentResource {
  constructor() {
    super("test:caller:Caller", "caller", {}, {});
  }
}

/** One resource, and what it got: `provider` is the one that the caller gave, `protected` whether protect arrived. */
export interface Heir {
  name: string;
  parent: string;
  provider: string;
  protected: boolean;
}

/**
 * Creates a component as a child of another one, protected and with providers of its own, and returns it with all of its
 * children.
 */
export async function heirs(create: (opts: pulumi.ComponentResourceOptions) => unknown): Promise<Heir[]> {
  const { resources } = await deploy(() => {
    const providers = {
      kubernetes: new k8s.Provider("the-cluster", { kubeconfig: "x" }),
      digitalocean: new digitalocean.Provider("the-cloud", { token: "x" }),
      docker: new docker.Provider("the-builder", {}),
      random: new random.Provider("the-dice", {}),
    };
    create({ parent: new Caller(), protect: true, providers });
  });
  return resources
    .filter(({ name }) => name !== "caller" && !name.startsWith("the-"))
    .map(({ name, parent, provider, protect }) => ({ name, parent, provider, protected: protect }));
}

const PROVIDERS: Record<string, string> = {
  k8s: "the-cluster",
  cloud: "the-cloud",
  builder: "the-builder",
  dice: "the-dice",
  none: "",
};

/** The heirs that a component is to have: lines of `name parent provider`, the provider being a key of the above. */
export function expected(...lines: string[]): Heir[] {
  return lines.map((line) => {
    const [name = "", parent = "", provider = ""] = line.split(" ");
    return { name, parent, provider: PROVIDERS[provider] ?? provider, protected: true };
  });
}

/** Sorted by name, so that the order in which resources are asked for does not matter. */
export const byName = (list: Heir[]): Heir[] =>
  list.toSorted((a, b) => `${a.name} ${a.parent}`.localeCompare(`${b.name} ${b.parent}`));
