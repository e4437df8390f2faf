/** Arguments of an Ingress controller, for the specs of it and of its values. */
import type { IngressControllerArgs } from "../../components/edge/ingressController";
import { IMAGES } from "../../lib/versions";

export const CONTROLLER_ARGS: IngressControllerArgs = {
  controller: "nginx",
  namespace: "ingress",
  className: "public",
  replicas: 2,
  graceSeconds: 60,
  maxBodyMi: 8,
  timeoutSeconds: 45,
  https: true,
  hsts: true,
  redirects: [],
  proxyProtocol: false,
  wayIn: { kind: "loadBalancer", name: "env-ingress", type: "REGIONAL_NETWORK", sizeUnit: 1, ipv6: false },
  charts: {},
  images: IMAGES,
};
