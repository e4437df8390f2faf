import assert from "node:assert/strict";
import { Redis, type RedisArgs } from "../../../../components/data/redis";
import { redisContainer } from "../../../../lib/redisContainer";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy, deployProgram, type Deployed } from "../../../support/mocks";
import type { PodSpec } from "../../../support/pods";
import { app, stack } from "../../../support/stackFiles";

const ARGS: RedisArgs = {
  app: "guestbook",
  namespace: "guestbook",
  image: "ghcr.io/team/redis:8",
  replicas: 2,
  persistence: { kind: "volume", storageGi: 1 },
  resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
  dataPolicy: "retain",
};

const create = (passwordVersion?: number) =>
  deploy(() => ({ ...new Redis("cache", { ...ARGS, passwordVersion }).access }));

/** What the engine makes a password of: the name of a resource, and the number that makes it anew. */
function made({ get }: Deployed, password: string): string {
  const name = password.replace("-random-password", "");
  const { keepers } = get(name).inputs as { keepers?: { version: string } };
  return keepers === undefined ? `${name} without` : `${name} ${keepers.version}`;
}

/** The passwords that the servers take at a version, and the one that the app is told. */
async function passwords(version: number): Promise<{ app: string; servers: Record<string, string> }> {
  const deployed = await create(version);
  const data = deployed.get("cache-credentials").inputs["stringData"] as Record<string, string>;
  return {
    app: made(deployed, String(deployed.outputs["password"])),
    servers: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, made(deployed, value)])),
  };
}

/** What the servers, the primary and its replicas, are started by. */
const starts = ({ get }: Deployed): string[][] =>
  ["cache-server", "cache-replicas-servers"].map((name) => {
    const { template } = get(name).inputs["spec"] as { template: { spec: PodSpec } };
    return template.spec.containers[0]?.command ?? [];
  });

const startCommand = (hasPreviousPasswords: boolean): unknown =>
  redisContainer({ ...ARGS, role: "cache", settings: [], diskMebibytes: 1, hasPreviousPasswords }).command;

describe("The passwords of a cache", () => {
  it("are at version 1 those that there were before there were versions, and nothing of the cache is another", async () => {
    const unset = await create();
    const first = await create(1);
    const objects = ({ resources }: Deployed) => resources.map(({ name, type, inputs }) => ({ name, type, inputs }));
    assert.deepStrictEqual(objects(first), objects(unset));
    assert.deepStrictEqual(first.get("cache-credentials").inputs["stringData"], {
      password: "cache-password-random-password",
      "replication-password": "cache-replication-password-random-password",
    });
    assert.deepStrictEqual("passwordVersion" in first.get("cache").inputs, false);
    assert.deepStrictEqual(starts(first), [startCommand(false), startCommand(false)]);
  });

  const versions: [number, { now: string; before: string }][] = [
    [2, { now: "-even 2", before: " without" }],
    [3, { now: " 3", before: "-even 2" }],
    [4, { now: "-even 4", before: " 3" }],
  ];
  for (const [version, { now, before }] of versions) {
    it(`are new ones at version ${version}, beside which those before hold`, async () => {
      assert.deepStrictEqual(await passwords(version), {
        app: `cache-password${now}`,
        servers: {
          password: `cache-password${now}`,
          "replication-password": `cache-replication-password${now}`,
          "previous-password": `cache-password${before}`,
          "previous-replication-password": `cache-replication-password${before}`,
        },
      });
      assert.deepStrictEqual(`cache-password${before}`, (await passwords(version - 1)).app);
    });
  }

  it("are thrown out at once when the version goes up by two", async () => {
    for (const version of [1, 2, 3]) {
      const known = Object.values((await passwords(version)).servers);
      const { servers } = await passwords(version + 2);
      assert.deepStrictEqual(
        Object.values(servers).filter((password) => known.includes(password)),
        [],
      );
    }
  });

  it("restart primary and replicas: they are in another Secret, and two are taken", async () => {
    const deployed = await create(2);
    const { inputs, secrets } = deployed.get("cache-credentials");
    assert.deepStrictEqual([inputs["immutable"], "name" in (inputs["metadata"] as object)], [true, false]);
    assert.deepStrictEqual(secrets, ["stringData"]);
    assert.deepStrictEqual(starts(deployed), [startCommand(true), startCommand(true)]);
  });

  it("come from the app's config, and the app is told of the new one", async () => {
    const cache = { kind: "redis", passwordVersion: 3 };
    const { get } = await deployProgram({ config: stack({ apps: [app({ cache })] }) });
    const { REDIS_PASSWORD } = get("blog-secrets").inputs["stringData"] as Record<string, string>;
    assert.deepStrictEqual(REDIS_PASSWORD, "blog-cache-password-random-password");
    assert.deepStrictEqual(get("blog-cache-password").inputs, {
      length: 32,
      special: false,
      keepers: { version: "3" },
    });
  });

  it("get parent, protect and provider from the cache (P2)", async () => {
    const passwords = (await heirs((opts) => new Redis("cache", { ...ARGS, passwordVersion: 2 }, opts))).filter(
      ({ provider }) => provider === "the-dice",
    );
    assert.deepStrictEqual(
      byName(passwords),
      byName(
        expected(
          "cache-password cache dice",
          "cache-password-even cache dice",
          "cache-replication-password cache dice",
          "cache-replication-password-even cache dice",
        ),
      ),
    );
  });
});
