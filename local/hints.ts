/** What to do about the failures that people meet, beside what the engine says of them. */

const HINTS: [RegExp, (match: RegExpMatchArray) => string][] = [
  [
    /nodePort: Invalid value: (\d+): provided port is already allocated/,
    ([, port]) =>
      `Port ${port ?? ""} is taken by another Service of this cluster: free it, or set apps[].nodePort to another one.`,
  ],
  [
    /(401 Unauthorized|daemon: Unauthorized|unauthorized|authentication required|no basic auth credentials)/,
    () => "The registry does not accept the login: check registry.username and registry.password.",
  ],
  [
    /(Cannot connect to the Docker daemon|failed to connect to any docker daemon)/,
    () => "No Docker engine answers: start Docker, or set DOCKER_HOST to one that runs.",
  ],
  [
    /(Insufficient cpu|Insufficient memory|Too many pods)/,
    () => "The nodes have no room left: lower apps[].resources.requests or apps[].replicas, or add nodes.",
  ],
  [
    /Error creating Domain: .*name already exists/,
    () =>
      "The domain is in another DigitalOcean account: remove it there, set domain to one of yours, or dns.managed: false.",
  ],
  [
    /Error creating (VPC|container registry|Kubernetes cluster): .*(already exists|must be unique|already has)/i,
    ([, what]) =>
      `The account has a ${what ?? "thing"} of that name, which this stack's state does not know: see npm run recover -- --help.`,
  ],
  [
    /server does not support platform|exec format error/,
    () => "The image is for another platform than the nodes: set build.platform.",
  ],
];

/** One sentence a known cause that the texts name, each once. */
export function hints(texts: readonly string[]): string[] {
  const found = texts.flatMap((text) =>
    HINTS.flatMap(([pattern, sentence]) => {
      const match = pattern.exec(text);
      return match === null ? [] : [sentence(match)];
    }),
  );
  return [...new Set(found)];
}
