/** The stack that lends its cluster to review apps: its file, and what it tells once it is deployed. */
import { z } from "zod";
import { DigitalOceanApi } from "../../lib/digitalocean/api";
import { ApiError, DigitalOceanClient } from "../../lib/digitalocean/client";
import { connectionOf } from "../../lib/digitalocean/connection";
import { failureLines } from "../../lib/digitalocean/failureLines";
import { defaultRegistryName } from "../../lib/digitalocean/registryName";
import { missingSecrets, refuseWithoutWayIn, reviewConfig } from "../../lib/reviewStack";
import type { Stack } from "../../lib/schema/stack";
import { PROJECT, StackFileError } from "../../lib/stackFile";
import { requireBackend } from "../../local/backendStack";
import { attempt } from "../../local/command";
import { prepareCli, QUIET_ENV } from "../../local/engine/cli";
import type { JsonObject, SecretSetting } from "../../local/engine/stack";
import { UserError, type Step } from "../../local/steps";
import { chosenStack, readStack } from "../chosenStack";
import { clusterAccess } from "../status/clusterAccess";
import { readOutputs } from "../status/stackOutputs";
import type { Lent } from "./surroundings";

/** @throws UserError when there is no such file, or it is not sound. */
export const readLender = (name: string, folder: string): Stack =>
  readStack(chosenStack([name], folder, "npm run review"), folder);

/**
 * The config and the secrets of a review app's stack.
 *
 * @param env Holds the review app's own secrets, and how DigitalOcean is asked for the name of the registry.
 * @throws UserError about what a person can mend.
 */
export async function reviewSettings(
  lender: Stack,
  { number, stackName, env }: { number: number; stackName: string; env: NodeJS.ProcessEnv },
): Promise<{ config: JsonObject; secrets: SecretSetting[] }> {
  // First what needs no question.
  try {
    refuseWithoutWayIn(lender, stackName);
  } catch (error) {
    throw error instanceof StackFileError ? new UserError(error.message) : error;
  }
  const secrets = secretsFrom(env, lender, stackName);
  const { registry } = lender;
  const isUnnamed = registry.kind === "digitalocean" && registry.name === undefined;
  const registryName = isUnnamed ? await registryNameOf(stackName, env) : undefined;
  const config = reviewConfig(lender, { number, stackName, registryName });
  // What is undefined in it goes.
  return { config: JSON.parse(JSON.stringify(config)) as JsonObject, secrets };
}

function secretsFrom(env: NodeJS.ProcessEnv, lender: Stack, stackName: string): SecretSetting[] {
  const wanted = missingSecrets(lender).map(({ path, variable }) => ({ path, variable, value: env[variable] ?? "" }));
  const missing = [...new Set(wanted.filter(({ value }) => value === "").map(({ variable }) => variable))];
  if (missing.length > 0) {
    throw new UserError(
      `A review app gets none of the secrets of Pulumi.${stackName}.yaml, for its code is not reviewed yet. Set in the ` +
        `environment, each to a value that may leak: ${missing.join(", ")}`,
    );
  }
  return wanted.map(({ path, value }) => ({ path, value }));
}

/** The name that the lending stack's program gives its registry. */
async function registryNameOf(stackName: string, env: NodeJS.ProcessEnv): Promise<string> {
  const connection = connectionOf(env);
  if (typeof connection === "string") throw new UserError(connection);
  try {
    const owner = await new DigitalOceanApi(new DigitalOceanClient(connection)).account();
    return defaultRegistryName(`${PROJECT}-${stackName}`, owner);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new UserError(failureLines([error], connection.url).join("\n"));
  }
}

const edgeSchema = z.object({ address: z.object({ ip: z.string().optional() }).optional() });

/**
 * What a deployed stack lends.
 *
 * @throws UserError when it is not deployed.
 */
export async function lentBy(
  stack: string,
  { env, folder, step }: { env: NodeJS.ProcessEnv; folder: string; step: Step },
): Promise<Lent> {
  const home = { folder, env: { PULUMI_BACKEND_URL: requireBackend(env) } };
  const { path } = await prepareCli(step);
  return step(`Reading what the stack ${stack} lends`, async () => {
    const outputs = await readOutputs(path, stack, home);
    const args = ["stack", "output", "edge", "--json", "--stack", stack, "--non-interactive"];
    const { code, stdout } = await attempt(path, args, { cwd: folder, env: { ...QUIET_ENV, ...home.env } });
    if (code !== 0) {
      throw new UserError(
        `The stack "${stack}" has no way in yet that review apps could share: deploy it as its file is now.`,
      );
    }
    const ip = edgeSchema.parse(JSON.parse(stdout)).address?.ip;
    return { kubeconfig: clusterAccess(outputs, home), ...(ip === undefined ? {} : { address: ip }) };
  });
}
