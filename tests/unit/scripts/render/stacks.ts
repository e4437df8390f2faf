/** Stack files of the render's own specs, in folders that are there for as long as a test looks. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BLOG_IMAGE } from "../../../support/stackFiles";

/** A text that stands in every encrypted value, and must be nowhere else. */
export const PLANTED = "PLANTED-SECRET";

const encrypted = (name: string): string => `{ secure: "v1:${PLANTED}-${name}" }`;

/** An app in the least of a stack. */
export const SMALL = `config:
  flask-doks:cluster: { kind: existing, context: kind }
  flask-doks:registry: { kind: external, server: ghcr.io/team }
  flask-doks:apps: [{ name: hello, image: "${BLOG_IMAGE}", expose: nodePort }]
`;

/** A stack on another one's cluster. */
export const SHARED = `config:
  flask-doks:cluster: { kind: shared, stack: dev }
  flask-doks:registry:
    { kind: external, server: ghcr.io/team, username: bot, password: ${encrypted("registry")} }
  flask-doks:domain: example.com
  flask-doks:dns: { managed: false }
  flask-doks:apps: [{ name: hello, image: "${BLOG_IMAGE}", hosts: [hello.example.com] }]
`;

/** A stack with one of nearly everything that there is. */
export const EVERYTHING = `config:
  flask-doks:cluster:
    kind: doks
    region: fra1
    ha: true
    project: web
    pool: { size: s-2vcpu-4gb, min: 2, max: 4 }
    pools: [{ name: batch, size: s-4vcpu-8gb, min: 1 }]
  flask-doks:registry: { kind: digitalocean, tier: basic }
  flask-doks:domain: example.com
  flask-doks:dns: { caa: [letsencrypt.org] }
  flask-doks:tls: { issuer: letsencrypt, email: ops@example.com, challenge: dns01, dnsToken: ${encrypted("token")} }
  flask-doks:ingress: { controller: traefik }
  flask-doks:apps:
    - name: blog
      source: app/blog
      hosts: [example.com, www.example.com]
      replicas: { min: 2, max: 10 }
      migrate: [flask, --app, blog, db, upgrade]
      secrets: { API_TOKEN: ${encrypted("api")} }
      database: { kind: mysql, storageGi: 5, passwordVersion: 2 }
      spareDatabase: managed-mysql
    - name: guestbook
      source: app/guestbook
      entryPoint: guestbook:create_app()
      hosts: [guests.example.com]
      replicas: 3
      server: { kind: uwsgi, processes: 4, threads: 2 }
      proxy: { kind: nginx, static: { "/": "/opt/app/guestbook/page" } }
      cache: { kind: redis, replicas: 2, persistence: { kind: volume, storageGi: 1 } }
    - name: shop
      image: ghcr.io/team/shop:1.2@sha256:${"2".repeat(64)}
      expose: loadBalancer
      egress: internet
      migrate: [flask, db, upgrade]
      database: { kind: managed-mysql, readReplicas: 1 }
  flask-doks:backup:
    kind: s3
    endpoint: https://s3.example.com
    bucket: our-backups
    accessKeyId: the-id
    secretAccessKey: ${encrypted("s3")}
    encryptionKey: ${encrypted("restic")}
  flask-doks:dataPolicy: retain
encryptionsalt: v1:${PLANTED}-salt
`;

/** What `look` sees in a folder with such files, by the names of their stacks. */
export async function withStacks<T>(files: Record<string, string>, look: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "render-"));
  try {
    for (const [stack, text] of Object.entries(files)) writeFileSync(join(folder, `Pulumi.${stack}.yaml`), text);
    return await look(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A stack file with several mistakes, one of them a secret in clear. */
export const BROKEN = `config:
  flask-doks:cluster: { kind: existing, context: kind }
  flask-doks:registry: { kind: external, server: ghcr.io/team, username: bot, password: in-clear }
  flask-doks:apps: [{ name: hello, replica: 2 }]
`;
