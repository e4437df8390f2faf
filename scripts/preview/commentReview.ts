/** What a pull request is told about its review app. */
import { utc } from "../data/figures";
import { logOf, sourceLine } from "./commentSource";
import { code, errorBlock } from "./commentText";

/** The first line of the comment, by which it is found again; not seen. */
export const REVIEW_MARKER = "<!-- flask-doks: review app -->";

/** Why a review app is gone. */
export type DownCause = "closed" | "unlabeled" | "old" | "neverUp" | "unfinished" | "byHand";

/** A review app, by the number of its pull request. */
export type Review = { number: number } & (
  | {
      state: "up";
      /** Where each app answers, by its name. */
      urls: Record<string, string>;
      /** When it is taken down, as ISO 8601. */
      expires: string;
      /** Id of the commit that it shows. */
      commit: string;
    }
  | {
      state: "failed";
      /** Why, in sentences. */
      error: string;
      /** Id of the commit that it should show. */
      commit: string;
    }
  | { state: "down"; cause: DownCause }
);

/**
 * The text, without the marker.
 *
 * @param runUrl Where the run can be seen.
 */
export function reviewComment(review: Review, runUrl?: string): string {
  return paragraphs(review, runUrl).join("\n\n");
}

function paragraphs(review: Review, runUrl: string | undefined): string[] {
  const { number, state } = review;
  switch (state) {
    case "up":
      return [
        "### Review app: up",
        Object.entries(review.urls)
          .map(([app, url]) => `- ${code(app)}: ${linkTo(url)}`)
          .join("\n"),
        `It shows #${number} with data of its own, and is taken down when it is closed, when the label goes, or on ` +
          `${utc(new Date(review.expires))}. A commit before that puts it off.`,
        sourceLine([review.commit], runUrl),
      ];
    case "failed":
      return [
        "### Review app: not up ✗",
        errorBlock(review.error, { lines: MOST_LINES, rest: logOf(runUrl) }),
        sourceLine([review.commit], runUrl),
      ];
    case "down":
      return [
        "### Review app: taken down",
        `Nothing of it is left, neither data nor cost. ${WHY_DOWN[review.cause](number)}`,
        ...(runUrl === undefined ? [] : [logOf(runUrl)]),
      ];
  }
}

const LABEL = code("review-app");
const ANEW = `For a new one, set the label ${LABEL}, again if it is there.`;

/** Why it is gone, and how there is a new one. */
const WHY_DOWN: Record<DownCause, (number: number) => string> = {
  closed: (number) => `#${number} is closed. Reopened with the label ${LABEL}, it gets a new one.`,
  unlabeled: () => `The label ${LABEL} was taken away. Set again, it brings up a new one.`,
  old: () => `Its last deployment was too long ago. ${ANEW}`,
  neverUp: () => `It had not come up within a day. ${ANEW}`,
  unfinished: () => `An earlier attempt to take it down had failed. ${ANEW}`,
  byHand: () => ANEW,
};

/** What a person reads of a failure; the rest is in the log. */
const MOST_LINES = 40;

/** Only what is an address is made a link. */
const linkTo = (url: string): string => (/^https?:\/\/[\w.:/-]+$/.test(url) ? `<${url}>` : code(url));
