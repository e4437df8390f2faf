describe("rules on data and secrets", () => {
  holds(onData);

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
  holds(onReleases);

  it("ask no version of a chart in a folder, which holds just one", () => {
    const version = (chart: string) =>
      broken("release-version", [changed(changed(RELEASE, "version", undefined), "chart", chart)]);
    assert.deepStrictEqual(version("./charts/traefik"), []);
    assert.deepStrictEqual(version("oci://registry.example.com/charts/traefik").length, 1);
  });
});

describe("rules on what DigitalOcean keeps", () => {
  holds(onDigitalOcean);
});
