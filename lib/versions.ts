/**
 * Every version that the program pins. Nothing is looked up at run time: what is deployed changes only when this file
 * or a stack file does.
 */

/** Images that the program runs or builds on, by digest, so that a moved tag changes nothing. */
export const IMAGES = {
  /** Base of the applications' images: build argument `PYTHON_IMAGE`. */
  python:
    "docker.io/library/python:3.13-slim-bookworm@sha256:01f42367a0a94ad4bc17111776fd66e3500c1d87c15bbd6055b7371d39c124fb",
  /** MySQL 8.4.11, the long-term support series. */
  mysql: "docker.io/library/mysql:8.4.11@sha256:b3b90af2a6552ae30c266fdb7d5dd55f3afb72404bb78d37fe8a23eb857fd3fb",
  /** Redis 8.10.2. Since 8.0 it is under three licences to choose from, the AGPL among them. */
  redis:
    "docker.io/library/redis:8.10.2-alpine@sha256:3811787313eba226a2ef38658c6ccb91cd5e110edc89c37767de373120a0e5a0",
  /** NGINX 1.30.5, the stable series, made to run as a user without rights. */
  nginx:
    "docker.io/nginxinc/nginx-unprivileged:1.30.5-alpine@sha256:15c994d10d6d78658721c3bcafff14cb281fba2a4bdf9d5ba92c416a472516e3",
  /** Writes backups: its one static binary is copied out of it. */
  restic: "docker.io/restic/restic:0.18.1@sha256:39d9072fb5651c80d75c7a811612eb60b4c06b32ffe87c2e9f3c7222e1797e76",
  /** Runs the small Python programs beside the apps. */
  tools:
    "docker.io/library/python:3.13-slim-bookworm@sha256:01f42367a0a94ad4bc17111776fd66e3500c1d87c15bbd6055b7371d39c124fb",
  /** The controller of ingress-nginx 1.15.1, its last release (K1). */
  ingressNginx:
    "registry.k8s.io/ingress-nginx/controller:v1.15.1@sha256:594ceea76b01c592858f803f9ff4d2cb40542cae2060410b2c95f75907d659e1",
  /** Makes the certificate of ingress-nginx's webhook. */
  ingressNginxCertgen:
    "registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.6.9@sha256:01038e7de14b78d702d2849c3aad72fd25903c4765af63cf16aa3398f5d5f2dd",
  traefik: "docker.io/traefik:v3.7.11@sha256:5203c3f39ca70de6790d964624e042463ffbd57715bc82be155cf224c0dd5144",
  certManager: {
    controller:
      "quay.io/jetstack/cert-manager-controller:v1.21.2@sha256:70f532fd9cfde0b09d55687200942399d89838bc2d5d5b45152eb799a15912b8",
    webhook:
      "quay.io/jetstack/cert-manager-webhook:v1.21.2@sha256:a60e2dac46dbb8a7f3df95c54ce941012f54c2fe022f0ee55aaa1ab40ed957ae",
    cainjector:
      "quay.io/jetstack/cert-manager-cainjector:v1.21.2@sha256:c85268c64f2e0e76684bf5fe8906caff34b82523561c6affe0fae3546bd87562",
    acmesolver:
      "quay.io/jetstack/cert-manager-acmesolver:v1.21.2@sha256:699b40d622211ab7accad8a21b04c5fbaa1841ef7a12621e8de492dbe27b2503",
    startupapicheck:
      "quay.io/jetstack/cert-manager-startupapicheck:v1.21.2@sha256:46e75b6866359ffb5d82624f41e3ed1c70b2994982702ced547ce5edb418a8f5",
  },
} as const;

/** Versions of Python that an app without a Dockerfile may ask for. */
export const PYTHON_VERSIONS = ["3.11", "3.12", "3.13", "3.14"] as const;

/** One of them. */
export type PythonVersion = (typeof PYTHON_VERSIONS)[number];

/** Base of the image of an app without a Dockerfile, by its Python: the digests are those of the index, for all platforms. */
export const PYTHON_IMAGES: Record<PythonVersion, string> = {
  "3.11":
    "docker.io/library/python:3.11.16-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b",
  "3.12":
    "docker.io/library/python:3.12.14-slim-bookworm@sha256:392307d22300de8b5986851a12d9176dfc0fc073e65bf6523ebd7dcbeb23564e",
  "3.13": IMAGES.python,
  "3.14":
    "docker.io/library/python:3.14.7-slim-bookworm@sha256:82bc3c539b8813ada9d68c63b40158fa002f7f33de9bf3312a3dfdc0620dff56",
};

/** WSGI servers, for an app without a Dockerfile whose own requirements bring none: build argument `SERVER_PACKAGE`. */
export const SERVER_PACKAGES = { gunicorn: "gunicorn==27.0.1", uwsgi: "pyuwsgi==2.0.30.post1" } as const;

/** Helm charts that the program installs, from their public homes. */
export const CHARTS = {
  ingressNginx: {
    chart: "ingress-nginx",
    version: "4.15.1",
    repository: "https://kubernetes.github.io/ingress-nginx",
  },
  traefik: { chart: "traefik", version: "41.3.0", repository: "https://traefik.github.io/charts" },
  certManager: { chart: "cert-manager", version: "v1.21.2", repository: "https://charts.jetstack.io" },
} as const;

/** Newest Kubernetes minor version, of 1.x, that ingress-nginx was tested on; no later one will be (K1). */
export const INGRESS_NGINX_TESTED_MINOR = 35;

/** Slug of the DigitalOcean Kubernetes version. Pinned: "latest" would upgrade the cluster on an unrelated `up` (D3). */
export const DOKS_VERSION = "1.35.1-do.0";
