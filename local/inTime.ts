/** Requests of which an answer is good to have, and not worth waiting for. */

/** How long the cluster may take over each request, in seconds. */
export const REQUEST_SECONDS = 5;

/** What comes of a request, or `otherwise` when it fails or takes too long. */
export async function inTime<T>(work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => {
      resolve(otherwise);
    }, REQUEST_SECONDS * 1000);
  });
  return Promise.race([work.catch(() => otherwise), late]).finally(() => {
    clearTimeout(timer);
  });
}
