/** Where a Helm chart is taken from, as `helm install` is told. */
export interface ChartSource {
  /** A chart's name in its repository, a folder, or an OCI reference. */
  chart: string;
  /** Version; none for a folder, which holds just one. */
  version?: string;
  repositoryOpts?: { repo: string };
}

/** A chart as it is pinned in versions.ts. */
export interface PinnedChart {
  chart: string;
  version: string;
  repository: string;
}

/**
 * A chart at its public home or at a location of the stack's own: a repository (`https://…`), an OCI reference
 * (`oci://registry/path/chart`) or a folder. The version stays the pinned one.
 */
export function chartSource({ chart, version, repository }: PinnedChart, location = repository): ChartSource {
  if (location.startsWith("oci://")) {
    return { chart: location, version };
  }
  if (/^https?:\/\//.test(location)) {
    return { chart, version, repositoryOpts: { repo: location } };
  }
  return { chart: location };
}
