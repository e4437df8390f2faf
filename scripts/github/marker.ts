/** How a comment or an issue is found again: by a first line that is not seen, and by who wrote it. */

/** The text with its first line. */
export const marked = (marker: string, body: string): string => `${marker}\n\n${body}`;

/** Whether something has that first line, and is not somebody else's, who may have copied it. */
export const isMarked = (
  { body, user }: { body?: string | null | undefined; user: { login: string } | null },
  marker: string,
  login: string,
): boolean => user?.login === login && body?.split("\n")[0]?.trim() === marker;
