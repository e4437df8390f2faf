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
} as const;

/** Slug of the DigitalOcean Kubernetes version. Pinned: "latest" would upgrade the cluster on an unrelated `up` (D3). */
export const DOKS_VERSION = "1.35.1-do.0";
