/** `npm run review -- up <n> | down <n> | list | sweep`: review apps of pull requests. */
import { join } from "node:path";
import { listStacks, openBackendStack, removeStack, stackAge } from "../local/backendStack";
import { commitOf } from "../local/commit";
import { runCommand } from "../local/runCommand";
import { stepPrinter } from "../local/steps";
import { canAskGithub, githubFrom } from "./github/github";
import { runUrlOf } from "./github/run";
import { REVIEW_MARKER, reviewComment } from "./preview/commentReview";
import { lentBy } from "./review/lender";
import { reviewCommand } from "./review/reviewCommand";
import type { Surroundings } from "./review/surroundings";

const folder = join(__dirname, "..");
const { env } = process;
const { step, note } = stepPrinter();

const surroundings: Surroundings = {
  env,
  folder,
  step,
  note,
  print: (text) => process.stdout.write(text),
  now: () => new Date(),
  stacks: {
    open: (name, settings) => openBackendStack(name, { ...settings, env, step, note }),
    list: () => listStacks(env, step),
    age: (name) => stackAge(name, env, step),
    remove: (name) => removeStack(name, env, step),
  },
  lent: (stack) => lentBy(stack, { env, folder, step }),
  commit: () => commitOf(folder),
  openPullRequests: canAskGithub(env)
    ? async () => (await githubFrom(env).openPullRequests()).map(({ number }) => number)
    : undefined,
  teller: () => {
    const github = githubFrom(env);
    return async (review) => {
      const text = reviewComment(review, runUrlOf(env));
      const written = await (review.state === "down"
        ? github.changeComment(review.number, REVIEW_MARKER, text)
        : github.setComment(review.number, REVIEW_MARKER, text));
      if (written !== undefined) note(`The comment on #${review.number} is ${written.done}: ${written.url}`);
    };
  },
};

runCommand(() => reviewCommand(process.argv.slice(2), surroundings), "npm run review -- --help");
