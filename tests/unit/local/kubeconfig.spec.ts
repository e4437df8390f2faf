import type { KubeConfig } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { clusterIdentity, loadContext, reason } from "../../../local/kubeconfig";
import { deadUrl, kubeconfigFor, startServer } from "../../support/httpServer";

const sentence = (message: string) => ({ name: "UserError", message });

describe("The kubeconfig", () => {
  let folder: string;
  const before = { KUBECONFIG: process.env["KUBECONFIG"], HOME: process.env["HOME"] };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
    process.env["HOME"] = folder;
    delete process.env["KUBECONFIG"];
  });
  afterEach(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    rmSync(folder, { recursive: true });
  });

  /** Writes a kubeconfig with contexts of these names; the cluster of each has the file's name in its address. */
  const write = (name: string, contexts: string[], { user = `${name}-user` } = {}): string => {
    const file = join(folder, name);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(
      file,
      JSON.stringify({
        kind: "Config",
        "current-context": contexts[0],
        clusters: contexts.map((each) => ({ name: each, cluster: { server: `https://${name}.test` } })),
        users: [{ name: user, user: { token: `${name}-token` } }],
        contexts: contexts.map((each) => ({ name: each, context: { cluster: each, user } })),
      }),
    );
    return file;
  };
  const chosen = (kubeconfig: KubeConfig) => [
    kubeconfig.getCurrentContext(),
    kubeconfig.getCurrentCluster()?.server,
    kubeconfig.getCurrentUser()?.token,
  ];

  it("is read from the file that is named, whatever KUBECONFIG says, with the named context chosen", () => {
    process.env["KUBECONFIG"] = write("other", ["dev"]);
    assert.deepStrictEqual(chosen(loadContext("dev", write("mine", ["prod", "dev"]))), [
      "dev",
      "https://mine.test",
      "mine-token",
    ]);
  });
  it("is read from KUBECONFIG otherwise, and from the home folder where that is not set or empty", () => {
    write(".kube/config", ["dev"]);
    const server = () => loadContext("dev").getCurrentCluster()?.server;
    assert.deepStrictEqual(server(), "https://.kube/config.test");
    process.env["KUBECONFIG"] = "";
    assert.deepStrictEqual(server(), "https://.kube/config.test");
    process.env["KUBECONFIG"] = write("other", ["dev"]);
    assert.deepStrictEqual(server(), "https://other.test");
  });
  it("may be several files, with a context of any of them", () => {
    process.env["KUBECONFIG"] = [write("a", ["dev"]), "", write("b", ["prod"])].join(delimiter);
    assert.deepStrictEqual(chosen(loadContext("dev")), ["dev", "https://a.test", "a-token"]);
    assert.deepStrictEqual(chosen(loadContext("prod")), ["prod", "https://b.test", "b-token"]);
  });
  it("may be several files that use the same names: the first one counts, as for kubectl", () => {
    const files = [write("a", ["dev"], { user: "admin" }), write("b", ["dev", "prod"], { user: "admin" })];
    process.env["KUBECONFIG"] = files.join(delimiter);
    assert.deepStrictEqual(chosen(loadContext("dev")), ["dev", "https://a.test", "a-token"]);
    assert.deepStrictEqual(chosen(loadContext("prod")), ["prod", "https://b.test", "a-token"]);
  });
  it("may be several files of which one is missing, as for kubectl", () => {
    process.env["KUBECONFIG"] = [join(folder, "none"), write("b", ["prod"])].join(delimiter);
    assert.deepStrictEqual(chosen(loadContext("prod")), ["prod", "https://b.test", "b-token"]);
  });
  it("with no such context is refused with those that there are", () => {
    const file = write("mine", ["prod", "dev"]);
    assert.throws(
      () => loadContext("Dev", file),
      sentence('The kubeconfig has no context "Dev"; there are: prod, dev.'),
    );
    assert.throws(
      () => loadContext("dev", write("empty", [])),
      sentence('The kubeconfig has no context "dev"; there is none at all.'),
    );
  });
  it("that is not there is refused, and no cluster on this machine made up for it", () => {
    const missing = (path: string) => sentence(`There is no kubeconfig at ${path}.`);
    assert.throws(() => loadContext("dev", join(folder, "none")), missing(join(folder, "none")));
    assert.throws(() => loadContext("loaded-context"), missing(join(folder, ".kube", "config")));
    process.env["KUBECONFIG"] = [join(folder, "none"), join(folder, "neither")].join(delimiter);
    assert.throws(() => loadContext("dev"), missing(`${join(folder, "none")}${delimiter}${join(folder, "neither")}`));
  });
  it("that cannot be read is refused with the reason", () => {
    assert.throws(
      () => loadContext("dev", folder),
      sentence("The kubeconfig cannot be read: EISDIR: illegal operation on a directory, read"),
    );
  });
});

describe("The identity of a cluster", () => {
  /** Asks a server that answers like this. The second of the two is the server's address. */
  const identify = async (answer: RequestListener, seconds?: number) => {
    const server = await startServer(answer);
    try {
      return [await clusterIdentity(kubeconfigFor(server.url), seconds).catch((error: unknown) => error), server.url];
    } finally {
      await server.stop();
    }
  };
  const json =
    (status: number, body: object): RequestListener =>
    (_, response) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
  const refusal = async (answer: RequestListener, why: string, seconds?: number) => {
    const [error, url] = await identify(answer, seconds);
    const { name, message } = error as Error;
    const context = kubeconfigFor("").getCurrentContext();
    assert.deepStrictEqual(
      { name, message },
      sentence(`The cluster of context "${context}" does not answer at ${String(url)}: ${why}`),
    );
  };

  it("is that of its oldest namespace, asked with the kubeconfig's credentials", async () => {
    const asked: unknown[] = [];
    const [identity] = await identify((request, response) => {
      asked.push([request.url, request.headers.authorization]);
      json(200, request.url === "/version" ? { major: "1", minor: "37" } : { metadata: { uid: "u-1" } })(
        request,
        response,
      );
    });
    assert.deepStrictEqual(identity, "u-1");
    assert.deepStrictEqual(asked, [
      ["/version", "Bearer t0ken"],
      ["/api/v1/namespaces/kube-system", "Bearer t0ken"],
    ]);
  });
  it("cannot be had where nobody listens", async () => {
    const url = await deadUrl();
    const kubeconfig = kubeconfigFor(url);
    await assert.rejects(
      clusterIdentity(kubeconfig),
      sentence(
        `The cluster of context "${kubeconfig.getCurrentContext()}" does not answer at ${url}: nothing listens there`,
      ),
    );
  });
  for (const status of [401, 403]) {
    it(`cannot be had where the credentials are refused with ${status}`, async () => {
      await refusal(json(status, { kind: "Status" }), "it does not accept the credentials of the kubeconfig");
    });
  }
  it("cannot be had from a server that never answers, and is not waited for beyond its time", async () => {
    const startMs = Date.now();
    await refusal(() => undefined, "no answer within 0.1 s", 0.1);
    assert.ok(Date.now() - startMs < 3_000);
  });
  it("is not waited for twice as long from a server that answers half", async () => {
    const startMs = Date.now();
    const half: RequestListener = (request, response) => {
      if (request.url === "/version") setTimeout(json(200, {}), 450, request, response);
    };
    await refusal(half, "no answer within 0.5 s", 0.5);
    assert.ok(Date.now() - startMs < 850, `took ${Date.now() - startMs} ms`);
  });
  it("cannot be had from a server that is something else, whose first line is told", async () => {
    await refusal(json(500, { message: "boom" }), "HTTP-Code: 500");
  });
});

describe("The reason why a request failed", () => {
  const failed = (message: string, more: object = {}) => Object.assign(new Error(message), more);
  it("is told in a few words for what the system says", () => {
    const codes = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"];
    assert.deepStrictEqual(
      codes.map((code) => reason(failed("x", { code }))),
      [
        "nothing listens there",
        "the name does not resolve",
        "the name does not resolve",
        "the host cannot be reached",
        "the network cannot be reached",
        "no answer",
      ],
    );
  });
  it("is found several causes deep", () => {
    const deep = failed("request failed", {
      cause: failed("fetch failed", { cause: failed("x", { code: "ENOTFOUND" }) }),
    });
    assert.deepStrictEqual(reason(deep), "the name does not resolve");
  });
  it("is the first line of what is said otherwise, of the deepest cause", () => {
    assert.deepStrictEqual(
      [
        reason(failed("odd\nBody: x")),
        reason(failed("outer", { code: "EPROTO", cause: failed("wrong version number") })),
      ],
      ["odd", "wrong version number"],
    );
  });
});
