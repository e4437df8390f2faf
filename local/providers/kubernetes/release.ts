/** Helm releases, made by the real Helm: `kubernetes:helm.sh/v3:Release`. */

import { type Existing, InitFailed, type Provider, type Settings } from "../provider";
import type { CreateRequest, DeleteRequest, ReadRequest, UpdateRequest } from "../provider";
import { isObject, markSecrets, reveal, revealed, Secret, UNKNOWN, type Value, type Values } from "../values";
import { clientFor } from "./client";
import { type Helm, HelmFailed, withHelm } from "./helm";
import { splitId } from "./object";
import { check, DEFAULT_TIMEOUT_SECONDS, diff, isAwaited, upgradeArgs } from "./releaseInputs";
import { narrate, podsOf } from "./releaseObjects";
import { lookUp, type Recorded, settleUnfinished } from "./releaseRecord";

export const RELEASE = "kubernetes:helm.sh/v3:Release";

/** Where a release is, secrets revealed. */
function placeOf(inputs: Values): { name: string; namespace: string } {
  const { name, namespace } = revealed(inputs) as { name: string; namespace: string };
  return { name, namespace };
}

const idOf = ({ status }: Recorded): string => `${status.namespace}/${status.name}`;

/** The real provider reads `__inputs` back only as a secret. */
const stateOf = (inputs: Values, { status, values, resourceNames }: Recorded): Values => ({
  ...markSecrets({ ...revealed(inputs), values, version: status.version, status, resourceNames }, inputs),
  __inputs: new Secret(inputs),
});

/** What only Helm can tell is unknown as long as it has done nothing. */
const planned = (inputs: Values): Values => ({ ...inputs, status: UNKNOWN, resourceNames: UNKNOWN });

function timeoutOf(inputs: Values, customSeconds: number | undefined): number {
  const { timeout } = inputs;
  return customSeconds ?? (typeof timeout === "number" && timeout > 0 ? timeout : DEFAULT_TIMEOUT_SECONDS);
}

function secretTexts(value: Value, isSecret = false): string[] {
  if (value instanceof Secret) return secretTexts(value.value, true);
  if (Array.isArray(value)) return value.flatMap((item) => secretTexts(item, isSecret));
  if (isObject(value)) return Object.values(value).flatMap((item) => secretTexts(item, isSecret));
  return isSecret && typeof value === "string" && value.length >= 4 ? [value] : [];
}

/** What Helm said, without secrets: a chart's schema or the API server may have quoted the value that it refused. */
function hiding(message: string, inputs: Values): string {
  const secrets = secretTexts(inputs).sort((left, right) => right.length - left.length);
  return secrets.reduce((text, secret) => text.replaceAll(secret, "[secret]"), message);
}

/** The error of an upgrade or installation that failed: one that keeps the release in the state if it is there. */
async function failure(
  helm: Helm,
  error: HelmFailed,
  { urn, settings }: CreateRequest | UpdateRequest,
  inputs: Values,
  verb: "created" | "updated",
): Promise<Error> {
  const message = hiding(error.message, inputs);
  const recorded = await lookUp(helm, placeOf(inputs).name).catch(() => undefined);
  // With `atomic`, or when Helm got nowhere, all is as it was before.
  if (recorded === undefined || recorded.status.status === "deployed") {
    return new Error(`resource "${urn}" was not successfully ${verb} by Helm: ${message}`);
  }
  const existing = { id: idOf(recorded), state: stateOf(inputs, recorded) };
  const said =
    `resource "${urn}" was ${verb}, but the Helm release ${existing.id} ` +
    `failed to fully initialize or become live: ${message}`;
  return new InitFailed(said, existing, await podsOf(() => clientFor(settings), recorded.objects));
}

/** Installs or upgrades a release, and waits for it unless its inputs say not to. */
async function bring(
  helm: Helm,
  request: CreateRequest | UpdateRequest,
  inputs: Values,
  found: Recorded | undefined,
  verb: "created" | "updated",
): Promise<Existing> {
  const { settings, signal, status } = request;
  const plain = revealed(inputs);
  const { name } = placeOf(inputs);
  const timeoutSeconds = timeoutOf(plain, request.timeoutSeconds);
  const over = new AbortController();
  const look = async () => (await lookUp(helm, name))?.objects ?? [];
  const told = narrate(() => clientFor(settings), look, status, over.signal);
  try {
    if (found !== undefined) await settleUnfinished(helm, found, timeoutSeconds, signal);
    const input = JSON.stringify(plain["values"] ?? {});
    await helm.run(upgradeArgs(plain, timeoutSeconds), { input, signal });
  } catch (error) {
    throw error instanceof HelmFailed ? await failure(helm, error, request, inputs, verb) : error;
  } finally {
    over.abort();
    await told;
  }
  const recorded = await lookUp(helm, name);
  if (recorded === undefined) throw new Error(`resource "${request.urn}" was ${verb}, and gone right afterwards`);
  return { id: idOf(recorded), state: stateOf(inputs, recorded) };
}

function create(request: CreateRequest, takesOver: boolean): Promise<Existing> {
  const { urn, inputs, preview, settings } = request;
  // Asks nobody: the cluster, its namespace and the values may all be still on the way.
  if (preview) return Promise.resolve({ id: "", state: planned(inputs) });
  const { name, namespace } = placeOf(inputs);
  return withHelm(settings, namespace, async (helm) => {
    const found = await lookUp(helm, name);
    if (found !== undefined && !takesOver) {
      const { status, revision } = found.status;
      throw new Error(
        `resource "${urn}" was not successfully created by Helm: ` +
          `the release ${idOf(found)} is there already (revision ${revision}, ${status}). ` +
          "Import it, give the resource another name, or uninstall the release.",
      );
    }
    return bring(helm, request, inputs, found, "created");
  });
}

function update(request: UpdateRequest): Promise<Values> {
  const { news, preview, settings } = request;
  if (preview) return Promise.resolve(planned(news));
  const { name, namespace } = placeOf(news);
  return withHelm(settings, namespace, async (helm) => {
    const found = await lookUp(helm, name);
    return (await bring(helm, request, news, found, "updated")).state;
  });
}

const canonical = (value: Value): string =>
  JSON.stringify(value, (_, item: Value) =>
    isObject(item) ? Object.fromEntries(Object.entries(item).sort(([left], [right]) => (left < right ? -1 : 1))) : item,
  );

/** The inputs as they were written, but for what somebody has changed with Helm since. */
function inputsNow(before: Values, { status, values }: Recorded): Values {
  const now = { ...before };
  const { version, reuseValues } = before;
  // Those of earlier releases, when they are reused, are nobody's change.
  const drifted = canonical(reveal(before["values"] ?? {})) !== canonical(values);
  if (drifted && reuseValues !== true) Object.assign(now, markSecrets({ values }, before));
  // A range such as "^1.2" is met by many versions.
  if (typeof version === "string" && /^v?\d+\.\d+\.\d+(?:[-+]|$)/.test(version)) now["version"] = status.version;
  return now;
}

function read(request: ReadRequest): ReturnType<Provider["read"]> {
  const { id, inputs, settings } = request;
  const { namespace, name } = splitId(id);
  return withHelm(settings, namespace === "" ? "default" : namespace, async (helm) => {
    const recorded = await lookUp(helm, name);
    if (recorded === undefined) return undefined;
    const { status, values } = recorded;
    const imported: Values = {
      name,
      namespace: status.namespace,
      chart: status.chart,
      version: status.version,
      values,
      timeout: DEFAULT_TIMEOUT_SECONDS,
    };
    const now = Object.keys(inputs).length > 0 ? inputsNow(inputs, recorded) : imported;
    const existing = { id: idOf(recorded), state: stateOf(now, recorded) };
    if (status.status !== "deployed") {
      const reasons = await podsOf(() => clientFor(settings), recorded.objects);
      const message = `the Helm release ${existing.id} is ${status.status}: ${hiding(recorded.description, inputs)}`;
      throw new InitFailed(message, existing, reasons, now);
    }
    return { ...existing, inputs: now };
  });
}

function remove(request: DeleteRequest): Promise<void> {
  const { id, oldInputs, settings, signal, warn } = request;
  const { namespace, name } = splitId(id);
  const plain = revealed(oldInputs);
  return withHelm(settings, namespace === "" ? "default" : namespace, async (helm) => {
    const args = ["uninstall", name, "--timeout", `${timeoutOf(plain, request.timeoutSeconds)}s`];
    if (isAwaited(plain)) args.push("--wait");
    const result = await helm.attempt(args, { signal });
    if (result.code === 0) {
      const [, kept] = /kept due to the resource policy:\n([\s\S]*?)\n*(?:release "|$)/.exec(result.stdout) ?? [];
      if (kept !== undefined)
        warn(`Helm keeps what the chart says is to be kept: ${kept.trim().replace(/\s*\n/g, ", ")}`);
    } else if (!/release: not found/.test(result.stderr)) {
      const said = hiding(new HelmFailed(result).message, oldInputs);
      throw new Error(`the Helm release ${id} was asked to go, but: ${said}`);
    }
  });
}

/** @param takesOver Whether a provider of these settings takes over a release that it did not make. */
export const releases = (
  takesOver: (settings: Settings) => boolean,
): Pick<Provider, "check" | "diff" | "create" | "read" | "update" | "delete"> => ({
  check,
  diff,
  create: (request) => create(request, takesOver(request.settings)),
  read,
  update,
  delete: remove,
});
