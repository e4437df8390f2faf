/** What the cloud and the cluster would add to the inputs of resources, made up: for a program that no engine runs. */
import * as pulumi from "@pulumi/pulumi";
import { setTimeout } from "node:timers/promises";

const SLOW_MILLISECONDS = 300;

/** Outputs of another stack that a program refers to. A cluster's kubeconfig is a secret there. */
export type OtherOutputs = Record<string, unknown>;

/** How a cloud is made up. */
export interface MadeUp {
  /** In an update resources have outputs; in a preview not yet. */
  mode: "update" | "preview";
  /** Name that the engine makes up for an object without one. It is known in a preview already. */
  autoName: (name: string) => string;
  /** What stands for a value that is known only when the resource is there, such as an address or a password. */
  known: (value: string) => string;
  /** What another stack has as outputs, by its full name. */
  otherStack: (stack: string) => OtherOutputs;
  /** Name of a resource that takes its time, so that whatever does not wait for it comes before. */
  slow?: string | undefined;
}

/** Mocks that answer as such a cloud would. */
export function mocksFor(cloud: MadeUp): pulumi.runtime.Mocks {
  const { mode, autoName, known, slow } = cloud;
  return {
    newResource: async ({ type, name, inputs }) => {
      if (name === slow) {
        await setTimeout(SLOW_MILLISECONDS);
      }
      if (type === "pulumi:pulumi:StackReference") {
        const { name: stack } = inputs as { name: string };
        return { id: stack, state: { name: stack, ...outputsOf(cloud.otherStack(stack)) } };
      }
      return {
        id: mode === "preview" ? undefined : known(`${name}-id`),
        state: {
          ...(inputs as object),
          ...(type.startsWith("kubernetes:")
            ? { metadata: { name: autoName(name), ...((inputs as Inputs)["metadata"] as object | undefined) } }
            : {}),
          ...(mode === "preview" ? {} : computed(type, name, inputs as Inputs, known)),
        },
      };
    },
    call: ({ token, inputs }) => {
      const answer = ANSWERS[token];
      if (answer === undefined) {
        const details = `the program calls ${token}, which no test expects: local/render/cloud.ts has no answer to it`;
        // The SDK passes on what an engine would give as details.
        throw Object.assign(new Error(details), { details });
      }
      return answer(inputs as Inputs, known);
    },
  };
}

type Inputs = Record<string, unknown>;
type Known = MadeUp["known"];

function computed(type: string, name: string, inputs: Inputs, known: Known): Inputs {
  switch (type) {
    case "random:index/randomPassword:RandomPassword":
      return { result: pulumi.secret(known(`${name}-random-password`)) };
    case "docker:index/image:Image":
      return { repoDigest: `${String(inputs["imageName"]).replace(/:[^:/]*$/, "")}@sha256:${"0".repeat(64)}` };
    case "digitalocean:index/kubernetesCluster:KubernetesCluster":
      return cluster(name, inputs, known);
    case "digitalocean:index/containerRegistry:ContainerRegistry":
      return registry(inputs);
    case "digitalocean:index/containerRegistryDockerCredentials:ContainerRegistryDockerCredentials": {
      const auth = Buffer.from(`${name}-user:${name}-token`).toString("base64");
      return { dockerCredentials: pulumi.secret(JSON.stringify({ auths: { "registry.digitalocean.com": { auth } } })) };
    }
    case "digitalocean:index/databaseCluster:DatabaseCluster":
      return databaseServer(inputs, known);
    case "digitalocean:index/databaseReplica:DatabaseReplica":
      return { ...databaseServer(inputs, known), uuid: known(`${name}-uuid`) };
    case "digitalocean:index/databaseUser:DatabaseUser":
      return { password: pulumi.secret(known(`${name}-generated-password`)), role: "normal" };
    case "digitalocean:index/spacesKey:SpacesKey":
      return { accessKey: known(`${name}-access`), secretKey: pulumi.secret(known(`${name}-spaces-secret`)) };
    case "kubernetes:core/v1:Service":
      return serviceStatus(inputs, known);
    default:
      return {};
  }
}

/** A cluster that runs, and the credentials that came with it. */
function cluster(name: string, inputs: Inputs, known: Known): Inputs {
  const endpoint = known(`https://${name}-id.k8s.ondigitalocean.com`);
  return {
    endpoint,
    clusterUrn: known(`do:kubernetes:${name}-id`),
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
const databaseServer = ({ name }: Inputs, known: Known): Inputs => ({
  host: known(`${String(name)}.db.ondigitalocean.com`),
  privateHost: known(`private-${String(name)}.db.ondigitalocean.com`),
  port: 25060,
});

const registry = ({ name }: Inputs): Inputs => ({
  name,
  endpoint: `registry.digitalocean.com/${String(name)}`,
  serverUrl: "registry.digitalocean.com",
});

/** An address for a load balancer, a free port for a node port that was not chosen. */
function serviceStatus(inputs: Inputs, known: Known): Inputs {
  const spec = inputs["spec"] as { type?: string; ports: { nodePort?: number }[] };
  switch (spec.type) {
    case "LoadBalancer":
      return { status: { loadBalancer: { ingress: [{ ip: known("203.0.113.7") }] } } };
    case "NodePort":
      return { spec: { ...spec, ports: spec.ports.map((port) => ({ nodePort: 31999, ...port })) } };
    default:
      return {};
  }
}

const ANSWERS: Record<string, (inputs: Inputs, known: Known) => Inputs> = {
  "digitalocean:index/getDatabaseCa:getDatabaseCa": ({ clusterId }, known) => ({
    clusterId,
    certificate: known(`certificate for ${String(clusterId)}`),
  }),
  "digitalocean:index/getProject:getProject": ({ name }, known) => ({
    name,
    id: known(`id of the project ${String(name)}`),
  }),
};

/** A stack that is referred to is read, not made: it is the same in a preview. */
function outputsOf({ kubeconfig, ...outputs }: OtherOutputs): Inputs {
  return kubeconfig === undefined
    ? { outputs, secretOutputNames: [] }
    : { outputs: pulumi.secret({ ...outputs, kubeconfig }), secretOutputNames: ["kubeconfig"] };
}
