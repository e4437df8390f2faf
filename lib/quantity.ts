/** Mebibytes of memory in a quantity such as `512Mi` or `2Gi`. */
export function mebibytes(quantity: string): number {
  const [, number = "", unit = ""] = /^(\d+)(Ki|Mi|Gi)$/.exec(quantity) ?? [];
  const factor = { Ki: 1 / 1024, Mi: 1, Gi: 1024 }[unit];
  if (factor === undefined) {
    throw new Error(`${quantity} is not a quantity of memory`);
  }
  return Number(number) * factor;
}

/** Cores in a quantity of CPU such as `250m` or `2`. */
export const cores = (quantity: string): number =>
  quantity.endsWith("m") ? Number(quantity.slice(0, -1)) / 1000 : Number(quantity);
