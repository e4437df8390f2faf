/** What stands around a way in on the emulated DigitalOcean: charts and images of this machine, and an ACME server. */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { JsonObject } from "../../../local/engine/stack";
import { nodeSettings } from "../../../local/node/settings";
import { edgeSoftware } from "../../support/edgeSoftware";
import type { Changes } from "../../support/lifecycle";
import { Pebble } from "../../support/pebble";
import type { Account } from "./cloud";
import { NODE } from "../lanes";

export const DOMAIN = "blog-of-ada.dev";
/** A domain that the ACME server refuses to vouch for. */
export const REFUSED = "refused.example";
/** The token with which cert-manager writes records: another one than the user's, with rights on them alone. */
export const DNS_TOKEN = `dop_v1_${randomBytes(32).toString("hex")}`;
export const DNS_SCOPES = ["domain:create", "domain:read", "domain:update", "domain:delete"];

/** How long the ACME server's certificates are good. With 5 minutes as the time for renewal, every 90 s. */
const VALIDITY_SECONDS = 390;

export interface EdgeScene {
  pebble: Pebble;
  /** What the stack is to be told beside the committed file. */
  changes: (changes?: SceneChanges) => Changes;
  strike: () => Promise<void>;
}

export interface SceneChanges {
  hosts?: string[];
  controller?: "nginx" | "traefik";
  dns?: JsonObject;
  challenge?: "http01" | "dns01";
}

/** Builds what is missing, and starts the ACME server. */
export async function setEdgeScene(account: Account): Promise<EdgeScene> {
  const software = await edgeSoftware(NODE, {
    certManagerValues: {
      volumes: [{ name: "authority", configMap: { name: "authority" } }],
      volumeMounts: [{ name: "authority", mountPath: "/authority", readOnly: true }],
      extraEnv: [{ name: "SSL_CERT_FILE", value: "/authority/ca.crt" }],
    },
  });
  // For the emulated api.digitalocean.com, which the solver for records insists on.
  const authority = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "authority" },
    data: { "ca.crt": account.authority },
  };
  writeFileSync(join(software.charts.certManager, "templates", "authority.yaml"), stringify(authority));
  const { machineAddress, cloud } = nodeSettings(NODE);
  const pebble = await Pebble.start({
    address: machineAddress,
    nameServer: cloud.nameServer,
    validitySeconds: VALIDITY_SECONDS,
    refused: REFUSED,
  });
  const images = { ...(account.stage.options.overrides["images"] as JsonObject), ...software.images };
  return {
    pebble,
    changes: ({ hosts = [DOMAIN, `www.${DOMAIN}`], controller = "nginx", dns = {}, challenge = "http01" } = {}) => ({
      // What stands in for ingress-nginx knows no snippets: there the further hosts are served.
      blog: { expose: "ingress", hosts, redirect: controller === "traefik" && hosts.length > 1 },
      config: {
        domain: DOMAIN,
        dns,
        ingress: { controller },
        tls: { issuer: "acme", server: pebble.directory, serverCa: pebble.authority, challenge },
        charts: { ...software.charts },
        images,
      },
      secrets: challenge === "dns01" ? [{ path: "tls.dnsToken", value: DNS_TOKEN }] : [],
    }),
    strike: async () => {
      await pebble.stop();
      software.strike();
    },
  };
}
