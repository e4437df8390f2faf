import assert from "node:assert/strict";
import { eventually } from "../support/cluster";
import { cluster } from "./stage";

/** Python that tells which of some addresses accept a connection. */
const KNOCK = `
import json, socket, sys
def open(address):
    try:
        socket.create_connection(tuple(address), timeout=3).close()
        return True
    except OSError:
        return False
print(json.dumps([open(address) for address in json.loads(sys.argv[1])]))
`;

/** What a pod of another namespace reaches: whether each address accepts a connection from it. */
async function knocks(addresses: [string, number][]): Promise<boolean[]> {
  const { core } = cluster();
  const [web] = await cluster().pods("web");
  const image = web?.spec?.containers[0]?.image ?? "";
  const namespace = "default";
  const name = "stranger";
  const command = ["python", "-c", KNOCK, JSON.stringify(addresses)];
  const containers = [{ name, image, command, imagePullPolicy: "IfNotPresent" }];
  await core.createNamespacedPod({
    namespace,
    body: { metadata: { name }, spec: { restartPolicy: "Never", containers } },
  });
  try {
    const phase = async () => (await core.readNamespacedPod({ namespace, name })).status?.phase;
    await eventually("the stranger's answer", 60, phase, (word) => word === "Succeeded" || word === "Failed");
    return JSON.parse(await core.readNamespacedPodLog({ namespace, name })) as boolean[];
  } finally {
    await core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
  }
}

describe("a pod of another namespace", () => {
  it("reaches the blog's web port, and not its database", async () => {
    const [database] = await cluster().pods("database");
    const reached = await knocks([
      ["blog.blog.svc.cluster.local", 80],
      [database?.status?.podIP ?? "", 3306],
      ["mysql.blog.svc.cluster.local", 3306],
    ]);
    assert.deepEqual(reached, [true, false, false]);
  });
});
