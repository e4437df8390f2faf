import { UNKNOWN } from "../../../policy/subject";
import type { SingleRule } from "./singleRules";
import { CLUSTER, DATABASE, RELEASE, resource, WEB } from "./subjects";

const record = resource("digitalocean:index/dnsRecord:DnsRecord", "www", { type: "A", ttl: 300 });
const domain = resource("digitalocean:index/domain:Domain", "domain", { name: "example.com" });
const settings = resource("kubernetes:core/v1:ConfigMap", "settings", {
  metadata: { name: "settings", namespace: "shop" },
  data: { DB_PASSWORD_FILE: "/run/secrets/password", TOKEN_TTL: "60", MONKEY: "x" },
});

export const onData: SingleRule[] = [
  {
    rule: "volume-in-stateful-set",
    trap: "D13",
    subject: WEB,
    path: "spec/template/spec/volumes/0",
    wrong: [
      [
        { name: "data", persistentVolumeClaim: { claimName: "data" } },
        'Deployment web: The volume "data" is in no StatefulSet',
      ],
    ],
  },
  {
    rule: "fixed-data-names",
    trap: "K7",
    subject: DATABASE,
    path: "metadata/name",
    sound: ["database-1"],
    wrong: [["database-1a2b3c4d", "StatefulSet database: Pulumi makes up a name by which data is found"]],
    missing: "StatefulSet database: Pulumi makes up a name by which data is found",
  },
  {
    rule: "no-secret-in-config-map",
    subject: settings,
    path: "data",
    sound: [
      { DB_PASSWORD: UNKNOWN, SECRET_KEY: "" },
      { ALLOW_TOKEN: "false", REQUIRE_PASSWORD: "true", MYSQL_ALLOW_EMPTY_PASSWORD: "yes", REQUIRE_PAT: "always" },
      { USE_TOKEN: "on", PRIMARY_KEY: "id", STRIPE_PUBLISHABLE_KEY: "pk", JWT_PUBLIC_KEY: "x", PWD: "/app" },
      { TLS_KEY: "/run/secrets/tls.key", BYPASS: "x", DATABASE_URL: "mysql://u@h/db" },
      { DATABASE_URL: "mysql://u:${DB_PASSWORD}@h/db", HOME_URL: "http://example.com:80/@me" },
    ],
    wrong: [
      ...["DB_PASSWORD", "SECRET_KEY", "api-token", "DB_PASS", "MAIL_PWD", "STRIPE_KEY", "JWT_KEY", "GITHUB_PAT"].map(
        (name): [unknown, string] => [{ [name]: "hunter2" }, `ConfigMap settings: The ConfigMap holds ${name}`],
      ),
      [{ DB_PASSWORD: "true2" }, "ConfigMap settings: The ConfigMap holds DB_PASSWORD"],
      ...["mysql://u:hunter2@h/db", "redis://:hunter2@cache:6379"].map((url): [unknown, string] => [
        { DATABASE_URL: url },
        "ConfigMap settings: The ConfigMap holds the password in DATABASE_URL",
      ]),
    ],
  },
  {
    rule: "no-secret-in-environment",
    subject: WEB,
    path: "spec/template/spec/containers/0/env",
    sound: [
      [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "web", key: "password" } } }],
      [{ name: "MYSQL_PASSWORD_FILE", value: "/run/secrets/password" }],
      [{ name: "MYSQL_ALLOW_EMPTY_PASSWORD", value: "yes" }],
      [{ name: "MYSQL_PWD", value: "$(DB_PASSWORD)" }],
      [{ name: "DATABASE_URL", value: "mysql://u:$(DB_PASSWORD)@h/db" }],
    ],
    wrong: [
      [[{ name: "GITHUB_TOKEN", value: "hunter2" }], 'Deployment web: Container "web" has GITHUB_TOKEN in clear'],
      [
        [{ name: "DATABASE_URL", value: "mysql://u:hunter2@h/db" }],
        'Deployment web: Container "web" has the password in DATABASE_URL in clear',
      ],
    ],
  },
];

export const onReleases: SingleRule[] = [
  {
    rule: "release-name",
    trap: "K5",
    subject: RELEASE,
    path: "name",
    wrong: [["traefik-1a2b3c4d", "Release traefik: Pulumi makes up the name of the release"]],
    missing: "Release traefik: Pulumi makes up the name of the release",
  },
  {
    rule: "release-version",
    subject: RELEASE,
    path: "version",
    sound: ["v1.21.2", "4.15.1-rc.1"],
    wrong: ["^37.1.0", "37", ">=1.0.0"].map((version) => [
      version,
      "Release traefik: The release pins no version of its chart",
    ]),
    missing: "Release traefik: The release pins no version of its chart",
  },
  {
    rule: "release-timeout",
    trap: "D12",
    subject: RELEASE,
    path: "timeout",
    sound: [900],
    wrong: [[599, "Release traefik: The release is given up after 599 s"]],
    missing: "Release traefik: The release is given up after 300 s",
  },
  {
    rule: "ingress-controller-maintained",
    trap: "K1",
    subject: RELEASE,
    path: "chart",
    sound: ["oci://registry.example.com/charts/traefik"],
    wrong: ["ingress-nginx", "oci://registry.example.com/charts/ingress-nginx"].map((chart) => [
      chart,
      "Release traefik: The release installs ingress-nginx",
    ]),
  },
];

export const onDigitalOcean: SingleRule[] = [
  {
    rule: "cluster-version",
    trap: "D3",
    subject: CLUSTER,
    path: "version",
    wrong: ["latest", "1.35"].map((version) => [
      version,
      "KubernetesCluster cluster: The cluster's version is not pinned",
    ]),
    missing: "KubernetesCluster cluster: The cluster's version is not pinned",
  },
  ...["clusterSubnet", "serviceSubnet"].map((path): SingleRule => ({
    rule: "cluster-subnets",
    trap: "D6",
    subject: CLUSTER,
    path,
    wrong: [["", `KubernetesCluster cluster: The cluster has no ${path}`]],
    missing: `KubernetesCluster cluster: The cluster has no ${path}`,
  })),
  {
    rule: "cluster-ha-explicit",
    trap: "D5",
    subject: CLUSTER,
    path: "ha",
    sound: [false],
    wrong: [[null, "KubernetesCluster cluster: The cluster leaves ha open"]],
    missing: "KubernetesCluster cluster: The cluster leaves ha open",
  },
  {
    rule: "cluster-upgrades",
    trap: "D3",
    subject: CLUSTER,
    path: "maintenancePolicy",
    wrong: [[null, "KubernetesCluster cluster: The cluster has no maintenance window"]],
    missing: "KubernetesCluster cluster: The cluster has no maintenance window",
  },
  {
    rule: "cluster-upgrades",
    trap: "D3",
    subject: CLUSTER,
    path: "surgeUpgrade",
    wrong: [[false, "KubernetesCluster cluster: The cluster upgrades itself without surge upgrades"]],
    missing: "KubernetesCluster cluster: The cluster upgrades itself without surge upgrades",
  },
  {
    rule: "dns-ttl",
    trap: "D11",
    subject: record,
    path: "ttl",
    sound: [30, 3600],
    wrong: [29, 3601].map((ttl) => [
      ttl,
      "DnsRecord www: The record's time to live is not set, or far from what others use",
    ]),
    missing: "DnsRecord www: The record's time to live is not set, or far from what others use",
  },
  {
    rule: "domain-without-address",
    trap: "D11",
    subject: domain,
    path: "ipAddress",
    wrong: [["203.0.113.7", "Domain domain: The domain is made with an address"]],
  },
];
