/** What a stack would be made of, from its file alone: no engine, no account, no cluster and no network are asked. */
import * as pulumi from "@pulumi/pulumi";
import { NOBODY } from "../../lib/digitalocean/connection";
import { UserError } from "../steps";
import type { MadeUp, OtherOutputs } from "./cloud";
import { type Manifest, manifests } from "./manifests";
import { KNOWN_AFTER, masked, withoutValues } from "./masked";
import { ROOT, wholeProgram } from "./program";
import type { Registered } from "./registered";
import { readStackConfig } from "./stackConfig";
import { runUnderMocks } from "./underMocks";

/** A stack that nobody has deployed. */
export interface RenderedStack {
  /** All that the program registers, components and providers too; secrets masked. */
  resources: Registered[];
  /** The Kubernetes objects, sorted by namespace, kind and name; secrets masked. */
  objects: Manifest[];
}

/** How a stack is rendered. */
export interface RenderOptions {
  /** The checkout with the program, and the apps that it builds. Default: the one that this file is in. */
  root?: string | undefined;
  /** Where the stack files are. Default: there. */
  folder?: string | undefined;
  /** What stands for a value that is known only after it is made. Default: {@link KNOWN_AFTER}, for all. */
  known?: MadeUp["known"] | undefined;
  /** Whether secrets are left as they are, for whoever has to tell them apart; the file's are hidden all the same. */
  apart?: boolean | undefined;
}

/** Ends the names that the engine makes up, where it puts eight hexadecimal digits. */
const NAME_SUFFIX = "-00000000";

/** Name of an object that has none. */
export const autoName = (name: string): string => `${name}${NAME_SUFFIX}`;

/** A name that is known only after the other stack is deployed, in the form of a name. */
export const OTHERS_NAME = "known-after-up";

const OTHER_STACK: OtherOutputs = {
  clusterId: KNOWN_AFTER,
  kubeconfig: KNOWN_AFTER,
  edge: { className: OTHERS_NAME, namespace: OTHERS_NAME, issuer: OTHERS_NAME, address: { ip: KNOWN_AFTER } },
};

/**
 * Runs the program on a stack's file under mocks. The same files give the same result on every machine.
 *
 * @throws UserError with all that the program finds wrong with the file.
 */
export async function renderStack(stack: string, options: RenderOptions = {}): Promise<RenderedStack> {
  const { root = ROOT, folder = root, known = () => KNOWN_AFTER, apart = false } = options;
  const { config, secretKeys } = readStackConfig(stack, folder);
  const { error, resources } = await offline(root, () =>
    runUnderMocks(wholeProgram(root), {
      cloud: { mode: "update", autoName, known, otherStack: () => OTHER_STACK },
      stack,
      config,
      secretKeys,
      shown: apart ? undefined : masked,
    }),
  );
  if (error !== undefined) {
    throw pulumi.RunError.isInstance(error) ? new UserError(error.message) : error;
  }
  const objects = manifests({ resources }, autoName);
  return { resources, objects: (apart ? objects : objects.map(withoutValues)).sort(byPlace) };
}

/** The program asks the environment whom to ask, and names the sources' folders from where it runs. */
async function offline<T>(root: string, work: () => Promise<T>): Promise<T> {
  const { DIGITALOCEAN_API_URL: url } = process.env;
  const folder = process.cwd();
  process.env["DIGITALOCEAN_API_URL"] = NOBODY;
  process.chdir(root);
  try {
    return await work();
  } finally {
    process.chdir(folder);
    if (url === undefined) delete process.env["DIGITALOCEAN_API_URL"];
    else process.env["DIGITALOCEAN_API_URL"] = url;
  }
}

/** Not in the order of registration, in which asynchronous work has its say. */
function byPlace(one: Manifest, other: Manifest): number {
  const [a, b] = [one, other].map(({ kind, metadata: { namespace = "", name = "" } }) => [namespace, kind, name]);
  const place = (a ?? []).findIndex((part, index) => part !== b?.[index]);
  return place < 0 ? 0 : (a?.[place] ?? "") < (b?.[place] ?? "") ? -1 : 1;
}
