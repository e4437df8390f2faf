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
      if (type === "pulumi:pulumi:StackReference") {
        const { name: stack } = inputs as { name: string };
        return { id: stack, state: { name: stack, ...otherStack(stack) } };
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
    case "digitalocean:index/kubernetesCluster:KubernetesCluster":
      return cluster(name, inputs);
    case "digitalocean:index/containerRegistry:ContainerRegistry":
      return registry(inputs);
    case "digitalocean:index/containerRegistryDockerCredentials:ContainerRegistryDockerCredentials": {
      const auth = Buffer.from(`${name}-user:${name}-token`).toString("base64");
      return { dockerCredentials: pulumi.secret(JSON.stringify({ auths: { "registry.digitalocean.com": { auth } } })) };
    }
    case "digitalocean:index/databaseCluster:DatabaseCluster":
      return databaseServer(inputs);
    case "digitalocean:index/databaseReplica:DatabaseReplica":
      return { ...databaseServer(inputs), uuid: `${name}-uuid` };
    case "digitalocean:index/databaseUser:DatabaseUser":
      return { password: pulumi.secret(`${name}-generated-password`), role: "normal" };
    case "digitalocean:index/spacesKey:SpacesKey":
      return { accessKey: `${name}-access`, secretKey: pulumi.secret(`${name}-spaces-secret`) };
    case "kubernetes:core/v1:Service":
      return serviceStatus(inputs);
    default:
      return {};
  }
}

/** A cluster that runs, and the credentials that came with it. */
function cluster(name: string, inputs: Inputs): Inputs {
  const endpoint = `https://${name}-id.k8s.ondigitalocean.com`;
  return {
    endpoint,
    clusterUrn: `do:kubernetes:${name}-id`,
    kubeConfigs: pulumi.secret([
      {
        host: endpoint,
        clusterCaCertificate: Buffer.from(`certificate of ${String(inputs["name"])}`).toString("base64"),
        token: `${name}-token`,
        rawConfig: `kubeconfig of ${String(inputs["name"])}`,
      },
    ]),
  };
}

/** A managed database or a replica of one: reached from the internet at one name, and from its network at another. */
const databaseServer = ({ name }: Inputs): Inputs => ({
  host: `${String(name)}.db.ondigitalocean.com`,
  privateHost: `private-${String(name)}.db.ondigitalocean.com`,
  port: 25060,
});

const registry = ({ name }: Inputs): Inputs => ({
  name,
  endpoint: `registry.digitalocean.com/${String(name)}`,
  serverUrl: "registry.digitalocean.com",
});

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
  "digitalocean:index/getDatabaseCa:getDatabaseCa": ({ clusterId }) => ({
    clusterId,
    certificate: `certificate for ${String(clusterId)}`,
  }),
  "digitalocean:index/getProject:getProject": ({ name }) => ({ name, id: `id of the project ${String(name)}` }),
};

/** What other stacks that a program may refer to have as outputs. A cluster's kubeconfig is a secret there. */
const OTHER_STACKS: Record<string, Inputs> = {
  "organization/flask-doks/dev": {
    urls: {},
    clusterId: "the-shared-id",
    kubeconfig: "the shared kubeconfig",
    edge: { className: "theirs", namespace: "their-ingress", issuer: "letsencrypt", address: { ip: "203.0.113.8" } },
  },
  // Its apps have load balancers of their own.
  "organization/flask-doks/edgeless": { urls: {}, clusterId: "the-other-id", kubeconfig: "the other kubeconfig" },
};

/** A stack that is referred to is read, not made: it is the same in a preview. */
function otherStack(stack: string): Inputs {
  const { kubeconfig, ...outputs } = OTHER_STACKS[stack] ?? {};
  return kubeconfig === undefined
    ? { outputs, secretOutputNames: [] }
    : { outputs: pulumi.secret({ ...outputs, kubeconfig }), secretOutputNames: ["kubeconfig"] };
}
