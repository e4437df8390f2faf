/** Who may do what at a registry: the decision, without the wire. */
import type { RegistryAuthority } from "./contract";

/** A request to a registry, as far as access is concerned. */
export interface RegistryRequest {
  method: string;
  /** Without its query. */
  path: string;
  authorization: string | undefined;
}

/** What a path of a registry's API is about. */
export interface RegistryTarget {
  /** All parts of the path, of which the first is the registry's name. */
  repository: string;
  kind: "manifests" | "blobs" | "uploads" | "tags" | "referrers";
  /** The tag, digest or upload, if the path names one. */
  reference: string;
}

/** A refusal in the registries' own form. */
export interface Refusal {
  status: 401 | 403 | 404;
  code: "UNAUTHORIZED" | "DENIED" | "NAME_UNKNOWN";
  message: string;
}

/** Not in the words of the specification: docker takes those for no answer at all, and tries again for most of a minute. */
const UNKNOWN = "authentication required: the credential is unknown, expired or revoked";
const FORBIDDEN = "the credential does not allow this";

const PATHS =
  /^\/v2\/(?<repository>.+)\/(?:(?<kind>manifests|blobs|tags|referrers)\/(?<reference>[^/]+)|blobs\/uploads\/?(?<upload>[^/]*))$/;

/** `undefined` for what is about no repository. */
export function targetOf(path: string): RegistryTarget | undefined {
  const { repository, kind, reference, upload } = PATHS.exec(path)?.groups ?? {};
  if (repository === undefined) return undefined;
  // `blobs/uploads` itself looks like a blob of that name.
  if (upload !== undefined || (kind === "blobs" && reference === "uploads")) {
    return { repository, kind: "uploads", reference: upload ?? "" };
  }
  return { repository, kind: kind as RegistryTarget["kind"], reference: reference ?? "" };
}

function credentialsOf(authorization: string | undefined): [username: string, password: string] | undefined {
  const [, basic] = /^Basic\s+(\S+)$/i.exec(authorization ?? "") ?? [];
  if (basic === undefined) return undefined;
  const [username = "", ...password] = Buffer.from(basic, "base64").toString().split(":");
  return [username, password.join(":")];
}

/**
 * Whether a request is to be refused, and how.
 *
 * @param open Repositories that anyone may read.
 */
export function refusalOf(
  { method, path, authorization }: RegistryRequest,
  authority: RegistryAuthority,
  open: readonly string[],
): Refusal | undefined {
  const target = targetOf(path);
  const reads = method === "GET" || method === "HEAD";
  if (authorization === undefined && reads && target !== undefined && open.includes(target.repository))
    return undefined;
  const credentials = credentialsOf(authorization);
  const grant = credentials && authority.grantOf(...credentials);
  if (grant === undefined) {
    return { status: 401, code: "UNAUTHORIZED", message: UNKNOWN };
  }
  if (path === "/v2/" || path === "/v2") return undefined;
  if (target === undefined)
    return { status: 404, code: "NAME_UNKNOWN", message: "repository name not known to registry" };
  const [registry = "", ...rest] = target.repository.split("/");
  // Deletions go through DigitalOcean's API, which has to know of them.
  const writes =
    method === "POST" || method === "PUT" || method === "PATCH" || (method === "DELETE" && target.kind === "uploads");
  if (grant.registry !== registry || rest.length === 0 || !(reads || (writes && grant.write))) {
    return { status: 403, code: "DENIED", message: FORBIDDEN };
  }
  const begins = target.kind === "manifests" || (target.kind === "uploads" && method === "POST");
  const limit = writes && begins ? authority.refusalOfPush(registry, rest.join("/")) : undefined;
  return limit === undefined ? undefined : { status: 403, code: "DENIED", message: limit };
}

/** How large what a manifest speaks of is: itself, its configuration and its layers. */
export function sizeOf(manifest: Buffer): number {
  const parsed = JSON.parse(manifest.toString()) as {
    config?: { size?: number };
    layers?: { size?: number }[];
  };
  const parts = [parsed.config, ...(parsed.layers ?? [])];
  return parts.reduce((sum, part) => sum + (part?.size ?? 0), manifest.length);
}
