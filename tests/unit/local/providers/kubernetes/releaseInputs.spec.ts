import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubernetesProvider } from "../../../../../local/providers/kubernetes";
import { RELEASE } from "../../../../../local/providers/kubernetes/release";
import { Secret, type Values } from "../../../../../local/providers/values";

const provider = kubernetesProvider("0.0.0");
const subject = { urn: "urn:pulumi:dev::p::kubernetes:helm.sh/v3:Release::web", type: RELEASE, name: "web" };
const inputs: Values = {
  name: "web",
  namespace: "edge",
  chart: "ingress-nginx",
  version: "4.15.1",
  values: { replicas: 2, password: new Secret("hunter22") },
};

describe("The inputs of a Helm release", () => {
  const check = (news: Values, olds: Values = {}, settings: Values = {}) =>
    provider.check({ ...subject, settings, olds, news });
  const diff = async (oldInputs: Values, news: Values, ignoreChanges: string[] = []) => {
    const found = await provider.diff({
      ...subject,
      settings: {},
      id: "edge/web",
      state: {},
      oldInputs,
      news,
      ignoreChanges,
    });
    return [found.changes, found.replaces];
  };

  it("get a name that stays, a namespace and a timeout", async () => {
    const { inputs: made } = await check({ chart: "c", compat: "true" });
    match(made["name"] as string, /^web-[0-9a-f]{8}$/);
    deepStrictEqual(made, { chart: "c", name: made["name"], namespace: "default", timeout: 300 });
    strictEqual((await check({ chart: "c" }, made)).inputs["name"], made["name"]);
    strictEqual((await check({ chart: "c" }, {}, { namespace: "edge" })).inputs["namespace"], "edge");
  });
  it("take the values of files under their own", async () => {
    const files = [{ text: "a: { b: 1, c: 2 }" }, { text: "a: { c: 3, d: ~ }" }];
    const { inputs: made } = await check({ chart: "c", valueYamlFiles: files, values: { a: { b: new Secret("x") } } });
    deepStrictEqual(made["values"], { a: { b: new Secret("x"), c: 3, d: null } });
    strictEqual("valueYamlFiles" in made, false);
  });
  it("say with a folder's content and version that its chart is another one", async () => {
    const chart = mkdtempSync(join(tmpdir(), "chart-"));
    mkdirSync(join(chart, "templates"));
    writeFileSync(join(chart, "Chart.yaml"), "name: c\nversion: 1.2.3\n");
    const { inputs: before } = await check({ chart, name: "web" });
    strictEqual(before["version"], "1.2.3");
    writeFileSync(join(chart, "templates", "a.yaml"), "a");
    const { inputs: after } = await check({ chart, name: "web" });
    deepStrictEqual(await diff(before, after), [{ checksum: "update" }, []]);
    Reflect.deleteProperty(before, "checksum");
    deepStrictEqual(await diff(before, after), [{}, []]);
    rmSync(chart, { recursive: true });
  });
  it("are wrong with a path where no chart is, and with a password for a repository", async () => {
    deepStrictEqual((await check({ chart: "./nowhere" })).failures, [
      { property: "chart", reason: `there is no chart in ./nowhere (from ${process.cwd()})` },
    ]);
    const { failures } = await check({ chart: "c", repositoryOpts: { repo: "https://r.test", password: "p" } });
    deepStrictEqual(
      failures?.map(({ property }) => property),
      ["repositoryOpts.password"],
    );
  });

  it("mean another release when the name or the namespace changes, and an upgrade otherwise", async () => {
    deepStrictEqual(await diff(inputs, { ...inputs, name: "x", namespace: "y", chart: "z" }), [
      { name: "update", namespace: "update", chart: "update" },
      ["name", "namespace"],
    ]);
    const values = { replicas: 3, password: "hunter22", gone: null };
    deepStrictEqual(await diff(inputs, { ...inputs, values }), [
      { "values.replicas": "update", "values.gone": "add" },
      [],
    ]);
  });
  it("are the same with zero values for what is not given, and with changes that are to be ignored", async () => {
    deepStrictEqual(await diff({ ...inputs, atomic: false, description: "", status: null }, inputs), [{}, []]);
    deepStrictEqual(await diff(inputs, { ...inputs, version: "5.0.0" }, ["version"]), [{}, []]);
  });
  it("are of a type that is not in the stand-in when it is another one of Helm's", async () => {
    const type = "kubernetes:helm.sh/v4:Chart";
    await rejects(
      provider.check({ ...subject, settings: {}, type, olds: {}, news: {} }),
      /helm\.sh\/v4:Chart is not in the stand-in/,
    );
  });
});
