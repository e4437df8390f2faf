/** What the pipelines do at GitHub. */
import { UserError } from "../../local/steps";
import { GitHubApi } from "./api";
import { closeIssue, openIssue, type IssueContent } from "./markedIssue";
import { patiently, type Patience } from "./patience";
import { changeComment, setComment, type Written } from "./stickyComment";

/** A pull request that is open. */
export interface OpenPullRequest {
  number: number;
  /** Id of its newest commit. */
  commit: string;
  branch: string;
  labels: string[];
  /** Whether its branch is in another repository: its author may then not write to this one. */
  fork: boolean;
}

/** One repository at GitHub. What fails is tried again where that may help, and then told in a sentence. */
export class GitHub {
  private readonly api: GitHubApi;

  constructor(
    connection: { url: string; token: string; repository: string },
    private readonly patience: Patience = {},
  ) {
    this.api = new GitHubApi(connection);
  }

  /** Writes a comment, or changes the one with that marker which it wrote before. */
  setComment(pullRequest: number, marker: string, body: string): Promise<Written> {
    return patiently(() => setComment(this.api, pullRequest, marker, body), this.patience);
  }

  /** Changes the comment with that marker which it wrote before; nothing where there is none. */
  changeComment(pullRequest: number, marker: string, body: string): Promise<Written | undefined> {
    return patiently(() => changeComment(this.api, pullRequest, marker, body), this.patience);
  }

  /** Opens an issue, or changes the open one with that marker which it opened before. */
  openIssue(content: IssueContent): Promise<Written> {
    return patiently(() => openIssue(this.api, content), this.patience);
  }

  /** Closes the open issue with that marker, with a last comment; gives its address, if one was open. */
  closeIssue(marker: string, comment: string): Promise<string | undefined> {
    return patiently(() => closeIssue(this.api, marker, comment), this.patience);
  }

  /** The oldest first. @param label Only those that have it. */
  async openPullRequests(label?: string): Promise<OpenPullRequest[]> {
    const found = await patiently(() => this.api.openPullRequests(), this.patience);
    return found
      .map(({ number, head, labels, base }) => ({
        number,
        commit: head.sha,
        branch: head.ref,
        labels: labels.map(({ name }) => name),
        fork: head.repo?.full_name !== base.repo.full_name,
      }))
      .filter(({ labels }) => label === undefined || labels.includes(label));
  }
}

/** Whether the environment says what {@link githubFrom} needs. */
export const canAskGithub = ({ GITHUB_TOKEN: token = "", GITHUB_REPOSITORY: repository = "" }: NodeJS.ProcessEnv) =>
  token !== "" && repository !== "";

/**
 * The repository that a job of GitHub Actions is of.
 *
 * @throws UserError listing what is missing.
 */
export function githubFrom(env: NodeJS.ProcessEnv, patience?: Patience): GitHub {
  const { GITHUB_TOKEN: token = "", GITHUB_REPOSITORY: repository = "", GITHUB_API_URL: url = "" } = env;
  const missing = [
    ...(token === "" ? ["  GITHUB_TOKEN: a token that may write there; in a job: ${{ github.token }}"] : []),
    ...(repository === "" ? ["  GITHUB_REPOSITORY: the repository, such as ada/shop; a job has it by itself"] : []),
  ];
  if (missing.length > 0) throw new UserError(["GitHub cannot be asked without", ...missing].join("\n"));
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new UserError(`GITHUB_REPOSITORY: "${repository}" is not an owner and a name, such as ada/shop.`);
  }
  return new GitHub({ url: url === "" ? "https://api.github.com" : url, token, repository }, patience);
}
