/** Stack files for the specs of `npm run rotate`. */
import { BLOG_IMAGE } from "../../../support/stackFiles";

const SECURE = "{ secure: v1:abc:def }";

/** A stack file with a secret of every kind that one stack can have. */
export const FULL = `config:
  flask-doks:cluster: { kind: doks, region: fra1 }
  flask-doks:registry: { kind: digitalocean, rotation: 4 }
  flask-doks:domain: example.com
  flask-doks:tls: { challenge: dns01, dnsToken: ${SECURE} }
  flask-doks:apps:
    # The shop window.
    - name: blog # since 2024
      image: ${BLOG_IMAGE}
      hosts: [example.com]
      secretKeyVersion: 2
      database: mysql # small
      spareDatabase:
        kind: managed-mysql # to move to
        passwordVersion: 3
      cache: { kind: redis, persistence: volume }
      secrets:
        STRIPE_KEY: ${SECURE}
    - { name: shop, image: "${BLOG_IMAGE}", expose: loadBalancer, cache: { kind: redis, replicas: 0 } }
  flask-doks:backup: { kind: spaces, bucket: our-backups, encryptionKey: ${SECURE} }
encryptionsalt: v1:abc
`;

/** One on a cluster of one's own, with backups to another S3 server and a registry that wants a login. */
export const OWN = `config:
  flask-doks:cluster: { kind: existing, context: kind }
  flask-doks:registry: { kind: external, server: ghcr.io/team, username: robot, password: ${SECURE} }
  flask-doks:apps:
    - { name: blog, image: "${BLOG_IMAGE}", expose: nodePort, database: mysql }
  flask-doks:backup:
    kind: s3
    endpoint: https://s3.example.com
    bucket: our-backups
    accessKeyId: A1
    secretAccessKey: ${SECURE}
    encryptionKey: ${SECURE}
`;

/** The least of one. */
export const LEAST = `config:
  flask-doks:cluster: { kind: existing, context: kind }
  flask-doks:registry: { kind: external, server: ghcr.io/team }
  flask-doks:apps: [{ name: blog, image: "${BLOG_IMAGE}", expose: nodePort }]
`;

/** A review app's, on the cluster and behind the way in of another stack. */
export const REVIEW = `config:
  flask-doks:cluster: { kind: shared, stack: dev }
  flask-doks:registry: { kind: digitalocean, create: false, name: ours }
  flask-doks:apps: [{ name: blog, image: "${BLOG_IMAGE}", hosts: [7.review.example.com] }]
`;
