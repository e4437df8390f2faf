import assert from "node:assert/strict";
import { chooseCluster, type Surroundings } from "../../../local/clusterChoice";

const machine = (known: Partial<Surroundings> = {}): Surroundings => ({
  context: undefined,
  registry: undefined,
  docker: "no Docker engine answers",
  kind: false,
  platform: "linux",
  root: true,
  debian: true,
  ...known,
});
const refuses = (known: Partial<Surroundings>, ...lines: string[]) => {
  assert.throws(() => chooseCluster(machine(known)), { name: "UserError", message: lines.join("\n") });
};

describe("The choice of a cluster", () => {
  it("is the context that was named, with the registry that was named, whatever else there is", () => {
    const named = { context: "prod", registry: "ghcr.io/team", docker: true as const, kind: true };
    assert.deepStrictEqual(chooseCluster(machine(named)), {
      kind: "context",
      context: "prod",
      registry: "ghcr.io/team",
      why: "it was named; images go to ghcr.io/team",
    });
  });
  it("is kind where Docker can pull and kind is installed, even where a node could be had", () => {
    assert.deepStrictEqual(chooseCluster(machine({ docker: true, kind: true })), {
      kind: "kind",
      why: "Docker runs here and can pull images",
    });
    assert.deepStrictEqual(
      chooseCluster(machine({ docker: true, kind: true, platform: "darwin", root: false, debian: false })).kind,
      "kind",
    );
  });
  it("is a node on Debian as root otherwise, and says why it is not kind", () => {
    assert.deepStrictEqual(chooseCluster(machine()), {
      kind: "node",
      why: "no kind here (no Docker engine answers), and this is Debian as root",
    });
    assert.deepStrictEqual(chooseCluster(machine({ docker: "Docker cannot pull images", kind: true })), {
      kind: "node",
      why: "no kind here (Docker cannot pull images), and this is Debian as root",
    });
    assert.deepStrictEqual(chooseCluster(machine({ docker: true })), {
      kind: "node",
      why: "no kind here (the command kind is not installed), and this is Debian as root",
    });
  });
  it("refuses a context without a registry", () => {
    refuses(
      { context: "prod" },
      "With --context prod, name the registry that its nodes pull from too: --registry ghcr.io/my-team " +
        "(and REGISTRY_USERNAME and REGISTRY_PASSWORD in the environment when it wants a login).",
    );
  });
  it("refuses a registry without a context", () => {
    refuses(
      { registry: "ghcr.io/team" },
      "--registry goes with --context: the other clusters bring a registry of their own.",
    );
  });

  const start = "There is no cluster to deploy to. One of these helps:";
  const own = "  - a cluster of yours: npm run up:local -- --context <name> --registry <host/folder>";
  it("tells what would help where there is none: Docker and kind first", () => {
    refuses(
      { platform: "darwin", root: false, debian: false },
      start,
      "  - kind: start Docker, install kind (now: no Docker engine answers)",
      own,
      "  - a node from packages: on Debian as root",
    );
  });
  it("is no node on another system, whatever it was made from", () => {
    assert.throws(() => chooseCluster(machine({ platform: "freebsd" })), { name: "UserError" });
  });
  it("tells that kind alone is missing where Docker runs", () => {
    refuses(
      { docker: true, debian: false },
      start,
      "  - kind: install it (https://kind.sigs.k8s.io)",
      own,
      "  - a node from packages: on Debian as root",
    );
  });
  it("tells a user of Debian that root alone is missing for a node", () => {
    refuses(
      { root: false, docker: "Docker cannot pull images" },
      start,
      "  - kind: start Docker, install kind (now: Docker cannot pull images)",
      own,
      "  - a node from packages: on Debian as root (this is Debian, and you are not root)",
    );
  });
});
