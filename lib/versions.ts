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
