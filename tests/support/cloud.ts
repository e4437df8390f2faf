import * as pulumi from "@pulumi/pulumi";
import { setTimeout } from "node:timers/promises";

const SLOW_MILLISECONDS = 300;

/**
 * What the cloud and the cluster would add to the inputs, in an update. In a preview they add nothing yet.
 *
 * @param slow Name of a resource that takes its time, so that whatever does not wait for it comes before.
 */
export function mocksFor(mode: "update" | "preview", slow?: string): pulumi.runtime.Mocks {
  return {
    newResource: async ({ type, name, inputs }) => {
      if (name === slow) {
        await setTimeout(SLOW_MILLISECONDS);
      }
      return {
        id: mode === "preview" ? undefined : `${name}-id`,
        state: {
          ...(inputs as object),
          ...autoNamed(type, name, inputs as Inputs),
          ...(mode === "preview" ? {} : computed(type, name, inputs as Inputs)),
        },
      };
    },
    call: ({ token, inputs }) => {
      const answer = ANSWERS[token];
      if (answer === undefined) {
        const details = `the program calls ${token}, which no test expects`;
        // The SDK passes on what an engine would give as details.
        throw Object.assign(new Error(details), { details });
      }
      return answer(inputs as Inputs);
    },
  };
}

type Inputs = Record<string, unknown>;

/** The name that the engine makes up for an object without one. */
export const autoName = (name: string): string => `${name}-1a2b3c4d`;

/** Names that the engine makes up are known in a preview already. */
function autoNamed(type: string, name: string, inputs: Inputs): Inputs {
  if (type === "digitalocean:index/kubernetesCluster:KubernetesCluster") {
    return { name: autoName(name) };
  }
  return type.startsWith("kubernetes:")
    ? { metadata: { name: autoName(name), ...(inputs["metadata"] as object | undefined) } }
    : {};
}

function computed(type: string, name: string, inputs: Inputs): Inputs {
  switch (type) {
    case "random:index/randomPassword:RandomPassword":
      return { result: pulumi.secret(`${name}-random-password`) };
    case "docker:index/image:Image":
      return { repoDigest: `${String(inputs["imageName"]).replace(/:[^:/]*$/, "")}@sha256:${"0".repeat(64)}` };
    case "digitalocean:index/containerRegistry:ContainerRegistry":
      return {
        endpoint: `registry.digitalocean.com/${String(inputs["name"])}`,
        serverUrl: "registry.digitalocean.com",
      };
    case "digitalocean:index/containerRegistryDockerCredentials:ContainerRegistryDockerCredentials": {
      const auth = Buffer.from(`${name}-user:${name}-token`).toString("base64");
      return { dockerCredentials: pulumi.secret(JSON.stringify({ auths: { "registry.digitalocean.com": { auth } } })) };
    }
    case "kubernetes:core/v1:Service":
      return serviceStatus(inputs);
    default:
      return {};
  }
}

/** An address for a load balancer, a free port for a node port that was not chosen. */
function serviceStatus(inputs: Inputs): Inputs {
  const spec = inputs["spec"] as { type?: string; ports: { nodePort?: number }[] };
  switch (spec.type) {
    case "LoadBalancer":
      return { status: { loadBalancer: { ingress: [{ ip: "203.0.113.7" }] } } };
    case "NodePort":
      return { spec: { ...spec, ports: spec.ports.map((port) => ({ nodePort: 31999, ...port })) } };
    default:
      return {};
  }
}

const ANSWERS: Record<string, (inputs: Inputs) => Inputs> = {
  "digitalocean:index/getKubernetesCluster:getKubernetesCluster": (inputs) => ({
    ...inputs,
    kubeConfigs: [{ rawConfig: `kubeconfig of ${String(inputs["name"])}` }],
  }),
};
