import assert from "node:assert/strict";
import { join } from "node:path";
import { diagnose } from "../../local/diagnose";
import { cluster, kubeconfig, stage } from "./stage";

const SOURCE = join(__dirname, "..", "support", "apps", "breaking");

/** What docs/your-app.md asks of an app, by the name under which it is broken. */
const BREACHES = ["listens-on-localhost", "wrong-port", "health-path", "exits-at-once", "needs-a-writable-folder"];

describe("an app that does not do what it must", () => {
  const run = (operation: "up" | "destroy") =>
    stage().run(operation, {
      home: "breaking",
      config: {
        apps: BREACHES.map((name) => ({
          name,
          source: SOURCE,
          expose: "nodePort",
          replicas: 1,
          rolloutSeconds: 30,
          env: { BREACH: name },
          resources: { requests: { cpu: "10m", memory: "32Mi" } },
        })),
      },
    });
  let lines: string[] = [];

  it("does not come up, and says so in sentences", async () => {
    const { error, errors } = await run("up");
    assert.ok(error !== undefined);
    assert.doesNotMatch([error, ...errors].join("\n"), /^ +at .*\.(ts|js):\d+/m);
    lines = await diagnose(kubeconfig(), BREACHES);
  });

  for (const breach of BREACHES) {
    it(`is told ${breach}, by that name and with where to read on`, () => {
      const first = lines.findIndex((line) => line.includes(`Pod ${breach}/`));
      assert.ok(first >= 0, lines.join("\n"));
      const next = lines.findIndex((line, index) => index > first && line.startsWith("Pod "));
      const told = lines.slice(first, next < 0 ? undefined : next).join("\n");
      console.log(told.replaceAll(/^/gm, "      "));
      assert.match(told, new RegExp(`\\b${breach}: .*docs/your-app\\.md#${breach}`));
      for (const other of BREACHES.filter((name) => name !== breach)) {
        assert.doesNotMatch(told, new RegExp(`\\b${other}: `));
      }
    });
  }

  it("is destroyed to nothing", async () => {
    assert.equal((await run("destroy")).error, undefined);
    const left = (await cluster().namespaces()).filter((name) => BREACHES.includes(name));
    assert.deepEqual(left, []);
  });
});
