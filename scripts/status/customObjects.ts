/** Objects of cert-manager's, as far as they are looked at here. */

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

interface CustomObject<Spec, Status> {
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    creationTimestamp?: string;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; uid?: string }[];
  };
  spec?: Spec;
  status?: Status & { conditions?: Condition[] };
}

export type Certificate = CustomObject<
  { secretName: string; dnsNames?: string[]; issuerRef: { name: string; kind?: string } },
  { notAfter?: string; renewalTime?: string; lastFailureTime?: string }
>;
export type CertificateRequest = CustomObject<object, object>;
export type Order = CustomObject<object, { state?: string; reason?: string }>;
export type Challenge = CustomObject<
  { dnsName?: string; type?: string },
  { state?: string; reason?: string; presented?: boolean }
>;
/** An Issuer or a ClusterIssuer. */
export type Issuer = CustomObject<{ acme?: { server?: string }; ca?: object; selfSigned?: object }, object>;

/** All of them that have to do with one namespace. */
export interface CertManagerObjects {
  certificates: Certificate[];
  requests: CertificateRequest[];
  orders: Order[];
  challenges: Challenge[];
  issuers: Issuer[];
  clusterIssuers: Issuer[];
}

export const conditionOf = (object: { status?: { conditions?: Condition[] } }, type: string): Condition | undefined =>
  object.status?.conditions?.find((condition) => condition.type === type);

/** Those of `objects` that belong to `owner`, the newest first. */
export function ownedBy<T extends CustomObject<unknown, unknown>>(
  objects: readonly T[],
  kind: string,
  owner: { metadata: { name: string; uid?: string } },
): T[] {
  const { name, uid } = owner.metadata;
  return objects
    .filter(({ metadata: { ownerReferences = [] } }) =>
      // By the uid: an owner that was made anew under its old name does not own what the old one had.
      ownerReferences.some((each) =>
        each.uid === undefined || uid === undefined ? each.kind === kind && each.name === name : each.uid === uid,
      ),
    )
    .sort((a, b) => rank(b) - rank(a));
}

/** Of requests by their revision, which a clock does not disturb. */
function rank({ metadata: { annotations, creationTimestamp = "" } }: CustomObject<unknown, unknown>): number {
  const revision = annotations?.["cert-manager.io/certificate-revision"];
  return revision === undefined ? Date.parse(creationTimestamp) || 0 : Number(revision);
}
