import assert from "node:assert/strict";
import { Expressions } from "../../../../scripts/render/chart/expression";

describe("an object with Helm's expressions", () => {
  it("has values, groups, optional fields and items in their places, and its own braces as text", () => {
    const expressions = new Expressions();
    const object = {
      name: expressions.value("x-{{ .Release.Name }}"),
      resources: expressions.group("resources", ".Values.resources"),
      spec: {
        class: expressions.optional("class", ".Values.class"),
        list: ["a", expressions.block((pad) => [`${pad}- b`])],
      },
      text: "{{ nginx }}",
    };
    assert.deepStrictEqual(expressions.print(object).split("\n"), [
      "name: x-{{ .Release.Name }}",
      "resources:",
      "  {{- toYaml .Values.resources | nindent 2 }}",
      "spec:",
      "  {{- with .Values.class }}",
      "  class: {{ . | quote }}",
      "  {{- end }}",
      "  list:",
      "    - a",
      "    - b",
      'text: "{{ "{{" }} nginx }}"',
      "",
    ]);
  });
});
