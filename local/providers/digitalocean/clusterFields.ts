/** The properties of a Kubernetes cluster. */

import { SWITCHES } from "./cluster";
import { poolFields, tagsField } from "./nodePool";
import { atLeast, notEmpty, oneOf, range } from "./rules";
import { assigned, block, type Fields, list, optional, output, required } from "./schema";

const DAYS = ["any", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const RIVALS: Record<string, string> = {
  amdGpuDevicePlugin: "amdGpuDraDriver",
  amdGpuDraDriver: "amdGpuDevicePlugin",
  nvidiaGpuDevicePlugin: "nvidiaGpuDraDriver",
  nvidiaGpuDraDriver: "nvidiaGpuDevicePlugin",
};
const switches: Fields = Object.fromEntries(
  Object.keys(SWITCHES).map((key) => {
    const rival = RIVALS[key];
    const more = rival === undefined ? {} : { conflictsWith: [rival] };
    return [key, block({ enabled: required("bool") }, "assigned", more)];
  }),
);

export const clusterFields: Fields = {
  name: required("string", { validate: notEmpty }),
  region: required("string", { forceNew: true, validate: notEmpty, written: (text) => text.toLowerCase() }),
  surgeUpgrade: optional("bool", { default: true }),
  ha: assigned("bool"),
  registryIntegration: optional("bool", { default: false }),
  version: required("string", { validate: notEmpty }),
  vpcUuid: assigned("string", { forceNew: true }),
  workerSubnetUuid: assigned("string", { forceNew: true }),
  clusterSubnet: assigned("string", { forceNew: true, validate: range }),
  serviceSubnet: assigned("string", { forceNew: true, validate: range }),
  ipv4Address: output("string"),
  endpoint: output("string"),
  tags: tagsField(),
  maintenancePolicy: block(
    {
      day: assigned("string", { validate: oneOf(DAYS, true) }),
      startTime: assigned("string"),
      duration: output("string"),
    },
    "assigned",
  ),
  nodePool: block({ id: output("string"), ...poolFields }, "required"),
  clusterAutoscalerConfigurations: list({
    scaleDownUtilizationThreshold: optional("float"),
    scaleDownUnneededTime: optional("string"),
    expanders: list("string"),
  }),
  ssos: list(
    {
      enabled: required("bool"),
      required: optional("bool"),
      issuerUrl: optional("string"),
      clientId: optional("string"),
    },
    "assigned",
  ),
  status: output("string"),
  createdAt: output("string"),
  updatedAt: output("string"),
  kubeConfigs: list(
    {
      rawConfig: output("string"),
      host: output("string"),
      clusterCaCertificate: output("string"),
      clientKey: output("string"),
      clientCertificate: output("string"),
      token: output("string"),
      expiresAt: output("string"),
    },
    "output",
    { sensitive: true },
  ),
  autoUpgrade: optional("bool"),
  clusterUrn: output("string"),
  destroyAllAssociatedResources: optional("bool", { default: false }),
  kubeconfigExpireSeconds: optional("int", { validate: atLeast(0) }),
  controlPlaneFirewall: block({ enabled: required("bool"), allowedAddresses: list("string", "required") }, "assigned"),
  ...switches,
  isolatedWorkers: optional("bool", { default: false, forceNew: true }),
};
