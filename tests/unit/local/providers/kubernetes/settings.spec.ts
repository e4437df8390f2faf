import { deepStrictEqual } from "node:assert";
import { diffSettings } from "../../../../../local/providers/kubernetes";
import { UNKNOWN } from "../../../../../local/providers/values";

const kubeconfig = (server: string, token: string) =>
  JSON.stringify({
    clusters: [{ name: "c", cluster: { server } }],
    users: [{ name: "u", user: { token } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });

describe("Changed settings of the Kubernetes provider", () => {
  const olds = { kubeconfig: kubeconfig("https://a.test", "1") };
  it("replace nothing when the cluster is the same, such as for a new token", () => {
    const difference = diffSettings(olds, { kubeconfig: kubeconfig("https://a.test", "2") });
    deepStrictEqual([difference.changes, difference.replaces], [{ kubeconfig: "update" }, []]);
  });
  it("replace everything when the kubeconfig leads to another cluster, or may", () => {
    deepStrictEqual(diffSettings(olds, { kubeconfig: kubeconfig("https://b.test", "1") }).replaces, ["kubeconfig"]);
    deepStrictEqual(diffSettings(olds, { kubeconfig: UNKNOWN }).replaces, ["kubeconfig"]);
  });
  it("replace nothing as long as the cluster's identifier stays", () => {
    const same = { clusterIdentifier: "c1" };
    const moved = { ...same, kubeconfig: kubeconfig("https://b.test", "1") };
    deepStrictEqual(diffSettings({ ...olds, ...same }, moved).replaces, []);
    deepStrictEqual(diffSettings({ ...olds, ...same }, { ...moved, kubeconfig: UNKNOWN }).replaces, []);
    deepStrictEqual(diffSettings({ ...olds, ...same }, { ...moved, clusterIdentifier: "c2" }).replaces, [
      "clusterIdentifier",
    ]);
  });
});
