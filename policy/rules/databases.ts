/** Databases that DigitalOcean runs. */
import type { Rule } from "../rule";
import { itemsAt, listAt, type Subject, textAt } from "../subject";

const is = ({ type }: Subject, kind: string): boolean => type.endsWith(`:${kind}`) && type.startsWith("digitalocean:");

const OPEN = ["0.0.0.0/0", "::/0"];

export const databaseRules: Rule[] = [
  {
    name: "database-firewall",
    level: "mandatory",
    scope: "stack",
    reason: "The whole internet may try passwords on it.",
    fix: "Add a DatabaseFirewall whose one rule is the cluster, or the addresses of people.",
    check: (resources) => {
      // One without a rule keeps nobody out.
      const firewalls = resources.filter(
        (each) => is(each, "DatabaseFirewall") && itemsAt(each.props, "rules").length > 0,
      );
      const servers = resources.filter((each) => is(each, "DatabaseCluster") || is(each, "DatabaseReplica"));
      // A firewall names its server by an id that a preview cannot know: there are to be as many.
      const open = servers
        .slice(firewalls.length)
        .map((resource) => ({ resource, what: "The database has no firewall" }));
      const wide = firewalls
        .filter(({ props }) => listAt(props, "rules").some((rule) => OPEN.includes(textAt(rule, "value") ?? "")))
        .map((resource) => ({ resource, what: "The firewall lets everybody in" }));
      return [...open, ...wide];
    },
  },
];
