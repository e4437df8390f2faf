import { CERT_MANAGER_NAMESPACE } from "../certManagerValues";
import { hasIngress, issuerOf } from "../edge";
import type { Finding } from "./finding";
import type { Stack } from "./stack";

/** What is wrong with the way in that apps share, and with its certificates, whose keys are each sound. */
export function edgeFindings(stack: Stack): Finding[] {
  const findings: Finding[] = [];
  const add = (key: string, message: string) => findings.push({ key, message });
  const { apps, cluster, dns, domain, ingress, tls } = stack;
  const issuer = issuerOf(stack);

  if (ingress.proxyProtocol && ingress.loadBalancer.type !== "REGIONAL") {
    add("ingress.proxyProtocol", "works only with loadBalancer.type REGIONAL");
  }
  if (ingress.nodePorts.http === ingress.nodePorts.https) {
    add("ingress.nodePorts", "http and https need a port each");
  }
  if (tls.issuer === "acme" && tls.server === undefined) {
    add("tls.server", "is needed with issuer: acme");
  }
  if (tls.serverCa !== undefined && tls.issuer !== "acme") {
    add("tls.serverCa", "is only used with issuer: acme");
  }
  if (cluster.kind === "shared") {
    if (tls.issuer !== undefined && tls.issuer !== "none") {
      add("tls.issuer", "the stack that owns the cluster issues the certificates; leave it out, or set none");
    }
    if (domain !== undefined && dns.managed && dns.domain === "create") {
      add("dns.domain", "the stack that owns the cluster owns the domain; set it to existing");
    }
  }
  findings.push(...redirectFindings(stack));
  if (issuer === "none") {
    return findings;
  }
  if (tls.challenge === "dns01" && tls.dnsToken === undefined && issuer !== "self-signed") {
    add("tls.dnsToken", "is needed with challenge: dns01");
  }
  if (tls.challenge === "http01" && tls.dnsToken !== undefined) {
    add("tls.dnsToken", "is only used with challenge: dns01");
  }
  apps.forEach((app, index) => {
    const wildcard = app.hosts.find((host) => host.startsWith("*."));
    if (app.expose === "ingress" && wildcard !== undefined && tls.challenge === "http01" && issuer !== "self-signed") {
      add(
        `apps[${index}].hosts`,
        `"${wildcard}" needs tls.challenge: dns01, for a wildcard cannot be proved otherwise`,
      );
    }
    if (app.name === CERT_MANAGER_NAMESPACE && hasIngress(stack)) {
      add(`apps[${index}].name`, `"${CERT_MANAGER_NAMESPACE}" is the namespace of what issues the certificates`);
    }
  });
  return findings;
}

/** Hosts that lead on: who leads, where to, and by which means. */
function redirectFindings(stack: Stack): Finding[] {
  const { apps, cluster, ingress } = stack;
  return apps.flatMap(({ redirect, expose, hosts: [main = "", ...others] }, index): Finding[] => {
    const key = `apps[${index}].redirect`;
    if (!redirect) {
      return [];
    }
    if (expose !== "ingress") {
      return [{ key, message: `is only used with expose: ingress, and expose is ${expose}` }];
    }
    if (cluster.kind === "shared" || ingress.controller === "none") {
      return [{ key, message: "needs an Ingress controller of this stack's own" }];
    }
    if (issuerOf(stack) === "none") {
      return [{ key, message: "leads to HTTPS, and there are no certificates" }];
    }
    return others.length > 0 && !main.startsWith("*.")
      ? []
      : [{ key, message: "needs a first host, no wildcard, and further ones that lead there" }];
  });
}
