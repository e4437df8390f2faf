/** All that exists in the emulated account. Plain data: it is kept as JSON. Times ending in `Ms` are the emulator's clock's. */
import type { ClusterAccess } from "./contract";

export type Extras = Record<string, unknown>;

export interface NodeRecord {
  id: string;
  name: string;
  dropletId: number;
  createdMs: number;
  readyMs: number;
  goneMs?: number;
}

export interface PoolRecord {
  id: string;
  name: string;
  size: string;
  count: number;
  tags: string[];
  labels: Record<string, string>;
  taints: { key: string; value: string; effect: string }[];
  autoScale: boolean;
  minNodes: number;
  maxNodes: number;
  nodes: NodeRecord[];
  goneMs?: number;
}

export interface ClusterRecord {
  id: string;
  name: string;
  region: string;
  version: string;
  /** Those of the user; the API adds its own. */
  tags: string[];
  ha: boolean;
  autoUpgrade: boolean;
  surgeUpgrade: boolean;
  vpcId: string;
  clusterSubnet: string;
  serviceSubnet: string;
  maintenance: { day: string; start_time: string };
  registryEnabled: boolean;
  /** What the API only keeps: firewalls, plugins, single sign-on. */
  extras: Extras;
  pools: PoolRecord[];
  createdMs: number;
  updatedMs: number;
  readyMs: number;
  /** How it is reached, once the backend has made it. */
  access?: ClusterAccess;
  /** An upgrade is under way until it is ready. */
  upgrading?: boolean;
  deleting?: boolean;
  /** Why it could not be made. */
  failure?: string;
}

export type TokenKind = "kubeconfig" | "credentials" | "docker-read" | "docker-write";

export interface ClusterTokenRecord {
  id: string;
  kind: "kubeconfig" | "credentials";
  clusterId: string;
  token: string;
  createdMs: number;
  expiresMs: number;
}

export interface RegistryCredentialRecord {
  id: string;
  registry: string;
  token: string;
  write: boolean;
  createdMs: number;
  /** None for a credential that does not expire. */
  expiresMs?: number;
}

export interface ManifestRecord {
  digest: string;
  bytes: number;
  tags: string[];
  updatedMs: number;
}

export interface GarbageCollectionRecord {
  id: string;
  createdMs: number;
  readyMs: number;
  freedBytes: number;
  blobsDeleted: number;
  cancelled?: boolean;
}

export interface RegistryRecord {
  name: string;
  region: string;
  createdMs: number;
  repositories: { name: string; manifests: ManifestRecord[] }[];
  garbageCollections: GarbageCollectionRecord[];
}

export interface LoadBalancerRecord {
  id: string;
  name: string;
  region: string;
  ip: string;
  tags: string[];
  vpcId: string;
  type: "REGIONAL" | "REGIONAL_NETWORK" | "GLOBAL";
  sizeUnit: number;
  dropletIds: number[];
  forwardingRules: Extras[];
  healthCheck: Extras;
  stickySessions: Extras;
  /** The other fields, which the API only keeps. */
  extras: Extras;
  createdMs: number;
  readyMs: number;
}

export interface VolumeRecord {
  id: string;
  name: string;
  region: string;
  description: string;
  sizeGigabytes: number;
  tags: string[];
  filesystemType: string;
  filesystemLabel: string;
  dropletIds: number[];
  createdMs: number;
}

export interface SnapshotRecord {
  id: string;
  name: string;
  volumeId: string;
  region: string;
  sizeGigabytes: number;
  tags: string[];
  createdMs: number;
}

export interface ActionRecord {
  id: number;
  type: string;
  volumeId: string;
  region: string;
  createdMs: number;
  readyMs: number;
}

export interface VpcRecord {
  id: string;
  name: string;
  description: string;
  region: string;
  ipRange: string;
  isDefault: boolean;
  createdMs: number;
}

export interface DnsRecord {
  id: number;
  type: string;
  name: string;
  data: string;
  priority: number | null;
  port: number | null;
  ttl: number;
  weight: number | null;
  flags: number | null;
  tag: string | null;
  /** Made by DigitalOcean with the domain itself: its name servers. */
  own: boolean;
}

export interface DomainRecord {
  name: string;
  ttl: number;
  records: DnsRecord[];
  createdMs: number;
}

export interface ProjectRecord {
  id: string;
  name: string;
  description: string;
  purpose: string;
  environment: string;
  isDefault: boolean;
  createdMs: number;
  updatedMs: number;
}

export interface DatabaseUser {
  name: string;
  role: "primary" | "normal";
  password: string;
  authPlugin?: string;
}

export interface DatabasePool {
  name: string;
  mode: string;
  size: number;
  db: string;
  user: string;
}

export interface DatabaseRule {
  uuid: string;
  type: string;
  value: string;
  createdMs: number;
}

export interface DatabaseRecord {
  id: string;
  name: string;
  engine: string;
  version: string;
  size: string;
  region: string;
  nodes: number;
  vpcId: string;
  storageMib: number;
  tags: string[];
  users: DatabaseUser[];
  databases: string[];
  pools: DatabasePool[];
  rules: DatabaseRule[];
  window: { day: string; hour: string };
  evictionPolicy: string;
  sqlMode: string;
  config: Extras;
  /** It gets another size until it is ready. */
  resizing?: boolean;
  /** Its server is being made. */
  starting?: boolean;
  /** Where its server answers, if a server stands behind it. */
  address?: string;
  replicas?: ReplicaRecord[];
  createdMs: number;
  readyMs: number;
}

export interface ReplicaRecord {
  id: string;
  name: string;
  size: string;
  region: string;
  vpcId: string;
  storageMib: number;
  tags: string[];
  /** Those whom it lets in; the database's own count there only. */
  rules?: DatabaseRule[];
  resizing?: boolean;
  /** Where the database's server answers for it, if one stands behind it. */
  address?: string;
  createdMs: number;
  readyMs: number;
}

export interface SpacesKeyRecord {
  accessKey: string;
  secretKey: string;
  name: string;
  grants: { bucket: string; permission: string }[];
  createdMs: number;
}

export interface FirewallRecord {
  id: string;
  createdMs: number;
  body: Extras;
}

export interface State {
  clockOffsetMs: number;
  /** The last number that was given: to droplets, records and actions. */
  lastNumber: number;
  minted: Record<TokenKind, number>;
  clusters: ClusterRecord[];
  clusterTokens: ClusterTokenRecord[];
  registries: RegistryRecord[];
  registryCredentials: RegistryCredentialRecord[];
  subscription: { tier: string; createdMs: number; updatedMs: number } | undefined;
  loadBalancers: LoadBalancerRecord[];
  volumes: VolumeRecord[];
  snapshots: SnapshotRecord[];
  actions: ActionRecord[];
  vpcs: VpcRecord[];
  domains: DomainRecord[];
  projects: ProjectRecord[];
  /** Which project a resource's urn was assigned to, and when. What is not in here is in the default project. */
  assignments: Record<string, { projectId: string; assignedMs: number }>;
  /** Names of tags; they outlive what they were on, as DigitalOcean's do. */
  tags: string[];
  databases: DatabaseRecord[];
  spacesKeys: SpacesKeyRecord[];
  firewalls: FirewallRecord[];
}

export const emptyState = (): State => ({
  clockOffsetMs: 0,
  lastNumber: 300_000_000,
  minted: { kubeconfig: 0, credentials: 0, "docker-read": 0, "docker-write": 0 },
  clusters: [],
  clusterTokens: [],
  registries: [],
  registryCredentials: [],
  subscription: undefined,
  loadBalancers: [],
  volumes: [],
  snapshots: [],
  actions: [],
  vpcs: [],
  domains: [],
  projects: [],
  assignments: {},
  tags: [],
  databases: [],
  spacesKeys: [],
  firewalls: [],
});
