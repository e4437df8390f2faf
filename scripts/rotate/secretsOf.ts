/** Every secret of a stack, and how it is changed: worked out from its stack file alone. */
import { CERT_MANAGER_NAMESPACE } from "../../lib/certManagerValues";
import { hasIngress, issuerOf } from "../../lib/edge";
import { writesRecords } from "../../lib/exposure";
import type { Stack } from "../../lib/schema/stack";
import { PROJECT } from "../../lib/stackFile";
import { appSecrets } from "./appSecrets";
import type { StackSecret } from "./stackSecret";

/**
 * The secrets of a stack: those of its stack file, then those that have no place in it.
 *
 * @param name Name of the stack.
 */
export function secretsOf(name: string, stack: Stack): StackSecret[] {
  return [
    ...registrySecrets(stack),
    ...stack.apps.flatMap((app, index) => appSecrets(name, stack, index, app)),
    ...backupSecrets(name, stack),
    ...edgeSecrets(stack),
    ...outsideSecrets(name, stack),
  ];
}

function registrySecrets({ registry }: Stack): StackSecret[] {
  if (registry.kind === "digitalocean") {
    return [
      {
        name: "registry",
        what: "credentials that push and pull images: at DigitalOcean, in the state and in a Secret of each app",
        change: { kind: "number", path: ["registry", "rotation"], now: registry.rotation },
        users: "Nothing: the cluster has the new one before the old one is revoked.",
        failure: "The old ones are revoked last. Run the up again.",
      },
    ];
  }
  if (registry.password === undefined) return [];
  return [
    {
      name: "registry.password",
      what: `what logs in to ${registry.server}: in the stack file, in the state and in a Secret of each app`,
      change: { kind: "value", path: ["registry", "password"] },
      users: "Nothing: pods that run need no image. Revoke the old one after the up.",
      failure: "Until it is right no new pod gets its image. Set it again, and run the up again.",
    },
  ];
}

function backupSecrets(name: string, { backup }: Stack): StackSecret[] {
  if (backup.kind === "none") return [];
  const key: StackSecret = {
    name: "backup.key",
    what: "encrypts the backups: in the stack file, in the state, in a Secret of each app and where you keep it",
    change: { kind: "value", path: ["backup", "encryptionKey"] },
    before:
      "A new key opens no backup that is there: restic has keys of its own, which this one opens.\n" +
      "For the same backups, give them the new key first, for each app with a database (docs/runbook.md, A shell with restic):\n" +
      "  /tools/restic key passwd\n" +
      "Where somebody else has the old key, begin anew in another bucket (docs/runbook.md, The encryption key changed).",
    users: "Nothing. A backup says wrong-key while its store does not know the new key.",
    failure: "Set the old key again. Nothing in the store is changed by it.",
  };
  switch (backup.kind) {
    case "spaces":
      return [
        key,
        {
          name: "backup.spaces-key",
          what: "opens the Space of the backups: at DigitalOcean, in the state and in a Secret of each app",
          change: { kind: "command", command: `npx pulumi up --stack ${name} --replace '${spacesKeyUrn(name)}'` },
          users: "Nothing: the new one is there before the old one goes. A backup that runs just then is made again.",
          failure: "The old one goes last. Run it again.",
        },
      ];
    case "s3":
      return [
        key,
        {
          name: "backup.secretAccessKey",
          what: `opens ${backup.bucket} at ${backup.endpoint}: in the stack file, in the state and in a Secret of each app`,
          change: { kind: "value", path: ["backup", "secretAccessKey"] },
          users:
            "Nothing. Where the pair has a new public half as well, set backup.accessKeyId before the up, and delete the old pair after it.",
          failure: "A backup says store-refused. Set both halves again, and run the up again.",
        },
      ];
    case "volume":
      return [key];
  }
}

/** The name by which the engine knows the key that the stack has made itself for the Space. */
export const spacesKeyUrn = (stack: string): string =>
  `urn:pulumi:${stack}::${PROJECT}::flask-doks:data:BackupStore$digitalocean:index/spacesKey:SpacesKey::${PROJECT}-${stack}-key`;

function edgeSecrets(stack: Stack): StackSecret[] {
  const issuer = issuerOf(stack);
  const isAcme = issuer !== "none" && issuer !== "self-signed";
  return [
    ...(stack.tls.dnsToken === undefined
      ? []
      : [
          {
            name: "tls.dnsToken",
            what: "token that writes the records of certificates: in the stack file, in the state and in a Secret",
            change: { kind: "value", path: ["tls", "dnsToken"] },
            users: "Nothing: it is needed when a certificate is renewed.",
            failure: "Certificates that are there stay. Set it again, and run the up again.",
          } as const,
        ]),
    ...(isAcme && hasIngress(stack) && stack.cluster.kind !== "shared"
      ? [
          {
            name: "acme-account",
            what: "key of the account at the certificates' issuer: in a Secret",
            change: {
              kind: "command",
              command: `kubectl --namespace ${CERT_MANAGER_NAMESPACE} delete secret ${issuer}-account`,
            },
            users: "Nothing: cert-manager makes itself another account, and certificates stay.",
            failure: `kubectl describe clusterissuer ${issuer} tells why.`,
          } as const,
        ]
      : []),
  ];
}

/** Of what the control panel makes, and no stack holds. */
const MADE_BY_HAND = {
  users: "Nothing, and no up is needed. Make it in the control panel first, and delete the old one when all have it.",
  failure: "The old one holds until you delete it.",
};

/** What no file of the project holds. */
function outsideSecrets(name: string, stack: Stack): StackSecret[] {
  const { backup, cluster, registry } = stack;
  const usesDigitalOcean =
    cluster.kind !== "existing" ||
    registry.kind === "digitalocean" ||
    backup.kind === "spaces" ||
    (hasIngress(stack) && writesRecords(stack));
  const token: StackSecret = {
    name: "api-token",
    what: "DIGITALOCEAN_TOKEN: where you keep it, and in CI. In no file and no state",
    change: { kind: "command", command: "read -rs DIGITALOCEAN_TOKEN && export DIGITALOCEAN_TOKEN" },
    ...MADE_BY_HAND,
  };
  const kubeconfig: StackSecret = {
    name: "kubeconfig",
    what: "the way to the cluster: an output of the stack. It holds no token, and asks for one each time",
    change: { kind: "command", command: "none: it goes by api-token" },
    users: "Nothing.",
    failure: "Nothing can.",
  };
  return [
    ...(usesDigitalOcean ? [token] : []),
    ...(cluster.kind === "existing" ? [] : [kubeconfig]),
    {
      name: "state-keys",
      what: "key pair of the Space with the state: where you keep it, and in CI. None with other backends",
      change: {
        kind: "command",
        command:
          "read -r AWS_ACCESS_KEY_ID && read -rs AWS_SECRET_ACCESS_KEY && export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY",
      },
      ...MADE_BY_HAND,
    },
    {
      name: "passphrase",
      what: "opens the secrets of the stack file and of the state: in the file PULUMI_CONFIG_PASSPHRASE_FILE, and in CI",
      change: { kind: "command", command: `npx pulumi stack change-secrets-provider passphrase --stack ${name}` },
      users: `Nothing. Then put it into that file, tell the others, and commit Pulumi.${name}.yaml.`,
      failure: "The old one holds until it ends well.",
    },
  ];
}
