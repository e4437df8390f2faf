import assert from "node:assert/strict";
import { checkStack, type Finding } from "../../../policy/check";
import { deployWith, MANAGED_WITH_SPACES, WITH_S3, WITH_VOLUME } from "../../support/databaseStacks";
import { GUESTBOOK } from "../../support/guestbook";
import { deployProgram, type Deployed, type DeployOptions } from "../../support/mocks";
import { deployStack, stackFile, STACKS } from "../../support/stackFiles";

type Config = Record<string, unknown>;

function findings({ resources }: Deployed, { dataPolicy }: Config): Finding[] {
  const subjects = resources.map(({ type, name, inputs, protect, ignoreChanges }) => ({
    type,
    name,
    props: inputs,
    protect,
    ignoreChanges,
  }));
  return checkStack(subjects, { relax: [], dataPolicy: dataPolicy === "delete" ? "delete" : "retain" });
}

/** A committed stack with its blog behind an Ingress, and the guestbook. */
function behindIngress(name: string, controller: string): Config {
  const [blog] = stackFile(name)["apps"] as [object];
  const apps = [
    { ...blog, expose: "ingress", hosts: ["example.com", "www.example.com"] },
    { ...GUESTBOOK, nodePort: undefined, expose: "ingress", hosts: ["guestbook.example.com"] },
  ];
  return { ...stackFile(name), domain: "example.com", apps, ingress: { controller } };
}

const RETIRED = "ingress-controller-maintained";

const retained = (config: Config): Config => ({ ...config, dataPolicy: "retain" });

/** Stacks beyond the committed ones, which rule each does not keep to, and how they are run. */
const OTHERS: [string, Config, string[], (config: Config, options: DeployOptions) => Promise<Deployed>][] = [
  ...["dev", "prod"].flatMap((name): typeof OTHERS =>
    ["nginx", "traefik"].map((controller) => [
      `${name} with two apps behind ${controller}`,
      behindIngress(name, controller),
      controller === "nginx" ? [RETIRED] : [],
      (config, options) => deployProgram({ ...options, stack: name, config }),
    ]),
  ),
  ...(
    [
      ["dev with a managed database, a replica and backups to a Space", "dev", MANAGED_WITH_SPACES],
      ["dev with all that, retained", "dev", retained(MANAGED_WITH_SPACES)],
      ["local with new passwords and backups to an S3 server", "local", WITH_S3],
      ["local with backups to a volume, retained", "local", retained(WITH_VOLUME)],
    ] as const
  ).map(([title, name, config]): (typeof OTHERS)[number] => [
    title,
    config,
    [],
    (changed, options) => deployWith(name, changed, options),
  ]),
];

for (const mode of ["update", "preview"] as const) {
  describe(`the whole program, as ${mode}`, () => {
    for (const name of STACKS) {
      it(`keeps to every rule with the committed file of ${name}`, async () => {
        assert.deepStrictEqual(findings(await deployStack(name, mode), stackFile(name)), []);
      });
    }
    for (const [title, config, advice, run] of OTHERS) {
      it(`keeps to every ${advice.length === 0 ? "rule" : "mandatory rule"} with ${title}`, async () => {
        const found = findings(await run(config, { mode }), config);
        assert.deepStrictEqual(
          found.map(({ level, rule }) => `${level} ${rule}`),
          advice.map((rule) => `advisory ${rule}`),
        );
      });
    }
  });
}

describe("a whole program that breaks a rule", () => {
  it("is found out: a volume that goes with its stack where data is to be kept", async () => {
    const found = findings(await deployStack("dev"), { dataPolicy: "retain" });
    assert.deepStrictEqual(
      [...new Set(found.map(({ level, rule }) => `${level} ${rule}`))],
      ["mandatory data-protected"],
    );
    assert.deepStrictEqual([...new Set(found.map(({ resource }) => resource))].sort(), [
      "ContainerRegistry flask-doks-dev-registry",
      "KubernetesCluster flask-doks-dev-cluster",
      "PersistentVolumeClaim blog-database-mysql-volume",
    ]);
  });
});
