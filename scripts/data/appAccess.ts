/** An app whose data is worked on: where it is, and how whoever does that follows what happens. */
import type { KubeConfig } from "@kubernetes/client-node";
import type { Note, Step } from "../../local/steps";

/** Where an app is. */
export interface AppAccess {
  /** For the commands that people are told. */
  stack: string;
  app: string;
  namespace: string;
  kubeconfig: KubeConfig;
  /** Whether those commands have to name the app, for its stack has others like it. */
  named?: boolean;
}

/** How long what is waited for. Times are in seconds, but for the pause between two looks. */
export interface Limits {
  pollMs: number;
  /** A cluster that does not answer: work that goes on in it is not given up for a short absence. */
  silence: number;
  /** A pod whose image or settings are no good. */
  broken: number;
  /** A pod that has not started, for whatever reason: a node may have to be made for it. */
  start: number;
  /** The app's pods, to end. */
  gone: number;
  /** The app's pods, to be ready. */
  ready: number;
}

const LIMITS: Limits = { pollMs: 1_000, silence: 300, broken: 120, start: 600, gone: 180, ready: 300 };

/** How progress is told, and how it is ended early. */
export interface Following {
  step: Step;
  note: Note;
  /** Ends what is being done, in good order. */
  signal?: AbortSignal;
  /** Other than usual, for tests. */
  limits?: Partial<Limits>;
}

export const limitsOf = ({ limits }: Pick<Following, "limits">): Limits => ({ ...LIMITS, ...limits });

/** A command for people to copy. */
export function commandLine(
  { stack, app, named = false }: AppAccess,
  command: "backup" | "restore" | "move",
  rest = "",
): string {
  return ["npm run", command, "--", stack, ...(rest === "" ? [] : [rest]), ...(named ? [`--app ${app}`] : [])].join(
    " ",
  );
}
