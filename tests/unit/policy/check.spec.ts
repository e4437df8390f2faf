import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkStack, isRelaxed, policyTable, ruleOf, RULES } from "../../../policy/check";
import { ROOT } from "../../support/stackFiles";
import { changed, resource, WEB } from "./subjects";

const IMAGE = "spec/template/spec/containers/0/image";
const untagged = changed(changed(WEB, IMAGE, "docker.io/library/nginx:1.30"), "spec/replicas", 1);
/** What the others of a stack are for, so that one thing alone is wrong. */
const around = [
  resource("kubernetes:networking.k8s.io/v1:NetworkPolicy", "deny", {
    metadata: { namespace: "shop" },
    spec: { podSelector: {}, policyTypes: ["Ingress"] },
  }),
];
const stack = [untagged, ...around];
const reason = "Its maker gives no digests for that image.";

describe("the check of a stack", () => {
  it("tells what is wrong, why it matters and how to mend it", () => {
    assert.deepStrictEqual(checkStack(stack, { relax: [], dataPolicy: "retain" }), [
      {
        rule: "image-by-digest",
        level: "mandatory",
        resource: "Deployment web",
        message:
          'Container "web" names its image without a digest. A tag can be moved to another image: what runs is then ' +
          "not what was looked at. Name the image by its digest, name@sha256:….",
      },
    ]);
  });

  it("finds nothing in a stack that keeps to the rules", () => {
    const sound = [changed(WEB, "spec/replicas", 1), ...around];
    assert.deepStrictEqual(checkStack(sound, { relax: [], dataPolicy: "retain" }), []);
  });

  for (const resourceName of ["Deployment web", "web"]) {
    it(`makes an exception for "${resourceName}", and tells its reason`, () => {
      const relax = [{ rule: "image-by-digest", resource: resourceName, reason }];
      assert.deepStrictEqual(checkStack(stack, { relax, dataPolicy: "retain" }), [
        {
          rule: "image-by-digest",
          level: "relaxed",
          resource: "Deployment web",
          message: `Container "web" names its image without a digest. The stack file makes an exception: ${reason}`,
        },
      ]);
    });
  }

  it("makes none for another resource, or from another rule, and says that it is not needed", () => {
    const relax = [
      { rule: "image-by-digest", resource: "NetworkPolicy deny", reason },
      { rule: "grace-period", resource: "Deployment web", reason },
    ];
    const findings = checkStack(stack, { relax, dataPolicy: "retain" });
    assert.deepStrictEqual(
      findings.map(({ rule, level, resource: about }) => [rule, level, about]),
      [
        ["image-by-digest", "mandatory", "Deployment web"],
        ["image-by-digest", "advisory", "NetworkPolicy deny"],
        ["grace-period", "advisory", "Deployment web"],
      ],
    );
    assert.deepStrictEqual(
      findings[1]?.message,
      "The exception for NetworkPolicy deny is not needed: the rule holds. Take it out of flask-doks:policy.",
    );
  });

  const misspelt: [string, string][] = [
    ["Deployment wbe", " The nearest is Deployment web. Mend the name in flask-doks:policy."],
    ["wbe", " The nearest is web. Mend the name in flask-doks:policy."],
    ["cluster-issuer", " Take it out of flask-doks:policy."],
  ];
  for (const [name, advice] of misspelt) {
    it(`makes none for "${name}", and says that no resource is called so`, () => {
      const findings = checkStack(stack, {
        relax: [{ rule: "image-by-digest", resource: name, reason }],
        dataPolicy: "retain",
      });
      assert.deepStrictEqual(
        findings.map(({ level, message }) => [level, message.replace(/^Container .*/, "")]),
        [
          ["mandatory", ""],
          ["advisory", `No resource of the stack is called ${name}: the exception for it does nothing.${advice}`],
        ],
      );
    });
  }

  it("makes an exception from a rule on the whole stack", () => {
    const relax = [{ rule: "default-deny", resource: "web", reason }];
    assert.deepStrictEqual(
      checkStack([changed(WEB, "spec/replicas", 1)], { relax, dataPolicy: "retain" }).map(({ level }) => level),
      ["relaxed"],
    );
  });

  it("never tells a secret", () => {
    const secret = "correct-horse-battery-staple";
    const leaking = changed(WEB, "spec/template/spec/containers/0/env", [{ name: "PASSWORD", value: secret }]);
    const settings = resource("kubernetes:core/v1:ConfigMap", "settings", { data: { API_KEY: secret } });
    const findings = checkStack([leaking, settings], { relax: [], dataPolicy: "retain" });
    const rules = findings.map(({ rule }) => rule);
    assert.ok(rules.includes("no-secret-in-environment") && rules.includes("no-secret-in-config-map"));
    assert.ok(!JSON.stringify(findings).includes(secret));
  });

  it("survives resources without any input", () => {
    const kinds = ["apps/v1:Deployment", "core/v1:Service", "networking.k8s.io/v1:Ingress", "batch/v1:CronJob"];
    const empty = kinds.map((kind) => resource(`kubernetes:${kind}`, "empty", {}));
    const found = checkStack(empty, { relax: [], dataPolicy: "retain" }).map(({ rule }) => rule);
    assert.deepStrictEqual([...new Set(found)], ["cron-concurrency", "no-default-namespace"]);
  });
});

describe("what the pack tells the engine", () => {
  it("is known as an exception by its message, and by the name of its policy", () => {
    const relax = [{ rule: "image-by-digest", resource: "web", reason }];
    const messages = checkStack(stack, { relax, dataPolicy: "retain" }).map(({ message }) => message);
    assert.deepStrictEqual(messages.map(isRelaxed), [true]);
    const [unneeded] = checkStack([], { relax, dataPolicy: "retain" });
    assert.deepStrictEqual(isRelaxed(unneeded?.message ?? ""), false);
    assert.deepStrictEqual(["image-by-digest-relaxed", "image-by-digest"].map(ruleOf), [
      "image-by-digest",
      "image-by-digest",
    ]);
  });
});

describe("the rules", () => {
  it("have names of their own in kebab-case, none of which is taken for an exception's", () => {
    const names = RULES.map(({ name }) => name);
    assert.deepStrictEqual(
      names.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name) || ruleOf(name) !== name),
      [],
    );
    assert.deepStrictEqual(names.length, new Set(names).size);
  });

  it("give their reasons and remedies in whole sentences", () => {
    const sentence = /^[A-Z`].*\.$/;
    const texts = RULES.flatMap(({ reason: why, fix }) => [why, fix]);
    assert.deepStrictEqual(
      texts.filter((text) => !sentence.test(text) && !text.startsWith("ingress-nginx")),
      [],
    );
  });

  it("are those of the table in docs/policies.md, each with its level and reason", () => {
    const rows = readFileSync(join(ROOT, "docs", "policies.md"), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((line) => line.replace(/ +\|/g, " |"));
    assert.deepStrictEqual(rows, policyTable());
  });
});
