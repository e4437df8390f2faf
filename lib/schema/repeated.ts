/** The values of a list that stood in it before, each with its place and that of the first one. */
export const repeated = <T>(values: (T | undefined)[]): { index: number; first: number; value: T }[] =>
  values.flatMap((value, index) => {
    const first = values.indexOf(value);
    return value !== undefined && first < index ? [{ index, first, value }] : [];
  });
