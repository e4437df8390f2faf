/** Helm's expressions among the values of an object, and how it is printed with them. */
import { objectYaml } from "../../../local/render/manifests";

/** Lines that take the place of a field, or of an item of a list, given the blanks before it. */
type Lines = (pad: string) => string[];

const MARK = /__helm_(\d+)__/g;
const FIELD = /^( *)(?:- |[\w./-]+: )__helm_(\d+)__$/;

/** The expressions of one chart. Each is a text that stands in an object until that is printed. */
export class Expressions {
  private readonly inline: (string | undefined)[] = [];
  private readonly lines: (Lines | undefined)[] = [];

  /** An expression in place of a value, such as `{{ .Values.image }}`. */
  value(expression: string): string {
    return this.mark(expression, undefined);
  }

  /** Lines of a template in place of a field with its name, or of an item of a list. */
  block(lines: Lines): string {
    return this.mark(undefined, lines);
  }

  /** A field whose value is a group of the chart's values, such as `resources`. */
  group(field: string, expression: string): string {
    return this.block((pad) => [`${pad}${field}:`, `${pad}  {{- toYaml ${expression} | nindent ${pad.length + 2} }}`]);
  }

  /** A field that is there only where the chart's values have something for it. */
  optional(field: string, expression: string, value = "{{ . | quote }}"): string {
    return this.block((pad) => [`${pad}{{- with ${expression} }}`, `${pad}${field}: ${value}`, `${pad}{{- end }}`]);
  }

  /** An object as a template. What looks like an expression in it by itself, such as in a script, is left as text. */
  print(object: object): string {
    const text = objectYaml(object).replaceAll("{{", '{{ "{{" }}');
    return text
      .split("\n")
      .flatMap((line) => {
        const [, pad = "", index] = FIELD.exec(line) ?? [];
        const lines = index === undefined ? undefined : this.lines[Number(index)];
        return lines === undefined ? [line.replace(MARK, (_, each) => this.inline[Number(each)] ?? "")] : lines(pad);
      })
      .join("\n");
  }

  private mark(inline: string | undefined, lines: Lines | undefined): string {
    this.inline.push(inline);
    this.lines.push(lines);
    return `__helm_${this.inline.length - 1}__`;
  }
}

/** A part of an object, to stand within the lines of a block. */
export const indented = (value: object, pad: string): string[] =>
  objectYaml(value)
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? line : `${pad}${line}`));
