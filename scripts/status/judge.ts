/** Puts together what a stack's status is, from what its URLs and its cluster say. */
import type { V1Service } from "@kubernetes/client-node";
import { backupStatus, restoreTestStatus } from "./backups";
import { authorityOf, certificateStatus, issuerProblem } from "./certificates";
import { databasesOf } from "./database";
import type { CertManagerObjects, Issuer } from "./customObjects";
import { lastWarning, type Warning } from "./events";
import type { NamespaceFacts } from "./gather";
import type { AppStatus, EdgeStatus, IssuerStatus, LoadBalancerStatus, StackStatus, WorkloadStatus } from "./model";
import type { Answer } from "./probe";
import { canBeAsked, unasked, urlStatus } from "./urls";
import {
  componentOf,
  daemonSetStatus,
  deploymentStatus,
  migrationStatus,
  statefulSetStatus,
  type PodFacts,
} from "./workloads";

/** An app, as the stack's outputs name it. */
export interface App {
  name: string;
  namespace: string;
  urls: readonly string[];
}

/** All that a stack's status is judged by. */
export interface StackFacts {
  stack: string;
  /** Where a stack of this machine's own is. */
  place?: string | undefined;
  apps: readonly App[];
  /** The apps' namespaces, by name. */
  namespaces: ReadonlyMap<string, NamespaceFacts>;
  /** Namespaces of what all apps share; none where no app has an Ingress. */
  edge: readonly NamespaceFacts[];
  /** What came of asking, by URL. */
  answers: ReadonlyMap<string, Answer>;
  now: Date;
}

export function stackStatus({ stack, place, apps, namespaces, edge, answers, now }: StackFacts): StackStatus {
  const judged = apps.map((app) => appStatus(app, namespaces.get(app.namespace), answers, now));
  const issuing = apps.flatMap(({ namespace }) => namespaces.get(namespace)?.certManager ?? []);
  const shared = edge.length === 0 ? undefined : edgeStatus(edge, issuing, now);
  const problems = [
    ...judged.flatMap((app) => app.problems.map((problem) => `${app.name}: ${problem}`)),
    ...(shared?.problems.map((problem) => `edge: ${problem}`) ?? []),
  ];
  return {
    stack,
    ...(place === undefined ? {} : { place }),
    healthy: problems.length === 0,
    checkedAt: now.toISOString(),
    apps: judged,
    ...(shared === undefined ? {} : { edge: shared }),
    problems,
  };
}

/** Whether an app comes in by what all apps share. */
export const usesEdge = (facts: NamespaceFacts): boolean => facts.ingresses.length > 0;

function appStatus(
  { name, namespace, urls }: App,
  facts: NamespaceFacts | undefined,
  answers: ReadonlyMap<string, Answer>,
  now: Date,
): AppStatus {
  const { certManager: objects, ingresses = [], warnings = [] } = facts ?? {};
  const authority = authorityOf(objects);
  const asked = urls.map((url) => {
    const answer = answers.get(url);
    return answer === undefined || !canBeAsked(url) ? unasked(url) : urlStatus(answer, authority, now);
  });
  const wantedSecrets = ingresses.flatMap(({ spec }) => spec?.tls?.flatMap(({ secretName }) => secretName ?? []) ?? []);
  const served = urls
    .flatMap((url) => answers.get(url) ?? [])
    .flatMap(({ certificate, trust }) => (certificate && trust ? [{ certificate, trust }] : []))[0];
  const certificate = certificateStatus({ objects, warnings, wantedSecrets, served, now });
  const logs = facts?.logs ?? new Map<string, string>();
  const pods: PodFacts = { pods: facts?.pods ?? [], warnings, logs, breaches: facts?.breaches, now };
  const workloads = facts === undefined ? [] : workloadsOf(facts, pods);
  const loadBalancers = loadBalancersOf(facts?.services ?? [], warnings);
  const { statefulSets = [], claims = [], cronJobs = [], jobs = [] } = facts ?? {};
  const { database, spareDatabase } = databasesOf(statefulSets, claims, cronJobs, pods);
  const backup = backupStatus(cronJobs, jobs, pods);
  const restoreTest = restoreTestStatus(cronJobs, jobs, pods);
  const problems = [
    ...asked.flatMap(({ url, problem }) => told(url, problem)),
    ...told("certificate", certificate?.problem),
    ...(workloads.length > 0 ? [] : [`nothing of it runs in the namespace ${namespace}`]),
    ...[...loadBalancers, ...workloads].flatMap((each) => told(each.name, each.problem)),
    ...told("database", database?.problem),
    ...told("spare database", spareDatabase?.problem),
    ...told("backups", backup.problem),
    ...told("restore test", restoreTest?.problem),
  ];
  return {
    name,
    namespace,
    urls: asked,
    ...(certificate === undefined ? {} : { certificate }),
    workloads,
    loadBalancers,
    ...(database === undefined ? {} : { database }),
    ...(spareDatabase === undefined ? {} : { spareDatabase }),
    ...(database === undefined && !backup.configured ? {} : { backup }),
    ...(restoreTest === undefined ? {} : { restoreTest }),
    problems,
  };
}

function edgeStatus(edge: readonly NamespaceFacts[], issuing: readonly CertManagerObjects[], now: Date): EdgeStatus {
  const workloads = edge.flatMap((facts) => workloadsOf(facts, { ...facts, now }));
  const loadBalancers = edge.flatMap(({ services, warnings }) => loadBalancersOf(services, warnings));
  const issuers = issuersOf(issuing);
  const problems = [...loadBalancers, ...workloads].flatMap((each) => told(each.name, each.problem));
  return {
    workloads,
    loadBalancers,
    issuers,
    problems: [...problems, ...issuers.flatMap(({ name, problem }) => told(`issuer ${name}`, problem))],
  };
}

const told = (name: string, problem: string | undefined): string[] =>
  problem === undefined ? [] : [`${name}: ${problem}`];

/** All but the database, which has a status of its own. Called by their parts, where those tell them apart. */
function workloadsOf(
  { deployments, statefulSets, daemonSets, jobs }: NamespaceFacts,
  pods: PodFacts,
): WorkloadStatus[] {
  const sets = statefulSets.filter((set) => componentOf(set) !== "database");
  const parts = [...deployments, ...sets, ...daemonSets].map(componentOf);
  const isCalledByParts = parts.every((part, index) => part !== undefined && parts.indexOf(part) === index);
  const nameOf = (object: Parameters<typeof componentOf>[0] & { metadata?: { name?: string } }) => {
    const part = componentOf(object);
    // Not an edge's charts, which call everything "controller".
    const byPart = isCalledByParts && object.metadata?.labels?.["app.kubernetes.io/managed-by"] === "pulumi";
    return (byPart ? part : undefined) ?? object.metadata?.name ?? "";
  };
  const migration = migrationStatus(jobs, pods);
  return [
    ...deployments.map((each) => deploymentStatus(nameOf(each), each, pods)),
    ...sets.map((each) => statefulSetStatus(nameOf(each), each, pods)),
    ...daemonSets.map((each) => daemonSetStatus(nameOf(each), each, pods)),
    ...(migration === undefined ? [] : [migration]),
  ];
}

function loadBalancersOf(services: readonly V1Service[], warnings: readonly Warning[]): LoadBalancerStatus[] {
  return services
    .filter(({ spec }) => spec?.type === "LoadBalancer")
    .map((service) => {
      const name = service.metadata?.name ?? "";
      const [at] = service.status?.loadBalancer?.ingress ?? [];
      const address = at?.ip ?? at?.hostname;
      if (address !== undefined) return { name, ok: true, address };
      const warned = lastWarning(warnings, [service])?.message;
      return { name, ok: false, problem: `no address yet${warned === undefined ? "" : `: ${warned}`}` };
    });
}

/** Those that the apps' certificates name. */
function issuersOf(issuing: readonly CertManagerObjects[]): IssuerStatus[] {
  const found = new Map<string, Issuer>();
  for (const { certificates, issuers, clusterIssuers } of issuing) {
    for (const { spec } of certificates) {
      const { kind = "Issuer", name } = spec?.issuerRef ?? { name: "" };
      const all = kind === "ClusterIssuer" ? clusterIssuers : issuers;
      const issuer = all.find(({ metadata }) => metadata.name === name);
      if (issuer !== undefined) found.set(`${kind} ${issuer.metadata.namespace ?? ""} ${name}`, issuer);
    }
  }
  return [...found.values()].map((issuer) => {
    const { name } = issuer.metadata;
    const problem = issuerProblem(issuer)?.text;
    return problem === undefined ? { name, ok: true } : { name, ok: false, problem };
  });
}
