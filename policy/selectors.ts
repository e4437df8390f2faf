/** Selectors, and the labels of the pods that they are for. */
import { type Answer, equal, every } from "./answer";
import { at, itemsAt, UNKNOWN } from "./subject";

const isGroup = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Whether labels are the ones that are asked for: a Service's selector, or the `matchLabels` of another. */
export function matches(wanted: unknown, labels: unknown): Answer {
  if (wanted === UNKNOWN) return UNKNOWN;
  return every(...Object.entries(isGroup(wanted) ? wanted : {}).map(([key, value]) => equal(value, at(labels, key))));
}

/** Whether a label selector is for a pod of some labels. An empty one is for each pod, and none is for no pod. */
export function selects(selector: unknown, labels: unknown): Answer {
  if (selector === UNKNOWN) return UNKNOWN;
  if (!isGroup(selector)) return false;
  const expressions = itemsAt(selector, "matchExpressions").map((each) => holds(each, labels));
  return every(matches(selector["matchLabels"], labels), ...expressions);
}

const not = (answer: Answer): Answer => (answer === UNKNOWN ? UNKNOWN : !answer);

const isOneOf = (label: unknown, values: unknown[]): Answer =>
  not(every(...values.map((value) => not(equal(value, label)))));

/** Whether one of `matchExpressions` holds. */
function holds(expression: unknown, labels: unknown): Answer {
  const [key, operator] = [at(expression, "key"), at(expression, "operator")];
  const label = typeof key === "string" ? at(labels, key) : UNKNOWN;
  const values = itemsAt(expression, "values");
  switch (operator) {
    case "In":
      return isOneOf(label, values);
    case "NotIn":
      return not(isOneOf(label, values));
    case "Exists":
      return not(equal(label, undefined));
    case "DoesNotExist":
      return equal(label, undefined);
    default:
      return UNKNOWN;
  }
}
