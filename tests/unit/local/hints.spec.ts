import assert from "node:assert/strict";
import { hints } from "../../../local/hints";

const REGISTRY = "The registry does not accept the login: check registry.username and registry.password.";
const DOCKER = "No Docker engine answers: start Docker, or set DOCKER_HOST to one that runs.";
const ROOM = "The nodes have no room left: lower apps[].resources.requests or apps[].replicas, or add nodes.";
const PLATFORM = "The image is for another platform than the nodes: set build.platform.";

describe("Hints about a failure", () => {
  const tell = (title: string, hint: string, ...texts: string[]) => {
    it(title, () => {
      assert.deepStrictEqual(
        texts.map((text) => hints([text])),
        texts.map(() => [hint]),
      );
    });
  };
  tell(
    "name the port that another Service has taken",
    "Port 30080 is taken by another Service of this cluster: free it, or set apps[].nodePort to another one.",
    'Service "blog" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
  );
  tell(
    "point to the registry's login when it is refused",
    REGISTRY,
    "401 Unauthorized",
    "Error response from daemon: Unauthorized",
    "failed to authorize: unauthorized: access denied",
    "Head https://r.test/v2/: no basic auth credentials",
    "authentication required",
  );
  tell(
    "point to Docker when it does not run",
    DOCKER,
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    "failed to connect to any docker daemon",
  );
  tell(
    "point to what the pods ask for when the nodes are full",
    ROOM,
    "0/1 nodes are available: 1 Insufficient cpu.",
    "0/1 nodes are available: 1 Insufficient memory.",
    "0/1 nodes are available: 1 Too many pods.",
  );
  tell(
    "point to the platform when an image was built for another one (P1)",
    PLATFORM,
    "exec /opt/venv/bin/gunicorn: exec format error",
    "image with reference r/blog was found but the server does not support platform linux/arm64",
  );
  it("come once each, however many texts name the cause, in the order of the texts", () => {
    assert.deepStrictEqual(
      hints(["Insufficient cpu", "exec format error", "Insufficient memory", "exec format error in a pod"]),
      [ROOM, PLATFORM],
    );
  });
  it("come for each cause that one text names", () => {
    assert.deepStrictEqual(hints(["exec format error; 401 Unauthorized"]), [REGISTRY, PLATFORM]);
  });
  it("come for each port that is taken", () => {
    const taken = (port: number) => `nodePort: Invalid value: ${port}: provided port is already allocated`;
    assert.deepStrictEqual(
      hints([taken(30080), taken(30081), taken(30080)]).map((hint) => hint.slice(0, 10)),
      ["Port 30080", "Port 30081"],
    );
  });
  it("do not come for a cause that is not known", () => {
    assert.deepStrictEqual(hints(["the deployment timed out", ""]), []);
  });
});
