/** Who issues certificates. */
export type IssuerKind = "letsencrypt" | "letsencrypt-staging" | "acme" | "self-signed";

/** What decides how a ClusterIssuer of cert-manager's looks. */
export interface IssuerSettings {
  kind: IssuerKind;
  /** Where the issuer writes to; Let's Encrypt wants none. */
  email?: string | undefined;
  /** Directory URL of the ACME server, with kind acme. */
  server?: string | undefined;
  /** Certificate in PEM that signs the ACME server's own, if no public authority does. */
  serverCa?: string | undefined;
  /** How the domain is proved: by a page, or by a record, which proves wildcards too. */
  challenge: "http01" | "dns01";
  /** Whether cert-manager can ask for the page itself before the issuer does. Behind PROXY protocol it cannot (K3). */
  selfCheck: boolean;
  /** Ingress class of the controller that serves the page. */
  className: string;
  /** Name of the Secret whose key `token` holds the API token for records, with challenge dns01. */
  dnsTokenSecret?: string | undefined;
}

const DIRECTORIES = {
  letsencrypt: "https://acme-v02.api.letsencrypt.org/directory",
  "letsencrypt-staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
} as const;

/** How long the challenge's page has to be there before the issuer is asked, where it cannot be looked at. */
const WAIT = "15s";

/** The `spec` of a ClusterIssuer. */
export function issuerSpec(settings: IssuerSettings): Record<string, unknown> {
  if (settings.kind === "self-signed") {
    return { selfSigned: {} };
  }
  const { kind, email, serverCa } = settings;
  return {
    acme: {
      server: kind === "acme" ? settings.server : DIRECTORIES[kind],
      ...(email === undefined ? {} : { email }),
      ...(serverCa === undefined ? {} : { caBundle: Buffer.from(serverCa).toString("base64") }),
      // The account's key: made by cert-manager, in its own namespace.
      privateKeySecretRef: { name: `${kind}-account` },
      solvers: [solver(settings)],
    },
  };
}

function solver({ challenge, className, selfCheck, dnsTokenSecret }: IssuerSettings): Record<string, unknown> {
  if (challenge === "dns01") {
    return { dns01: { digitalocean: { tokenSecretRef: { name: dnsTokenSecret, key: "token" } } } };
  }
  return {
    http01: {
      ingress: {
        ingressClassName: className,
        // Only the controller asks for it, from within the cluster.
        serviceType: "ClusterIP",
      },
    },
    ...(selfCheck ? {} : { waitInsteadOfSelfCheck: WAIT }),
  };
}
