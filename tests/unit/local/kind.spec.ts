import assert from "node:assert/strict";
import { parse } from "yaml";
import { dockerCanPull, kindConfig, kindIsInstalled, removeKind, startKind } from "../../../local/kind";
import type { Step } from "../../../local/steps";
import { FakeCommands } from "../../support/fakeCommands";

const IMAGE = "docker.io/library/registry:3.0.0";
const INFO = "docker info";
const INSPECT = `docker image inspect ${IMAGE}`;
const PULL = `docker pull --quiet ${IMAGE}`;
const START = "docker start flask-doks-registry";
const RUN = `docker run --detach --restart=unless-stopped --publish 127.0.0.1:5001:5000 --name flask-doks-registry ${IMAGE}`;
const REMOVE = "docker rm --force --volumes flask-doks-registry";
const CLUSTERS = "kind get clusters";
const CREATE = "kind create cluster --name flask-doks --wait 120s --config -";
const NODES = "kind get nodes --name flask-doks";
const CERTS = "/etc/containerd/certs.d/localhost:5001";
const TELL = `docker exec --interactive flask-doks-control-plane sh -c mkdir -p ${CERTS} && cat > ${CERTS}/hosts.toml`;
const PORT = "docker port flask-doks-control-plane 30080/tcp";
const CONNECT = "docker network connect kind flask-doks-registry";

/** What a failing command says and how it ends, by the line that it is called with. */
type Answers = Record<string, string>;
const fails = (message: string, code = 1): string => `echo '${message}' >&2; exit ${code}`;
const NO_REGISTRY = fails("Error response from daemon: No such container: flask-doks-registry");

let commands: FakeCommands;
let titles: string[];
const step: Step = async (title, work) => {
  titles.push(title);
  return work();
};

/** Puts `docker` and `kind` on PATH, with these answers; to everything else they say nothing, and succeed. */
function answer(answers: Answers): void {
  const all = { [NODES]: "echo flask-doks-control-plane", ...answers };
  const cases = (command: string): string => {
    const own = Object.entries(all).filter(([line]) => line.startsWith(`${command} `));
    const arms = own.map(([line, script]) => `'${line.slice(command.length + 1)}') ${script};;`);
    return `case "$*" in ${arms.join("\n")} *) ;; esac`;
  };
  for (const command of ["docker", "kind"]) commands.add(command, cases(command));
}

describe("kind", () => {
  beforeEach(() => {
    commands = new FakeCommands();
    titles = [];
  });
  afterEach(() => {
    commands.remove();
  });

  describe("before it is chosen", () => {
    it("finds Docker fit where the registry's image is there already, and pulls nothing", async () => {
      answer({});
      assert.deepStrictEqual([await dockerCanPull(), commands.lines()], [true, [INFO, INSPECT]]);
    });
    it("finds Docker fit where the image can be pulled", async () => {
      answer({ [INSPECT]: fails("No such image") });
      assert.deepStrictEqual([await dockerCanPull(), commands.lines()], [true, [INFO, INSPECT, PULL]]);
    });
    it("has a sentence for a Docker that cannot pull", async () => {
      answer({ [INSPECT]: fails("No such image"), [PULL]: fails("no such host") });
      assert.deepStrictEqual(await dockerCanPull(), "Docker cannot pull images");
    });
    it("has a sentence where no engine answers, or there is no Docker, and asks no more", async () => {
      assert.deepStrictEqual(await dockerCanPull(), "no Docker engine answers");
      answer({ [INFO]: fails("Cannot connect to the Docker daemon") });
      assert.deepStrictEqual([await dockerCanPull(), commands.lines()], ["no Docker engine answers", [INFO]]);
    });
    it("is looked for itself", async () => {
      assert.deepStrictEqual(await kindIsInstalled(), false);
      answer({});
      assert.deepStrictEqual([await kindIsInstalled(), commands.lines()], [true, ["kind version"]]);
    });
  });

  describe("described as a cluster", () => {
    it("opens the node ports on loopback only, and looks for its registry in a folder", () => {
      assert.deepStrictEqual(parse(kindConfig([30423, 30080])), {
        kind: "Cluster",
        apiVersion: "kind.x-k8s.io/v1alpha4",
        containerdConfigPatches: [
          '[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = "/etc/containerd/certs.d"\n',
        ],
        nodes: [
          {
            role: "control-plane",
            // Those of apps that are still to come, too.
            extraPortMappings: [30080, ...Array.from({ length: 10 }, (_, index) => 30423 + index)].map((port) => ({
              containerPort: port,
              hostPort: port,
              listenAddress: "127.0.0.1",
              protocol: "TCP",
            })),
          },
        ],
      });
    });
  });

  describe("started", () => {
    it("makes the registry and the cluster where there is neither, and joins them", async () => {
      answer({ [START]: NO_REGISTRY, [CLUSTERS]: "echo 'No kind clusters found.' >&2" });
      assert.deepStrictEqual(await startKind([30080], step), {
        context: "kind-flask-doks",
        registry: "localhost:5001",
      });
      assert.deepStrictEqual(commands.lines(), [START, RUN, CLUSTERS, CREATE, NODES, PORT, TELL, CONNECT]);
      assert.deepStrictEqual(titles, ["Starting the registry", "Starting kind"]);
      assert.deepStrictEqual(
        commands.calls().flatMap(({ input }) => (input === "" ? [] : [input])),
        [kindConfig([30080]), '[host."http://flask-doks-registry:5000"]\n'],
      );
    });
    it("makes nothing anew where everything is there", async () => {
      answer({
        [CLUSTERS]: "echo other; echo flask-doks",
        [CONNECT]: fails("endpoint already exists in network kind"),
      });
      assert.deepStrictEqual((await startKind([30080], step)).context, "kind-flask-doks");
      assert.deepStrictEqual(commands.lines(), [START, CLUSTERS, NODES, PORT, TELL, CONNECT]);
    });
    it("refuses a node port that the cluster was not made with, where nothing would ever answer", async () => {
      answer({ [CLUSTERS]: "echo flask-doks", [PORT]: fails("Error: No public port") });
      await assert.rejects(startKind([30080], step), {
        name: "UserError",
        message:
          "kind's cluster lets no request in at node port 30080: it was made without it. Set apps[].nodePort to one " +
          "from 30423 to 30432, or have it made anew: npm run down:local, and up:local again.",
      });
    });
    it("does not take a cluster of a similar name for its own", async () => {
      answer({ [CLUSTERS]: "echo flask-doks-2" });
      await startKind([], step);
      assert.deepStrictEqual(commands.lines().includes(CREATE), true);
    });
    it("tells each node of the cluster where the registry is", async () => {
      answer({ [NODES]: "echo a; echo b" });
      await startKind([], step);
      const told = commands.lines().filter((line) => line.startsWith("docker exec"));
      assert.deepStrictEqual(
        told.map((line) => line.split(" ")[3]),
        ["a", "b"],
      );
    });
    it("tells what keeps a new registry from starting, and leaves nothing in the next attempt's way", async () => {
      answer({ [START]: NO_REGISTRY, [RUN]: fails("port is already allocated", 125) });
      await assert.rejects(startKind([], step), {
        name: "UserError",
        message: "The registry cannot be started: port is already allocated",
      });
      assert.deepStrictEqual(commands.lines(), [START, RUN, REMOVE]);
    });
    it("tells what keeps the registry from starting again, and leaves it and its images alone", async () => {
      answer({ [START]: fails("port is already allocated") });
      await assert.rejects(startKind([], step), {
        name: "UserError",
        message: "The registry cannot be started: port is already allocated",
      });
      assert.deepStrictEqual(commands.lines(), [START]);
    });
    it("fails with what kind says when it makes no cluster", async () => {
      answer({ [CREATE]: fails("ERROR: failed to create cluster") });
      await assert.rejects(startKind([], step), {
        name: "UserError",
        message: `${CREATE}: exit 1: ERROR: failed to create cluster`,
      });
      assert.deepStrictEqual(commands.lines().at(-1), CREATE);
    });
    it("tells when the registry cannot be joined to the cluster", async () => {
      answer({ [CONNECT]: fails("network kind not found") });
      await assert.rejects(startKind([], step), {
        name: "UserError",
        message: "The registry cannot be joined to kind's network: network kind not found",
      });
    });
  });

  describe("removed", () => {
    it("takes the cluster and the registry with what it stored", async () => {
      answer({});
      await removeKind(step);
      assert.deepStrictEqual(commands.lines(), ["kind delete cluster --name flask-doks", REMOVE]);
      assert.deepStrictEqual(titles, ["Removing kind and its registry"]);
    });
    it("goes well where the registry is gone already", async () => {
      answer({ [REMOVE]: NO_REGISTRY });
      await removeKind(step);
      assert.deepStrictEqual(commands.lines().at(-1), REMOVE);
    });
    it("fails where the cluster stays", async () => {
      answer({ "kind delete cluster --name flask-doks": fails("ERROR: no engine") });
      await assert.rejects(removeKind(step), {
        name: "UserError",
        message: "kind delete cluster --name flask-doks: exit 1: ERROR: no engine",
      });
    });
  });
});
