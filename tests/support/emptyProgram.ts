/** The providers of a stack and nothing else: what the engine alone costs. */
import * as k8s from "@pulumi/kubernetes";
import "@pulumi/docker";
import "@pulumi/random";
import { loadConfig } from "../../config";

export = (): Promise<Record<string, unknown>> => {
  const { cluster } = loadConfig();
  if (cluster.kind === "existing") {
    new k8s.Provider("empty", {
      context: cluster.context,
      ...(cluster.kubeconfig === undefined ? {} : { kubeconfig: cluster.kubeconfig }),
    });
  }
  return Promise.resolve({});
};
