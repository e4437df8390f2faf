import { belongsTo } from "../addressRecord";
import { cacheFindings } from "./cacheRules";
import { clusterFindings } from "./clusterRules";
import { databaseFindings } from "./databaseRules";
import { edgeFindings } from "./edgeRules";
import type { Finding } from "./finding";
import { policyFindings } from "./policyRules";
import { registryFindings } from "./registryRules";
import { repeated } from "./repeated";
import type { Stack } from "./stack";

/** Rules that span several keys. They run on a config whose keys are each sound. */
export function crossCheck(stack: Stack): Finding[] {
  const findings: Finding[] = [];
  const add = (key: string, message: string) => findings.push({ key, message });
  const { apps, ingress } = stack;

  for (const { index, first, value } of repeated(apps.map((app) => app.name))) {
    add(`apps[${index}].name`, `"${value}" is the name of apps[${first}] too`);
  }
  for (const { index, first, value } of repeated(apps.map((app) => app.nodePort))) {
    add(`apps[${index}].nodePort`, `${value} is taken by apps[${first}]`);
  }
  const hosts = apps.flatMap((app, index) => app.hosts.map((host) => ({ host, index })));
  for (const { index, value } of repeated(hosts.map(({ host }) => host))) {
    add(`apps[${hosts[index]?.index ?? 0}].hosts`, `"${value}" is listed twice`);
  }
  apps.forEach((app, index) => {
    if (app.name === ingress.namespace && ingress.controller !== "none") {
      add(`apps[${index}].name`, `"${app.name}" is the namespace of the Ingress controller`);
    }
    if (app.expose === "ingress" && app.hosts.length === 0) {
      add(`apps[${index}].hosts`, "at least one host is needed with expose: ingress");
    }
    if (app.expose === "ingress" && ingress.controller === "none" && ingress.className === undefined) {
      add(
        `apps[${index}].expose`,
        "ingress needs ingress.controller, or ingress.className of a controller that is there",
      );
    }
    if (app.expose === "nodePort" && stack.cluster.kind !== "existing") {
      add(`apps[${index}].expose`, "nodePort is for cluster.kind: existing; DigitalOcean's nodes let no request in");
    }
  });
  return [
    ...findings,
    ...hostFindings(stack),
    ...edgeFindings(stack),
    ...clusterFindings(stack),
    ...registryFindings(stack),
    ...databaseFindings(stack),
    ...cacheFindings(stack),
    ...policyFindings(stack),
    ...reviewFindings(stack),
    ...notYetBuilt(stack),
  ];
}

const ELSEWHERE = "set dns.managed: false when its records are written elsewhere";

/** With a domain whose records this stack writes, every host is one of its, and leads to where there is an address. */
function hostFindings({ cluster, domain, dns, apps }: Stack): Finding[] {
  if (domain === undefined || !dns.managed) {
    return [];
  }
  return apps.flatMap((app, index) =>
    app.hosts.flatMap((host) => {
      const key = `apps[${index}].hosts`;
      if (!belongsTo(host, domain)) {
        return [{ key, message: `"${host}" is not in the domain "${domain}"; ${ELSEWHERE}` }];
      }
      return app.expose === "nodePort" || (app.expose === "ingress" && cluster.kind === "existing")
        ? [{ key, message: `"${host}" gets no record, for a node port has no address of its own; ${ELSEWHERE}` }]
        : [];
    }),
  );
}

/** Review apps have hosts that a record can be written for, and there is something that a seed could fill. */
function reviewFindings({ apps, dns, domain, review }: Stack): Finding[] {
  const findings = apps.flatMap(({ seed, database, cache }, index) =>
    seed !== undefined && database.kind === "none" && cache.kind === "none"
      ? [{ key: `apps[${index}].seed`, message: "there is no database and no cache to fill" }]
      : [],
  );
  const key = "review.domain";
  if (review.domain?.startsWith("*.") === true) {
    return [...findings, { key, message: `"${review.domain}" is a wildcard; give what comes after the *.` }];
  }
  if (review.domain === undefined || domain === undefined || !dns.managed || belongsTo(review.domain, domain)) {
    return findings;
  }
  return [...findings, { key, message: `"${review.domain}" is not in the domain "${domain}"; ${ELSEWHERE}` }];
}

/** What the config model holds and this version cannot deploy, for people. */
export const PLANNED = ["`logging`", "`monitoring`"];

/** Parts of the config model that this version cannot deploy. To refuse them beats to ignore them in silence. */
function notYetBuilt(stack: Stack): Finding[] {
  const unbuilt: [boolean, string, string][] = [
    [stack.logging.kind !== "none", "logging", stack.logging.kind],
    [stack.monitoring.kind !== "none", "monitoring", stack.monitoring.kind],
  ];
  return unbuilt
    .filter(([used]) => used)
    .map(([, key, what]) => ({ key, message: `${what} is planned but not built in this version` }));
}
