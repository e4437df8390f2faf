/** Runs a Pulumi program without an engine, in a cloud made up for tests. */
import { wholeProgram } from "../../local/render/program";
import type { Registered } from "../../local/render/registered";
import { type Deployed, runUnderMocks } from "../../local/render/underMocks";
import { testCloud } from "./cloud";

export type { Deployed, Registered };

export interface DeployOptions {
  mode?: "update" | "preview";
  stack?: string;
  /** Config keys of the project, as a stack file has them; those of others with their project in front. */
  config?: Record<string, unknown>;
  /** Those of them that hold an encrypted value. */
  secretKeys?: string[];
  /** Name of a resource that takes its time: what is asked for before it is ready does not wait for it. */
  slow?: string;
}

/** Runs `program` under mocks and returns when everything that it registers is settled. Fails when the program does. */
export async function deploy(program: () => unknown, options: DeployOptions = {}): Promise<Deployed> {
  const { error, ...deployed } = await attempt(program, options);
  if (error !== undefined) {
    throw error;
  }
  return deployed;
}

/** Like {@link deploy}, for a program that may fail: what it had registered until then, and the failure. */
export async function attempt(
  program: () => unknown,
  options: DeployOptions = {},
): Promise<Deployed & { error: Error | undefined }> {
  const { mode = "update", stack = "test", config = {}, secretKeys = [], slow } = options;
  return runUnderMocks(program, { cloud: testCloud(mode, slow), stack, config, secretKeys });
}

/** Runs the whole program, `index.ts`, afresh. */
export async function deployProgram(options: DeployOptions): Promise<Deployed> {
  return deploy(wholeProgram(), options);
}

/** Like {@link deployProgram}, for a config with which it may fail. */
export async function attemptProgram(options: DeployOptions): Promise<Deployed & { error: Error | undefined }> {
  return attempt(wholeProgram(), options);
}
