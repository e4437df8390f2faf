/** The chain of objects that cert-manager makes for one certificate of a test's, from Certificate to Challenge. */
import type {
  Certificate,
  CertificateRequest,
  CertManagerObjects,
  Challenge,
  Condition,
  Issuer,
  Order,
} from "../../../../scripts/status/customObjects";

export const NOW = new Date("2026-03-01T12:00:00Z");
export const inDays = (days: number): string => new Date(NOW.getTime() + days * 86_400_000).toISOString();

export const condition = (type: string, status: "True" | "False", reason: string, message: string): Condition => ({
  type,
  status,
  reason,
  message,
});

/** How one object of the chain was left. */
export interface Chain {
  certificate?: Certificate["status"];
  request?: CertificateRequest["status"];
  order?: Order["status"];
  challenges?: Challenge["status"][];
  issuer?: Partial<Issuer> | undefined;
}

const NOT_READY = condition("Ready", "False", "DoesNotExist", "Issuing certificate as Secret does not exist");
const READY = condition("Ready", "True", "ACMEAccountRegistered", "The ACME account was registered");

const owner = (kind: string, name: string) => ({ ownerReferences: [{ kind, name, uid: `uid-of-${name}` }] });
const named = (name: string) => ({ name, namespace: "shop", uid: `uid-of-${name}` });

/** The objects of the certificate `shop-tls`; those that are not given are not there yet. */
export function chain({ certificate, request, order, challenges = [], issuer = {} }: Chain): CertManagerObjects {
  return {
    certificates: [
      {
        metadata: named("shop-tls"),
        spec: { secretName: "shop-tls", issuerRef: { kind: "ClusterIssuer", name: "letsencrypt" } },
        status: certificate ?? { conditions: [NOT_READY] },
      },
    ],
    requests:
      request === undefined
        ? []
        : [{ metadata: { ...named("shop-tls-1"), ...owner("Certificate", "shop-tls") }, status: request }],
    orders:
      order === undefined
        ? []
        : [{ metadata: { ...named("shop-tls-1-7"), ...owner("CertificateRequest", "shop-tls-1") }, status: order }],
    challenges: challenges.map((status, index) => ({
      metadata: { ...named(`shop-tls-1-7-${index}`), ...owner("Order", "shop-tls-1-7") },
      spec: { dnsName: "shop.example.com", type: "HTTP-01" },
      ...(status === undefined ? {} : { status }),
    })),
    issuers: [],
    clusterIssuers: [
      {
        metadata: { name: "letsencrypt" },
        spec: { acme: { server: "https://acme-v02.api.letsencrypt.org/directory" } },
        status: { conditions: [READY] },
        ...issuer,
      },
    ],
  };
}
