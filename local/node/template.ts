/** Replaces each `@NAME@` of a template. One that is not given is an error, and so is one that the template has not. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  const unused = Object.keys(values).filter((name) => !template.includes(`@${name}@`));
  if (unused.length > 0) throw new Error(`The template has no ${unused.join(", ")}`);
  return template.replaceAll(/@([A-Z_]+)@/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The template's ${name} has no value`);
    return value;
  });
}
