/** What starts a workflow. */
import type { Workflow } from "./workflow";

/** An event, as GitHub tells of it. */
export interface WorkflowEvent {
  name: "push" | "pull_request" | "schedule" | "workflow_dispatch";
  /** Such as `refs/heads/main`, or `refs/pull/7/merge` for a pull request. */
  ref: string;
  /** The commit: of the branch, or the merge of a pull request. The workflow file is taken from it. */
  sha: string;
  /** `github.event`. */
  payload: Record<string, unknown>;
}

/** What the payload of a pull request's event says, as far as it matters. */
export interface PullRequestPayload {
  action: string;
  number: number;
  pull_request: { head: { ref: string; repo: { full_name: string } }; base: { ref: string } };
}

/** The pull request that an event is about. */
export const pullRequestOf = ({ name, payload }: WorkflowEvent): PullRequestPayload | undefined =>
  name === "pull_request" ? (payload as unknown as PullRequestPayload) : undefined;

/** Whether a pull request comes from another repository: then it sees no secret, and its token only reads. */
export const isFromFork = (event: WorkflowEvent, repository: string): boolean => {
  const pullRequest = pullRequestOf(event);
  return pullRequest !== undefined && pullRequest.pull_request.head.repo.full_name !== repository;
};

/** What a workflow listens to of pull requests when it does not say. */
const USUAL_TYPES = ["opened", "synchronize", "reopened"];

/** Whether an event starts a workflow. */
export function starts({ on }: Workflow, event: WorkflowEvent): boolean {
  const trigger = on[event.name];
  if (trigger === undefined) {
    return false;
  }
  const { branches, types = USUAL_TYPES } = "types" in trigger || "branches" in trigger ? trigger : {};
  const pullRequest = pullRequestOf(event);
  if (pullRequest !== undefined && !types.includes(pullRequest.action)) {
    return false;
  }
  const branch = pullRequest?.pull_request.base.ref ?? event.ref.replace("refs/heads/", "");
  return branches === undefined || branches.includes(branch);
}

/** The context `github`, without what belongs to a job or a step. */
export function githubContext(
  event: WorkflowEvent,
  repository: string,
  workflow: Workflow,
  apiUrl: string,
): Record<string, unknown> {
  const pullRequest = pullRequestOf(event)?.pull_request;
  return {
    workflow: workflow.name ?? "",
    event_name: event.name,
    event: event.payload,
    ref: event.ref,
    ref_name: event.ref.replace(/^refs\/(heads|tags|pull)\//, ""),
    sha: event.sha,
    head_ref: pullRequest?.head.ref ?? "",
    base_ref: pullRequest?.base.ref ?? "",
    repository,
    repository_owner: repository.split("/")[0] ?? "",
    actor: "ann",
    run_id: "1",
    run_number: "1",
    run_attempt: "1",
    server_url: "https://github.com",
    api_url: apiUrl,
    graphql_url: `${apiUrl}/graphql`,
  };
}
