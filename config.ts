import * as pulumi from "@pulumi/pulumi";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config";
import type { App } from "./lib/schema/app";
import { crossCheck } from "./lib/schema/checks";
import { problemLines } from "./lib/schema/problems";
import { stackSchema, type Stack } from "./lib/schema/stack";
import { sourceFindings } from "./lib/sources";

// Whether a key holds an encrypted value: the SDK knows, but leaves the function out of its declarations.
const { isConfigSecret } = runtimeConfig as unknown as { isConfigSecret: (key: string) => boolean };

/** One application of the stack: as in the stack file, secrets as secret outputs. */
export interface AppConfig extends Omit<App, "secrets"> {
  secrets: Record<string, pulumi.Output<string>>;
}

/** Certificates, the token as a secret output. */
export type TlsConfig = Omit<Stack["tls"], "dnsToken"> & { dnsToken?: pulumi.Output<string> };

type External = Extract<Stack["registry"], { kind: "external" }>;

/** The registry of the stack, its password as a secret output. */
export type RegistryConfig =
  Exclude<Stack["registry"], External> | (Omit<External, "password"> & { password: pulumi.Output<string> | undefined });

/** A group of which some fields are secret outputs. */
type WithSecrets<Group, Names extends string> = Group extends unknown
  ? Omit<Group, Names> & { [Name in Names & keyof Group]: pulumi.Output<string> }
  : never;

/** Backups, their keys as secret outputs. */
export type BackupConfig = WithSecrets<Stack["backup"], "encryptionKey" | "secretAccessKey">;

/** The config of a stack: checked, defaults filled in, frozen. */
export interface Config extends Readonly<Omit<Stack, "apps" | "backup" | "registry" | "tls">> {
  readonly backup: BackupConfig;
  readonly tls: TlsConfig;
  readonly registry: RegistryConfig;
  readonly apps: readonly AppConfig[];
}

/**
 * Reads the stack's config, the only place that does.
 *
 * @throws pulumi.RunError with every problem of the stack file, one line each, before any resource is registered.
 */
export function loadConfig(): Config {
  const values = stackValues();
  const parsed = stackSchema.safeParse(values, { reportInput: true });
  const findings = parsed.success ? [...crossCheck(parsed.data), ...sourceFindings(parsed.data.apps, __dirname)] : [];
  const problems = [
    ...(parsed.success ? [] : problemLines(parsed.error.issues, stackSchema)),
    ...findings.map(({ key, message }) => `${key}: ${message}`),
    ...secretsInClear(values),
  ];
  if (!parsed.success || problems.length > 0) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    const lines = problems.map((problem) => `  ${problem}`).join("\n");
    throw new pulumi.RunError(`Pulumi.${pulumi.getStack()}.yaml has ${count}:\n${lines}`);
  }
  return freeze(withSecrets(parsed.data));
}

/** The stack file's keys of this project, without the project's name in front. */
function stackValues(): Record<string, unknown> {
  const prefix = `${pulumi.getProject()}:`;
  return Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, text]) => [key.slice(prefix.length), valueOf(text)]),
  );
}

/** The engine hands over every value as text: lists and groups as JSON, the rest as it was written. */
function valueOf(text: string): unknown {
  if (!/^[[{]/.test(text)) {
    return text;
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A secret that stands in the stack file as plain text has leaked already: it is refused, with the way to mend it. */
function secretsInClear(values: Record<string, unknown>): string[] {
  const found: { path: string; top: string }[] = [];
  const registry = values["registry"] as { password?: unknown } | undefined;
  if (registry?.password !== undefined) {
    found.push({ path: "registry.password", top: "registry" });
  }
  const tls = values["tls"] as { dnsToken?: unknown } | undefined;
  if (tls?.dnsToken !== undefined) {
    found.push({ path: "tls.dnsToken", top: "tls" });
  }
  const backup = values["backup"] as Record<string, unknown> | undefined;
  for (const name of ["encryptionKey", "secretAccessKey"]) {
    if (backup?.[name] !== undefined) {
      found.push({ path: `backup.${name}`, top: "backup" });
    }
  }
  if (Array.isArray(values["apps"])) {
    (values["apps"] as ({ secrets?: object } | undefined)[]).forEach((app, index) => {
      for (const name of Object.keys(app?.secrets ?? {})) {
        found.push({ path: `apps[${index}].secrets.${name}`, top: "apps" });
      }
    });
  }
  return found
    .filter(({ top }) => !isConfigSecret(`${pulumi.getProject()}:${top}`))
    .map(
      ({ path }) =>
        `${path}: is in clear; set it with: pulumi config set --secret --path '${pulumi.getProject()}:${path}'`,
    );
}

function withSecrets(stack: Stack): Config {
  const {
    backup,
    registry,
    tls: { dnsToken, ...tls },
  } = stack;
  return {
    ...stack,
    backup: withSecretKeys(backup),
    tls: { ...tls, ...(dnsToken === undefined ? {} : { dnsToken: pulumi.secret(dnsToken) }) },
    registry:
      registry.kind === "external"
        ? { ...registry, password: registry.password === undefined ? undefined : pulumi.secret(registry.password) }
        : registry,
    apps: stack.apps.map((app) => ({
      ...app,
      secrets: Object.fromEntries(Object.entries(app.secrets).map(([name, value]) => [name, pulumi.secret(value)])),
    })),
  };
}

function withSecretKeys(backup: Stack["backup"]): BackupConfig {
  if (backup.kind === "none") {
    return backup;
  }
  const encryptionKey = pulumi.secret(backup.encryptionKey);
  return backup.kind === "s3"
    ? { ...backup, encryptionKey, secretAccessKey: pulumi.secret(backup.secretAccessKey) }
    : { ...backup, encryptionKey };
}

/** Freezes plain groups and lists all the way down; outputs are left as they are. */
function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !pulumi.Output.isInstance(value)) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}
