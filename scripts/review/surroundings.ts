/** What the commands of review apps stand on, so that tests can put doubles in its place. */
import type { KubeConfig } from "@kubernetes/client-node";
import type { ListedStack, StackAge } from "../../local/backendStack";
import type { JsonObject, OpenStack, SecretSetting } from "../../local/engine/stack";
import type { Note, Step } from "../../local/steps";
import type { Review } from "../preview/commentReview";

/** A stack that is open to be operated on. */
export interface OpenReview {
  stack: OpenStack;
  close: () => void;
}

/** The stacks of the team's backend. */
export interface Stacks {
  open: (name: string, settings: { config: JsonObject; secrets: SecretSetting[] }) => Promise<OpenReview>;
  list: () => Promise<ListedStack[]>;
  age: (name: string) => Promise<StackAge>;
  /** Forgets a stack that has no resources any more. */
  remove: (name: string) => Promise<void>;
}

/** What the stack that lends its cluster tells of it. */
export interface Lent {
  kubeconfig: KubeConfig;
  /** Where its way in is reached, if it tells: names of today need not be known everywhere yet. */
  address?: string;
}

/** Tells a pull request of its review app. Of one that is taken down, only where it was told of it before. */
export type Tell = (review: Review) => Promise<void>;

/** What the commands stand on. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  /** Where the stack files are. */
  folder: string;
  step: Step;
  note: Note;
  /** Takes what is printed at the end. */
  print: (text: string) => void;
  now: () => Date;
  stacks: Stacks;
  lent: (stack: string) => Promise<Lent>;
  /** Id of the commit that is checked out. */
  commit: () => Promise<string>;
  /** Numbers of the pull requests that are open; not there where GitHub cannot be asked. */
  openPullRequests?: (() => Promise<number[]>) | undefined;
  /** Readies what tells a pull request of its review app; fails at once where it cannot. */
  teller: () => Tell;
}
