/** An image reference as charts want it: in pieces. */
export interface ImageParts {
  /** Host of the registry. */
  registry: string;
  /** Path of the image there. */
  repository: string;
  tag?: string;
  /** Such as `sha256:…`. */
  digest?: string;
}

/** The pieces of a reference such as `registry.k8s.io/ingress-nginx/controller:v1.15.1@sha256:…`. */
export function imageParts(reference: string): ImageParts {
  const [named = "", digest] = reference.split("@");
  const [, registry = "", repository = "", tag] = /^([^/]+)\/(.+?)(?::([^:/]+))?$/.exec(named) ?? [];
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}
