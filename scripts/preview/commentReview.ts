/** What a pull request is told about its review app. */
import { utc } from "../data/figures";
import { logOf, sourceLine } from "./commentSource";
import { code, errorBlock } from "./commentText";

/** The first line of the comment, by which it is found again; not seen. */
export const REVIEW_MARKER = "<!-- flask-doks: review app -->";

export interface Review {
  /** Of the pull request. */
  number: number;
  state: "up" | "failed" | "down";
  /** Where each app answers, by its name. */
  urls: Record<string, string>;
  /** When it is taken down, as ISO 8601. */
  expires?: string;
  /** Why it failed, in sentences. */
  error?: string;
  /** Id of the commit that it shows, or should. */
  commit: string;
}

/**
 * The text, without the marker.
 *
 * @param runUrl Where the run can be seen.
 */
export function reviewComment({ number, state, urls, expires, error, commit }: Review, runUrl?: string): string {
  const source = sourceLine([commit], runUrl);
  if (state === "down") {
    return [
      "### Review app: taken down",
      `Nothing of it is left, neither data nor cost. Another commit in #${number} brings up a new one.`,
      source,
    ].join("\n\n");
  }
  const reached = Object.entries(urls).map(([app, url]) => `- ${code(app)}: ${linkTo(url)}`);
  const apps = reached.length > 0 ? [reached.join("\n")] : [];
  if (state === "failed") {
    return [
      "### Review app: not up ✗",
      ...(error === undefined ? [] : [errorBlock(error, { lines: MOST_LINES, rest: logOf(runUrl) })]),
      ...(apps.length > 0 ? ["What may answer all the same, as an earlier commit left it:", ...apps] : []),
      source,
    ].join("\n\n");
  }
  const end =
    expires === undefined
      ? "when it is closed."
      : `when it is closed, or on ${utc(new Date(expires))}. A commit before that puts it off.`;
  return [
    "### Review app: up",
    ...apps,
    `It shows #${number} with data of its own, and is taken down ${end}`,
    source,
  ].join("\n\n");
}

/** What a person reads of a failure; the rest is in the log. */
const MOST_LINES = 40;

/** Only what is an address is made a link. */
const linkTo = (url: string): string => (/^https?:\/\/[\w.:/-]+$/.test(url) ? `<${url}>` : code(url));
