/** Prints a text that may be long, to its end: what is left when the process exits would be lost. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // A reader such as `head` may have seen enough.
    process.stdout.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") resolve();
      else reject(error);
    });
    process.stdout.write(text, (error) => {
      if (error === null || error === undefined) resolve();
    });
  });
}
