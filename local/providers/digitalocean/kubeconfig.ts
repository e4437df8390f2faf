/** A cluster's credentials, and the kubeconfig made of them. */

import type { Values } from "../values";
import type { JsonObject } from "./client";

export interface Credentials extends JsonObject {
  server: string;
  /** These are base64. */
  certificate_authority_data?: string | null;
  client_certificate_data?: string | null;
  client_key_data?: string | null;
  token: string;
  expires_at: string;
}

/** Quoted only where YAML needs it. */
const scalar = (text: string): string => (/^[A-Za-z/][\w./:+=-]*$/.test(text) ? text : JSON.stringify(text));

export function kubeconfigOf(name: string, region: string, credentials: Credentials): string {
  const cluster = `do-${region}-${name}`;
  const user = `${cluster}-admin`;
  const optional = (key: string, value: string | null | undefined): string[] =>
    value === undefined || value === null || value === "" ? [] : [`    ${key}: ${scalar(value)}`];
  return [
    "apiVersion: v1",
    "kind: Config",
    "clusters:",
    "- cluster:",
    `    certificate-authority-data: ${scalar(credentials.certificate_authority_data ?? "")}`,
    `    server: ${scalar(credentials.server)}`,
    `  name: ${scalar(cluster)}`,
    "contexts:",
    "- context:",
    `    cluster: ${scalar(cluster)}`,
    `    user: ${scalar(user)}`,
    `  name: ${scalar(cluster)}`,
    `current-context: ${scalar(cluster)}`,
    "users:",
    `- name: ${scalar(user)}`,
    "  user:",
    ...optional("client-key-data", credentials.client_key_data),
    ...optional("client-certificate-data", credentials.client_certificate_data),
    `    token: ${scalar(credentials.token)}`,
    "",
  ].join("\n");
}

const decoded = (value: string | null | undefined): string => Buffer.from(value ?? "", "base64").toString("utf8");

/** An item of the property `kubeConfigs`. */
export const kubeConfigState = (name: string, region: string, credentials: Credentials): Values => ({
  clusterCaCertificate: credentials.certificate_authority_data ?? "",
  host: credentials.server,
  token: credentials.token,
  expiresAt: credentials.expires_at.replace(/\.\d+/, ""),
  clientKey: decoded(credentials.client_key_data),
  clientCertificate: decoded(credentials.client_certificate_data),
  rawConfig: kubeconfigOf(name, region, credentials),
});
