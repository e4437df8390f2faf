import assert from "node:assert/strict";
import { broken, changed, DATABASE, JOB, RELEASE, resource, WEB } from "./subjects";

describe("rules on data and secrets", () => {
  it("let what ends by itself have a volume (D13)", () => {
    const volumes = [{ name: "data", persistentVolumeClaim: { claimName: "data" } }];
    assert.deepStrictEqual(broken("volume-in-stateful-set", [changed(JOB, "spec/template/spec/volumes", volumes)]), []);
  });

  it("know a name that Pulumi made up by the annotation that it leaves (K7)", () => {
    const annotations = { "pulumi.com/autonamed": "true" };
    assert.deepStrictEqual(broken("fixed-data-names", [changed(DATABASE, "metadata/annotations", annotations)]), [
      "StatefulSet database: Pulumi makes up a name by which data is found",
    ]);
  });

  it("refuse a pod that belongs to no workload (D13)", () => {
    const pod = resource("kubernetes:core/v1:Pod", "debug", { spec: { containers: [] } });
    assert.deepStrictEqual(broken("no-bare-pod", [pod, WEB]), ["Pod debug: The pod belongs to no workload"]);
  });
});

describe("rules on charts", () => {
  it("ask no version of a chart in a folder, which holds just one", () => {
    const version = (chart: string) =>
      broken("release-version", [changed(changed(RELEASE, "version", undefined), "chart", chart)]);
    assert.deepStrictEqual(version("./charts/traefik"), []);
    assert.deepStrictEqual(version("oci://registry.example.com/charts/traefik").length, 1);
  });

  it("ask nothing of a chart whose objects Pulumi makes itself", () => {
    const chart = resource("kubernetes:helm.sh/v4:Chart", "traefik", { chart: "traefik" });
    const rules = ["release-name", "release-version", "release-timeout", "no-default-namespace"];
    assert.deepStrictEqual(
      rules.flatMap((rule) => broken(rule, [chart])),
      [],
    );
  });
});

describe("the rule that nothing is in the namespace default", () => {
  const without = (types: string[]): string[] =>
    types.flatMap((type) => broken("no-default-namespace", [resource(`kubernetes:${type}`, "thing", {})]));

  it("asks none of what is in no namespace", () => {
    const types = [
      "gateway.networking.k8s.io/v1:GatewayClass",
      "node.k8s.io/v1:RuntimeClass",
      "apiregistration.k8s.io/v1:APIService",
      "admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy",
      "admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding",
      "rbac.authorization.k8s.io/v1:ClusterRole",
      "cert-manager.io/v1:ClusterIssuer",
    ];
    assert.deepStrictEqual(without(types), []);
  });

  it("asks none of patches, and of groups of objects", () => {
    const types = ["core/v1:ServiceAccountPatch", "core/v1:NodePatch", "yaml:ConfigFile", "yaml/v2:ConfigGroup"];
    assert.deepStrictEqual(without([...types, "kustomize:Directory", "kustomize/v2:Directory"]), []);
  });

  it("asks one of what is added to Kubernetes, as of its own", () => {
    assert.deepStrictEqual(without(["cert-manager.io/v1:Certificate", "postgresql.cnpg.io/v1:Cluster"]), [
      "Certificate thing: The object is in the namespace default",
      "Cluster thing: The object is in the namespace default",
    ]);
  });
});
