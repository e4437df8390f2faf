/** A team's backend and its cluster, as doubles: what the commands of review apps do to them is written down. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { ListedStack, StackAge } from "../../../../local/backendStack";
import type { JsonObject, OpenStack, SecretSetting } from "../../../../local/engine/stack";
import { UserError, type Step } from "../../../../local/steps";
import type { Review } from "../../../../scripts/preview/commentReview";
import { reviewCommand } from "../../../../scripts/review/reviewCommand";
import type { Surroundings } from "../../../../scripts/review/surroundings";
import { up } from "../../../../scripts/review/up";
import { kubeconfigFor } from "../../../support/httpServer";
import { app } from "../../../support/stackFiles";

/** When the commands run. */
export const NOW = new Date("2026-11-26T12:00:00Z");

/** A stack file that lends its cluster, from a registry that is asked for nothing. */
export const lendingFile = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  cluster: { kind: "doks" },
  registry: { kind: "digitalocean", name: "team" },
  domain: "example.com",
  tls: { issuer: "none" },
  apps: [app({ name: "shop", expose: "ingress", hosts: ["example.com"] })],
  ...changes,
});

export class Team {
  readonly folder = mkdtempSync(join(tmpdir(), "review-"));
  /** What was done, in its order. */
  readonly done: string[] = [];
  readonly opened: { name: string; config: JsonObject; secrets: SecretSetting[] }[] = [];
  readonly told: Review[] = [];
  readonly notes: string[] = [];
  printed = "";
  listed: ListedStack[] = [];
  /** What the history of a stack tells, by its name. */
  ages: Record<string, StackAge> = {};
  /** Numbers of the open pull requests, or why they are not told; nothing where GitHub cannot be asked. */
  open: number[] | Error | undefined;
  env: NodeJS.ProcessEnv = {};
  /** Address of the cluster's API server. */
  api = "http://127.0.0.1:9";
  /** What an operation on a stack ends with; by default, with success. */
  fails: (operation: string) => Error | undefined = () => undefined;
  /** Why a pull request cannot be told. */
  silent: Error | undefined;
  urls: Record<string, string> = { shop: "http://7.review.example.com" };

  constructor(file = lendingFile(), stack = "dev") {
    const config = Object.fromEntries(Object.entries(file).map(([key, value]) => [`flask-doks:${key}`, value]));
    writeFileSync(join(this.folder, `Pulumi.${stack}.yaml`), stringify({ config }));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  readonly #step: Step = async (_title, work) => work();

  #stack(name: string): OpenStack {
    const operation = (what: string) => () => {
      this.done.push(`${what} ${name}`);
      const error = this.fails(`${what} ${name}`);
      return error === undefined
        ? Promise.resolve({ outputs: { urls: { value: this.urls, secret: false } } })
        : Promise.reject(error);
    };
    const settle = () => Promise.resolve();
    return { up: operation("up"), destroy: operation("destroy"), settle } as unknown as OpenStack;
  }

  #openOnes(): Promise<number[]> {
    return this.open instanceof Error ? Promise.reject(this.open) : Promise.resolve(this.open ?? []);
  }

  surroundings(): Surroundings {
    return {
      env: this.env,
      folder: this.folder,
      step: this.#step,
      note: (text) => this.notes.push(text),
      print: (text) => (this.printed += text),
      now: () => NOW,
      stacks: {
        open: (name, settings) => {
          this.opened.push({ name, ...settings });
          return Promise.resolve({ stack: this.#stack(name), close: () => this.done.push(`close ${name}`) });
        },
        list: () => Promise.resolve(this.listed),
        age: (name) => Promise.resolve(this.ages[name] ?? {}),
        remove: (name) => Promise.resolve(void this.done.push(`remove ${name}`)),
      },
      lent: () => Promise.resolve({ kubeconfig: kubeconfigFor(this.api), address: "203.0.113.7" }),
      commit: () => Promise.resolve("0123456789abcdef0123456789abcdef01234567"),
      openPullRequests: this.open === undefined ? undefined : () => this.#openOnes(),
      teller: () => (review) => {
        if (this.silent !== undefined) return Promise.reject(this.silent);
        this.told.push(review);
        return Promise.resolve();
      },
    };
  }

  /** Runs the command; gives the sentence that it ends with, if it fails. */
  run(...args: string[]): Promise<string> {
    return sentenceOf(reviewCommand(args, this.surroundings()));
  }

  /** The same for an `up` whose URL answers in that way. */
  up(answer: { status?: number; failure?: string }, comment = false): Promise<string> {
    const surroundings = this.surroundings();
    const tell = comment ? surroundings.teller() : undefined;
    const patience = { waitMs: 20, pauseMs: 1, ask: (url: string) => Promise.resolve({ url, ...answer }) };
    return sentenceOf(up({ number: 7, base: "dev", tell }, surroundings, patience));
  }
}

async function sentenceOf(work: Promise<void>): Promise<string> {
  try {
    await work;
    return "";
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
