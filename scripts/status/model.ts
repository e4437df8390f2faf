/** What `npm run status` finds out, as `--json` prints it. Times are ISO 8601, in UTC. */

/** Whether a URL of an app answers. */
export interface UrlStatus {
  url: string;
  ok: boolean;
  /** HTTP status; none when there was no answer, or nobody asked. */
  status?: number;
  /** Until the answer's headers were there. */
  milliseconds?: number;
  /** What is to be known of an answer that is good. */
  note?: string;
  /** What is wrong, as a sentence without its full stop. */
  problem?: string;
}

/** What keeps a certificate from being issued or renewed. */
export type CertificateCause =
  "unresolved" | "unreachable" | "rate-limited" | "caa" | "contact" | "issuer" | "refused" | "pending";

/** The certificate of an app's hosts. */
export interface CertificateStatus {
  ok: boolean;
  issuer?: string;
  /** When it ends. */
  expires?: string;
  daysLeft?: number;
  /** How many days before its end cert-manager renews it. */
  renewedDaysBefore?: number;
  note?: string;
  cause?: CertificateCause;
  problem?: string;
}

/** A Deployment, StatefulSet, DaemonSet or Job. */
export interface WorkloadStatus {
  name: string;
  kind: "Deployment" | "StatefulSet" | "DaemonSet" | "Job";
  ok: boolean;
  ready: number;
  wanted: number;
  /** Starts after a failure in the last hour; not exact where only the last of them is known. */
  restarts?: { lastHour: number; exact: boolean };
  note?: string;
  problem?: string;
  /** What the pods that are not ready say, with the breach of docs/your-app.md and the last error of each. */
  reasons: string[];
}

/** A database of an app. */
export interface DatabaseStatus {
  /** Such as `MySQL`. */
  name: string;
  ok: boolean;
  /** Where it is, if that is not in the cluster: it is not asked there. */
  host?: string;
  /** Size of its volume, such as `20 GiB`. */
  volume?: string;
  note?: string;
  problem?: string;
  reasons: string[];
}

/** What the runs of a task came to that runs by the clock. */
export interface RunStatus {
  ok: boolean;
  /** When the newest good one ended; none while there is none. */
  lastSuccess?: string;
  /** Whether that is longer ago than it may be; none where there is no limit. */
  overdue?: boolean;
  note?: string;
  problem?: string;
  reasons: string[];
}

/** The backups of an app's database. */
export interface BackupStatus extends RunStatus {
  configured: boolean;
  /** How old the newest good one may get. */
  maxAgeHours?: number;
  /** Size of the dump in the newest good one; none when what made it is gone. */
  bytes?: number;
}

/** The restores of the newest backup into a scratch server, as a test. */
export interface RestoreTestStatus extends RunStatus {
  /** How many rows the newest good one has found; none when what found them is gone. */
  rows?: number;
}

/** A Service that has a load balancer made. */
export interface LoadBalancerStatus {
  name: string;
  ok: boolean;
  address?: string;
  problem?: string;
}

/** One that issues certificates. */
export interface IssuerStatus {
  name: string;
  ok: boolean;
  problem?: string;
}

export interface AppStatus {
  name: string;
  namespace: string;
  urls: UrlStatus[];
  /** None for an app that is reached without TLS. */
  certificate?: CertificateStatus;
  workloads: WorkloadStatus[];
  loadBalancers: LoadBalancerStatus[];
  /** None for an app without one, and for one outside of the cluster that is neither backed up nor to be moved. */
  database?: DatabaseStatus;
  /** The one in the cluster, for an app that uses another one. */
  spareDatabase?: DatabaseStatus;
  backup?: BackupStatus;
  /** None for an app without backups. */
  restoreTest?: RestoreTestStatus;
  problems: string[];
}

/** What all apps share: Ingress controller, load balancer, issuers. */
export interface EdgeStatus {
  workloads: WorkloadStatus[];
  loadBalancers: LoadBalancerStatus[];
  issuers: IssuerStatus[];
  problems: string[];
}

export interface StackStatus {
  stack: string;
  /** Where a stack of this machine's own is; none for one whose state is on the backend. */
  place?: string;
  healthy: boolean;
  checkedAt: string;
  apps: AppStatus[];
  /** None for a stack whose apps have no Ingress. */
  edge?: EdgeStatus;
  /** All problems, each with the app's name, or `edge`, before it. */
  problems: string[];
}
