/** What the runner does for the actions of others that the workflows use. None of their own code runs. */
import type { Artifacts } from "./artifacts";
import { checkout, type CheckoutSource } from "./checkout";
import type { Secrets } from "./secrets";

/** Where a job runs. */
export interface Place {
  /** Folder of the checkout. */
  workspace: string;
  /** Folder for files of the job that are in nobody's way. */
  temp: string;
  source: CheckoutSource;
  artifacts: Artifacts;
  secrets: Secrets;
}

/** An action that is done in some way, with the inputs that it knows, or one that is left out for a reason. */
type Action =
  | { inputs: readonly string[]; run: (place: Place, inputs: Record<string, string>) => string | Promise<string> }
  | { note: string };

/** By the action's name, without its version. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  "actions/checkout": {
    // No credentials are there that could persist.
    inputs: ["ref", "path", "fetch-depth", "persist-credentials"],
    run: ({ workspace, source }, inputs) => checkout(workspace, source, inputs),
  },
  "actions/setup-node": { note: "left out: this machine's own Node is taken" },
  "actions/cache": { note: "left out: this machine's own caches are there" },
  "actions/upload-artifact": {
    inputs: ["name", "path", "if-no-files-found", "retention-days"],
    run: ({ workspace, artifacts, secrets }, inputs) => {
      const said = artifacts.upload(workspace, inputs);
      const name = inputs["name"] ?? "artifact";
      // Whoever may read the repository may read them, and GitHub hides nothing in them.
      secrets.refuse(JSON.stringify(artifacts.files(name)), `The artifact ${name}`);
      return said;
    },
  },
  "actions/download-artifact": {
    inputs: ["name", "pattern", "path", "merge-multiple"],
    run: ({ workspace, artifacts }, inputs) => artifacts.download(workspace, inputs),
  },
};
