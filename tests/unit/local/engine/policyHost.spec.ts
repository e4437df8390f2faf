import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/analyzer_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { PulumiCli } from "../../../../local/engine/cli";
import { policyHost } from "../../../../local/engine/policyHost";
import { ROOT } from "../../../support/stackFiles";

const COMMAND = "pulumi-analyzer-policy-nodejs";
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("what runs the rules of policy/", () => {
  const own = { PATH: process.env["PATH"], FLASK_DOKS_CACHE: process.env["FLASK_DOKS_CACHE"] };
  let folder: string;
  let elsewhere: string;
  let cli: PulumiCli;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "flask-doks-policy-"));
    elsewhere = join(folder, "elsewhere");
    for (const name of ["cli", "elsewhere"]) mkdirSync(join(folder, name));
    cli = { path: join(folder, "cli", "pulumi"), version: "3.256.0", source: "built" };
    writeFileSync(cli.path, "");
    process.env["FLASK_DOKS_CACHE"] = join(folder, "cache");
    process.env["PATH"] = elsewhere;
  });

  afterEach(() => {
    for (const [name, value] of Object.entries(own)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  for (const place of ["cli", "elsewhere"]) {
    it(`is Pulumi's language host where it is ${place === "cli" ? "beside the CLI" : "on PATH"}`, async () => {
      writeFileSync(join(folder, place, "pulumi-language-nodejs"), "");
      assert.deepStrictEqual(await policyHost(cli), {
        env: {},
        summary: "Rules: run by Pulumi's language host for Node.js",
      });
    });
  }

  it("is a command of this project's where there is none, first on PATH, written once", async () => {
    const { env, summary } = await policyHost(cli);
    const [first = "", ...others] = (env["PATH"] ?? "").split(delimiter);
    assert.deepStrictEqual(others, [elsewhere]);
    assert.deepStrictEqual(Object.keys(env), ["PATH"]);
    assert.deepStrictEqual(summary, "Rules: run by this project's STAND-IN for Pulumi's language host");
    assert.deepStrictEqual(readdirSync(first), [COMMAND]);
    assert.deepStrictEqual(statSync(join(first, COMMAND)).mode & 0o777, 0o755);
    chmodSync(join(first, COMMAND), 0o700);
    assert.deepStrictEqual(await policyHost(cli), { env, summary });
    assert.deepStrictEqual(statSync(join(first, COMMAND)).mode & 0o777, 0o700);
  });
});

/** The pack as the engine has it: a process that is asked about one resource, then about all of them. */
class Pack {
  readonly #process: ChildProcess;
  #client: AnalyzerClient | undefined;

  constructor(command: string, config: Record<string, unknown>) {
    const env = { ...process.env, PULUMI_CONFIG: JSON.stringify(config) };
    const stdio = ["ignore", "pipe", "inherit"] as const;
    this.#process = spawn(command, ["127.0.0.1:1", "."], { cwd: join(ROOT, "policy"), env, stdio: [...stdio] });
  }

  async open(): Promise<void> {
    const { stdout } = this.#process;
    if (stdout === null) throw new Error("the pack has no output");
    const [port = ""] = await new Promise<string[]>((resolve) => {
      createInterface(stdout).on("line", (line) => {
        resolve([line]);
      });
    });
    this.#client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  }

  close(): void {
    this.#client?.close();
    this.#process.kill();
  }

  /** What it has against a resource, and then against a stack of that resource alone: level, policy and message. */
  async ask(type: string, name: string, props: Record<string, JavaScriptValue>): Promise<string[]> {
    const client = this.#client;
    if (client === undefined) throw new Error("the pack is not open");
    const urn = `urn:pulumi:test::flask-doks::${type}::${name}`;
    const options = new pb.AnalyzerResourceOptions();
    const one = new pb.AnalyzeRequest();
    one.setType(type);
    one.setName(name);
    one.setUrn(urn);
    one.setProperties(Struct.fromJavaScript(props));
    one.setOptions(options);
    const inStack = new pb.AnalyzerResource();
    inStack.setType(type);
    inStack.setName(name);
    inStack.setUrn(urn);
    inStack.setProperties(Struct.fromJavaScript({}));
    inStack.setOptions(options);
    const all = new pb.AnalyzeStackRequest();
    all.setResourcesList([inStack]);
    const answers = [
      await answer((callback) => client.analyze(one, callback)),
      await answer((callback) => client.analyzeStack(all, callback)),
    ];
    return answers.flatMap((response) =>
      response
        .getDiagnosticsList()
        .map((each) => `${LEVELS[each.getEnforcementlevel()]} ${each.getPolicyname()}: ${each.getMessage().trim()}`),
    );
  }
}

const LEVELS: Record<number, string> = {
  [pb.EnforcementLevel.ADVISORY]: "advisory",
  [pb.EnforcementLevel.MANDATORY]: "mandatory",
};

const answer = (
  ask: (callback: (error: grpc.ServiceError | null, response: pb.AnalyzeResponse) => void) => unknown,
): Promise<pb.AnalyzeResponse> =>
  new Promise((resolve, reject) => {
    ask((error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });

describe("the policy pack, started by this project's command", () => {
  const cache = process.env["FLASK_DOKS_CACHE"];
  const path = process.env["PATH"];
  let folder: string;
  let pack: Pack;

  before(async function () {
    // It compiles the rules the first time.
    this.timeout(60_000);
    folder = mkdtempSync(join(tmpdir(), "flask-doks-policy-"));
    process.env["FLASK_DOKS_CACHE"] = folder;
    process.env["PATH"] = "/nowhere";
    const { env } = await policyHost({ path: join(folder, "pulumi"), version: "3.256.0", source: "built" });
    process.env["PATH"] = path;
    const reason = "Its maker gives no such thing.";
    pack = new Pack(join((env["PATH"] ?? "").split(delimiter)[0] ?? "", COMMAND), {
      "flask-doks:policy": JSON.stringify({
        relax: [
          { rule: "release-version", resource: "Release old", reason },
          { rule: "dns-ttl", resource: "www", reason },
        ],
      }),
      "flask-doks:dataPolicy": "delete",
    });
    await pack.open();
  });

  after(() => {
    pack.close();
    if (cache === undefined) Reflect.deleteProperty(process.env, "FLASK_DOKS_CACHE");
    else process.env["FLASK_DOKS_CACHE"] = cache;
    rmSync(folder, { recursive: true, force: true });
  });

  const unneeded = (resource: string) =>
    `No resource of the stack is called ${resource}: the exception for it does nothing. Take it out of flask-doks:policy.`;
  const release = { name: "traefik", namespace: "ingress", chart: "traefik", timeout: 600 };
  const RELEASE = "kubernetes:helm.sh/v3:Release";

  it("stops a resource that breaks a mandatory rule, with the rule's own words", async () => {
    assert.deepStrictEqual(
      (await pack.ask(RELEASE, "new", release))[0],
      [
        "mandatory release-version: The release pins no version of its chart.",
        "An unrelated run installs whatever came out since.",
        "Set version to one version, not to a range; lib/versions.ts has them.",
      ].join(" "),
    );
  });

  it("lets the exception of the stack file pass, and tells its reason and what is not needed", async () => {
    assert.deepStrictEqual(await pack.ask(RELEASE, "old", release), [
      "advisory release-version-relaxed: The release pins no version of its chart. " +
        "The stack file makes an exception: Its maker gives no such thing.",
      `advisory dns-ttl-relaxed: ${unneeded("www")}`,
    ]);
  });

  it("holds nothing against what a preview cannot know", async () => {
    assert.deepStrictEqual(await pack.ask(RELEASE, "unknown", { ...release, version: UNKNOWN_TEXT }), [
      `advisory release-version-relaxed: ${unneeded("Release old")}`,
      `advisory dns-ttl-relaxed: ${unneeded("www")}`,
    ]);
  });

  it("goes by the stack's dataPolicy", async () => {
    const domain = await pack.ask("digitalocean:index/domain:Domain", "domain", { name: "example.com" });
    assert.deepStrictEqual(
      domain.filter((line) => line.includes("data-protected")),
      [],
    );
  });
});
