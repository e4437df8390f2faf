/** The answers of the emulated API, as far as its tests look into them. A list is taken for one that is not empty. */

type Some<T> = [T, ...T[]];

interface Named {
  id: string;
  name: string;
}

export interface PoolAnswer extends Named {
  count: number;
  size: string;
  tags: string[];
  labels: Record<string, string>;
  taints: unknown[];
  nodes: Some<{ id: string; status: { state: string } }>;
}

interface ClusterAnswer extends Named {
  status: { state: string; message?: string };
  endpoint: string;
  ipv4: string;
  version: string;
  ha: boolean;
  surge_upgrade: boolean;
  registry_enabled: boolean;
  maintenance_policy: unknown;
  tags: string[];
  node_pools: Some<PoolAnswer>;
}

interface LoadBalancerAnswer extends Named {
  ip: string;
  status: string;
  type: string;
  size_unit: number;
  vpc_uuid: string;
  droplet_ids: number[];
  forwarding_rules: Some<{ entry_port: number }>;
}

interface VpcAnswer extends Named {
  urn: string;
  ip_range: string;
  default: boolean;
}

interface ActionAnswer {
  id: number;
  status: string;
  type: string;
}

interface RecordAnswer {
  id: number;
  type: string;
  name: string;
  data: string;
  ttl: number;
  flags: number | null;
  tag: string | null;
}

interface ResourceAnswer {
  urn: string;
  status: string;
  links: { self: string };
}

interface DatabaseUserAnswer {
  name: string;
  role: string;
  password: string;
  mysql_settings: { auth_plugin: string };
}

interface DatabaseAnswer extends Named {
  status: string;
  size: string;
  num_nodes: number;
  users: Some<DatabaseUserAnswer>;
  db_names: string[];
  connection: { port: number; password: string };
  private_connection: { host: string };
}

interface ReplicaAnswer extends Named {
  status: string;
  size: string;
  storage_size_mib: number;
  connection: { host: string; password: string };
  private_connection: { host: string };
}

interface SpacesKeyAnswer {
  name: string;
  access_key: string;
  secret_key?: string;
  grants: { bucket: string; permission: string }[];
}

interface Counted {
  count: number;
}

export interface Body {
  /** Of an error. */
  id: string;
  message: string;

  links: { pages?: Partial<Record<"first" | "prev" | "next" | "last", string>> };
  meta: { total: number };

  account: { status: string; droplet_limit: number };
  regions: { slug: string }[];
  sizes: { slug: string; price_monthly: number }[];
  options: {
    versions: { slug: string }[];
    sizes: { slug: string }[];
    regions: { slug: string }[];
    subscription_tiers: { slug: string; monthly_price_in_cents: number; eligible: boolean }[];
  };

  kubernetes_cluster: ClusterAnswer;
  available_upgrade_versions: { slug: string }[];
  node_pool: PoolAnswer;
  node_pools: Some<PoolAnswer>;
  droplets: Some<{ id: number }>;
  server: string;
  certificate_authority_data: string;
  token: string;
  expires_at: string;

  registry: { storage_usage_bytes: number };
  auths: { "registry.digitalocean.com": { auth: string } };
  repositories: Some<{ name: string; tag_count: number; manifest_count: number }>;
  manifests: unknown[];
  garbage_collection: { uuid: string; status: string };
  /** Of the account, or of a repository. */
  tags: { tag: string; manifest_digest: string }[];

  load_balancer: LoadBalancerAnswer;
  load_balancers: Some<Named>;
  volume: Named & { size_gigabytes: number; droplet_ids: number[] };
  volumes: Some<Named>;
  volume_snapshots: Some<Named>;
  snapshot: Named;
  snapshots: Named[];
  action: ActionAnswer;

  vpc: VpcAnswer;
  vpcs: Some<VpcAnswer>;
  members: { urn: string }[];
  domain: { zone_file: string };
  domain_record: RecordAnswer;
  domain_records: RecordAnswer[];
  project: Named & { purpose: string; environment: string };
  resources: Some<ResourceAnswer>;
  tag: { resources: Counted & { volumes: Counted } };
  firewall: Named;

  database: DatabaseAnswer;
  user: DatabaseUserAnswer;
  rules: { type: string; value: string }[];
  config: unknown;
  ca: { certificate: string };
  backups: { created_at: string }[];
  replica: ReplicaAnswer;
  replicas: ReplicaAnswer[];
  key: SpacesKeyAnswer;
  keys: SpacesKeyAnswer[];

  /** Of the page. */
  kinds: { kind: string; items: Record<string, unknown>[] }[];
  requests: Some<{ method: string; path: string; status: number }>;
  aheadMs: number;
}
