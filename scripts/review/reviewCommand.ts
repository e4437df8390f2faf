/** What `npm run review` does. */
import { parseArgs } from "node:util";
import { reviewNumber } from "../../lib/reviewStack";
import { UserError } from "../../local/steps";
import { down, sweep } from "./down";
import { readLender } from "./lender";
import { list } from "./list";
import type { Surroundings } from "./surroundings";
import { up } from "./up";

export const HELP = `npm run review -- up <n> | down <n> | list | sweep

Review apps: what a pull request changes, running, with data of its own, at a URL of its own. The review app of pull request
7 is the stack review-7, on the cluster of the stack dev and behind its load balancer: it costs a few pods, and the volumes
of its databases. Its first app answers at 7.review.<domain>, a further one at <app>-7.review.<domain>.

  up <n>     deploy what is checked out here as the review app of pull request <n>, or over what it was, and wait until it
             answers
  down <n>   take it down with its data, and forget its stack; it may be gone already
  list       the review apps there are, how old they are, and from when on a sweep takes them
  sweep      take down those whose last deployment that went well is review.maxAgeDays ago, of the stack file of dev; that
             have not come up within a day; that were to go before; and, with GITHUB_TOKEN and GITHUB_REPOSITORY, those of
             pull requests that are not open any more

  --base <stack>  the stack that lends its cluster; default: dev
  --days <n>      with sweep: so many days, whatever the stack file says
  --comment       tell it in the pull request as well; with GITHUB_TOKEN and GITHUB_REPOSITORY
  --help          this page

The config is that of Pulumi.dev.yaml with one pod for each app, small databases in the cluster and no backups. An app with
a seed command runs it after the migrations, at each deployment: it is to do nothing where there is data already.

Secrets are not handed on to code that nobody has reviewed. Where an app has one in Pulumi.dev.yaml, such as API_KEY, the
environment has to hold another one for review apps, which may leak: REVIEW_API_KEY. The password of a registry that is not
DigitalOcean's: REGISTRY_PASSWORD.

State is in the backend that you are logged in to, or in PULUMI_BACKEND_URL, with PULUMI_CONFIG_PASSPHRASE_FILE or
PULUMI_CONFIG_PASSPHRASE (unless it is Pulumi Cloud); and DIGITALOCEAN_TOKEN is needed. Take review apps down before the
stack that lends its cluster: what is left of them could not be reached any more.
`;

/**
 * Runs the command.
 *
 * @throws UserError about what a person can mend.
 */
export async function reviewCommand(args: string[], surroundings: Surroundings): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      base: { type: "string", default: "dev" },
      days: { type: "string" },
      comment: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { base, comment, days, help } = values;
  if (help) {
    surroundings.print(HELP);
    return;
  }
  const [what, ...rest] = positionals;
  if (days !== undefined && what !== "sweep") throw new UserError("--days is for sweep.");
  // Before anything is done that it could not tell of.
  const tell = comment ? surroundings.teller() : undefined;
  switch (what) {
    case "up":
      return up({ number: numberOf(what, rest), base, tell }, surroundings);
    case "down":
      return down({ number: numberOf(what, rest), tell }, surroundings);
    case "list":
      nothingMore(what, rest);
      return list(readLender(base, surroundings.folder), surroundings);
    case "sweep": {
      nothingMore(what, rest);
      const maxAgeDays = days === undefined ? readLender(base, surroundings.folder).review.maxAgeDays : daysOf(days);
      return sweep({ maxAgeDays, tell }, surroundings);
    }
    default:
      throw new UserError("Say what to do: up <n>, down <n>, list or sweep. What there is: npm run review -- --help");
  }
}

function numberOf(what: string, [given, ...more]: string[]): number {
  const number = given === undefined ? undefined : reviewNumber(`review-${given}`);
  if (number === undefined || more.length > 0) {
    throw new UserError(`Give the number of one pull request, such as 7: npm run review -- ${what} 7`);
  }
  return number;
}

function nothingMore(what: string, rest: string[]): void {
  if (rest.length > 0) throw new UserError(`${what} takes no ${rest.join(" ")}: it is about all review apps.`);
}

function daysOf(given: string): number {
  if (!/^\d{1,4}$/.test(given)) throw new UserError(`--days wants a number of days such as 3, not "${given}".`);
  return Number(given);
}
