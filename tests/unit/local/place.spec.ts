import assert from "node:assert/strict";
import type { RunningNode } from "../../../local/node/node";
import { onNode, readyCluster, refuseMove } from "../../../local/place";
import type { Step } from "../../../local/steps";
import { FakeCommands } from "../../support/fakeCommands";

const step: Step = async (_, work) => work();

/** Sets these variables, and no other login, while `work` runs. */
async function withLogin<T>(login: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const names = ["REGISTRY_USERNAME", "REGISTRY_PASSWORD"];
  const before = names.map((name) => process.env[name]);
  for (const name of names) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, login);
  try {
    return await work();
  } finally {
    for (const [index, name] of names.entries()) {
      if (before[index] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[index];
    }
  }
}

describe("The place of the stack", () => {
  const named = { kind: "context", context: "prod", registry: "ghcr.io/team", why: "" } as const;
  const at = (login: Record<string, string>) => withLogin(login, () => readyCluster(named, [], step));
  const cluster = { kind: "existing", context: "prod" };

  it("is a context of the user's own, with a registry that wants no login", async () => {
    assert.deepStrictEqual(await at({}), {
      place: { kind: "context", context: "prod" },
      overrides: { cluster, registry: { kind: "external", server: "ghcr.io/team" } },
      secrets: [],
      env: {},
    });
  });
  it("takes the registry's login from the environment, the password as a secret only", async () => {
    assert.deepStrictEqual(await at({ REGISTRY_USERNAME: "ada", REGISTRY_PASSWORD: "hunter2" }), {
      place: { kind: "context", context: "prod" },
      overrides: { cluster, registry: { kind: "external", server: "ghcr.io/team", username: "ada" } },
      secrets: [{ path: "registry.password", value: "hunter2" }],
      env: {},
    });
  });
  for (const login of [{ REGISTRY_USERNAME: "ada" }, { REGISTRY_PASSWORD: "hunter2" }] as Record<string, string>[]) {
    it(`refuses a login of ${Object.keys(login).join()} alone`, async () => {
      await assert.rejects(at(login), {
        name: "UserError",
        message: "REGISTRY_USERNAME and REGISTRY_PASSWORD go together; only one of them is set.",
      });
    });
  }

  it("is kind, which is reached at localhost, and whose registry wants no login", async () => {
    const commands = new FakeCommands();
    try {
      commands.add("docker");
      commands.add("kind", '[ "$1 $2" != "get nodes" ] || echo node-1');
      const login = { REGISTRY_USERNAME: "ada", REGISTRY_PASSWORD: "hunter2" };
      const ready = await withLogin(login, () => readyCluster({ kind: "kind", why: "" }, [30080], step));
      assert.deepStrictEqual(ready, {
        place: { kind: "kind", context: "kind-flask-doks" },
        overrides: {
          cluster: { kind: "existing", context: "kind-flask-doks", address: "localhost" },
          registry: { kind: "external", server: "localhost:5001" },
        },
        secrets: [],
        env: {},
      });
      assert.deepStrictEqual(JSON.stringify(commands.calls()).includes("hunter2"), false);
    } finally {
      commands.remove();
    }
  });

  it("is a node, with its own kubeconfig, images, engine and registry, the password as a secret only", () => {
    const node: RunningNode = {
      kubeconfig: "/state/kubeconfig",
      context: "flask-doks-local",
      address: "10.99.0.2",
      registry: { server: "10.99.0.1:5080", username: "flask-doks", password: "hunter2" },
      dockerHost: "unix:///run/docker.sock",
      images: {
        python: "flask-doks.local/python:bookworm",
        mysql: "10.99.0.1:5080/mysql@sha256:1",
        redis: "10.99.0.1:5080/redis@sha256:2",
        nginx: "10.99.0.1:5080/nginx@sha256:3",
        restic: "10.99.0.1:5080/restic@sha256:4",
        tools: "10.99.0.1:5080/python@sha256:5",
      },
      mysqlServer: { name: "MySQL", version: "9.7.4" },
    };
    const ready = onNode(node);
    assert.deepStrictEqual(ready, {
      place: { kind: "node", context: "flask-doks-local", kubeconfig: "/state/kubeconfig" },
      overrides: {
        cluster: {
          kind: "existing",
          context: "flask-doks-local",
          kubeconfig: "/state/kubeconfig",
          address: "10.99.0.2",
        },
        registry: { kind: "external", server: "10.99.0.1:5080", username: "flask-doks" },
        images: node.images,
      },
      secrets: [{ path: "registry.password", value: "hunter2" }],
      env: { DOCKER_HOST: "unix:///run/docker.sock" },
    });
    assert.deepStrictEqual(JSON.stringify({ ...ready, secrets: [] }).includes("hunter2"), false);
  });
});

describe("A local stack that is somewhere already", () => {
  const node = { kind: "node", why: "" } as const;
  const kind = { kind: "kind", why: "" } as const;
  const other = { kind: "context", context: "other", registry: "ghcr.io/team", why: "" } as const;

  it("may be deployed there again, and a first one anywhere", () => {
    for (const [context, choice] of [
      ["flask-doks-local", node],
      ["kind-flask-doks", kind],
      ["other", other],
    ] as const) {
      assert.doesNotThrow(() => {
        refuseMove({ kind: choice.kind, context }, choice);
        refuseMove(undefined, choice);
      });
    }
  });

  it("is not deployed elsewhere before it is taken away, for what it made would be left behind", () => {
    const message =
      'The local stack is on the cluster of context "other". Take it away there first: npm run down:local';
    for (const choice of [node, kind, { ...other, context: "third" }]) {
      const move = () => {
        refuseMove({ kind: "context", context: "other" }, choice);
      };
      assert.throws(move, { name: "UserError", message });
    }
  });
});
