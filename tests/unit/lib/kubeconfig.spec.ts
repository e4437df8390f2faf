import { KubeConfig } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { execKubeconfig, type ClusterAccess } from "../../../lib/kubeconfig";
import { deadUrl, startServer, type HttpServer } from "../../support/httpServer";

const CLUSTER: ClusterAccess = {
  id: "4711-id",
  name: "flask-doks-test",
  endpoint: "https://4711-id.example.com",
  certificateAuthority: "Y2VydGlmaWNhdGU=",
};
const API_TOKEN = "dop_v1_s3cret";
const EXPIRES_AT = "2126-11-23T12:00:00Z";
const CREDENTIALS = { server: CLUSTER.endpoint, token: "cluster-t0ken", expires_at: EXPIRES_AT };

interface Kubeconfig {
  users: { name: string; user: { exec: { command: string; args: string[] } & Record<string, unknown> } }[];
}

const parsed = (access = CLUSTER) => JSON.parse(execKubeconfig(access)) as Kubeconfig;

/** Runs what the kubeconfig tells a client to run. */
function login(env: Record<string, string>): Promise<{ code: number; stdout: string; stderr: string }> {
  const [user] = parsed().users;
  const { command = "", args = [] } = user?.user.exec ?? {};
  const { PATH = "" } = process.env;
  return new Promise((resolve) => {
    execFile(command, args, { env: { PATH, ...env } }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

describe("the kubeconfig of a DigitalOcean cluster", () => {
  it("names the cluster and its certificate, and what is run to log in, and holds no token (D1)", () => {
    const { users, ...rest } = parsed();
    const user = "flask-doks-test-4711-id";
    assert.deepStrictEqual(rest, {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "flask-doks-test",
          cluster: { server: CLUSTER.endpoint, "certificate-authority-data": "Y2VydGlmaWNhdGU=" },
        },
      ],
      contexts: [{ name: "flask-doks-test", context: { cluster: "flask-doks-test", user } }],
      "current-context": "flask-doks-test",
    });
    const { args = [], ...exec } = users[0]?.user.exec ?? {};
    assert.deepStrictEqual(
      [users.map(({ name }) => name), args.length, args[0], args.slice(2)],
      [[user], 4, "-e", ["4711-id", "flask-doks-test"]],
    );
    assert.deepStrictEqual(exec, {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "node",
      installHint: "Node 18 or newer is needed to log in to this cluster.",
      interactiveMode: "Never",
      provideClusterInfo: false,
    });
  });

  it("is the same text every time, so that a second preview is empty (D1)", () => {
    assert.deepStrictEqual(execKubeconfig(CLUSTER), execKubeconfig({ ...CLUSTER }));
  });

  it("tells clients apart that a cluster was made anew under the same name, so that none keeps the old one's token", () => {
    const [old, fresh] = [parsed(), parsed({ ...CLUSTER, id: "4712-id" })].map(({ users }) => users[0]?.name);
    assert.notDeepStrictEqual(old, fresh);
  });

  for (const certificateAuthority of [undefined, ""]) {
    it(`is refused with ${certificateAuthority === undefined ? "no" : "an empty"} certificate`, () => {
      assert.throws(
        () => execKubeconfig({ ...CLUSTER, certificateAuthority }),
        new pulumi.RunError(
          "The state does not hold the certificate of the cluster flask-doks-test: run pulumi refresh",
        ),
      );
    });
  }
});

describe("the login to a DigitalOcean cluster", () => {
  let server: HttpServer | undefined;
  let requests: { url: string | undefined; authorization: string | undefined }[];
  let answers: ((response: ServerResponse) => void)[];
  const json =
    (status: number, body: unknown, headers: Record<string, string> = {}) =>
    (response: ServerResponse) => {
      response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
    };
  const cut = (response: ServerResponse) => response.destroy();
  const env = () => ({ DIGITALOCEAN_TOKEN: API_TOKEN, DIGITALOCEAN_API_URL: server?.url ?? "" });

  beforeEach(async () => {
    requests = [];
    answers = [];
    server = await startServer((request: IncomingMessage, response) => {
      requests.push({ url: request.url, authorization: request.headers.authorization });
      // The last answer is given again and again.
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      (answer ?? json(200, CREDENTIALS))(response);
    });
  });

  afterEach(async () => {
    await server?.stop();
  });

  it("asks for a token of an hour with the API token, and prints it as clients want it (D1)", async () => {
    const { code, stdout, stderr } = await login(env());
    assert.deepStrictEqual([code, stderr], [0, ""]);
    assert.deepStrictEqual(JSON.parse(stdout), {
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token: "cluster-t0ken", expirationTimestamp: EXPIRES_AT },
    });
    assert.deepStrictEqual(requests, [
      {
        url: "/v2/kubernetes/clusters/4711-id/credentials?expiry_seconds=3600",
        authorization: `Bearer ${API_TOKEN}`,
      },
    ]);
  });

  it("finds the API at a URL that ends in a slash", async () => {
    const { code } = await login({ ...env(), DIGITALOCEAN_API_URL: `${env().DIGITALOCEAN_API_URL}/` });
    assert.deepStrictEqual([code, requests.length, requests[0]?.url?.startsWith("/v2/")], [0, 1, true]);
  });

  it("serves Kubernetes' own client for Node", async () => {
    const kubeconfig = new KubeConfig();
    kubeconfig.loadFromString(execKubeconfig(CLUSTER));
    const options: { headers?: Record<string, string> } = {};
    const before = Object.keys(env()).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, env());
    try {
      await kubeconfig.applyToHTTPSOptions(options);
      await kubeconfig.applyToHTTPSOptions(options);
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
      }
    }
    assert.deepStrictEqual(options.headers, { Authorization: "Bearer cluster-t0ken" });
    // It keeps the token until that expires.
    assert.deepStrictEqual(requests.length, 1);
  });

  for (const [title, failures] of [
    ["the API is asked too often", [json(429, { message: "slow down" }, { "Retry-After": "0" })]],
    ["the API fails", [json(500, { message: "oops" }), json(503, { message: "busy" })]],
    ["the connection is cut", [cut]],
    ["the answer holds no token yet", [json(200, {}), json(200, null)]],
  ] as const) {
    it(`tries again when ${title}`, async () => {
      answers = [...failures, json(200, CREDENTIALS)];
      const { code, stdout } = await login(env());
      assert.deepStrictEqual([code, stdout.includes("cluster-t0ken")], [0, true]);
      assert.deepStrictEqual(requests.length, failures.length + 1);
    });
  }

  const refusals: [string, () => Promise<Record<string, string>> | Record<string, string>, string, number][] = [
    [
      "no token is set",
      () => ({ ...env(), DIGITALOCEAN_TOKEN: "" }),
      "DIGITALOCEAN_TOKEN is not set; it is needed to log in to the cluster flask-doks-test.",
      0,
    ],
    [
      "the token has a line break in it",
      () => ({ ...env(), DIGITALOCEAN_TOKEN: `${API_TOKEN}\nmore` }),
      "DIGITALOCEAN_TOKEN holds characters that no API token has, such as a line break.",
      0,
    ],
    [
      "the token is wrong",
      () => {
        answers = [json(401, { id: "unauthorized", message: "Unable to authenticate you" })];
        return env();
      },
      "DigitalOcean does not accept the token in DIGITALOCEAN_TOKEN (401: Unable to authenticate you).",
      1,
    ],
    [
      "the token has too few rights",
      () => {
        answers = [json(403, { id: "forbidden", message: "You are not authorized" })];
        return env();
      },
      "The token in DIGITALOCEAN_TOKEN may not log in to the cluster flask-doks-test; it needs the scope kubernetes:access_cluster (403: You are not authorized).",
      1,
    ],
    [
      "the cluster is gone",
      () => {
        answers = [json(404, { id: "not_found", message: "cluster not found" })];
        return env();
      },
      "The token in DIGITALOCEAN_TOKEN sees no cluster flask-doks-test (4711-id): it was deleted, or belongs to another account (404: cluster not found).",
      1,
    ],
    [
      "the API fails again and again, with what it says on one line and without the API token",
      () => {
        answers = [json(500, { message: `sorry,\n  ${API_TOKEN}` }, { "Retry-After": "0" })];
        return env();
      },
      "DigitalOcean gives no token for the cluster flask-doks-test (500: sorry, …).",
      5,
    ],
    [
      "the API answers with a page in place of JSON",
      () => {
        answers = [(response) => response.writeHead(502, { "Retry-After": "0" }).end("<html>Bad gateway</html>")];
        return env();
      },
      "DigitalOcean gives no token for the cluster flask-doks-test (502).",
      5,
    ],
  ];
  for (const [title, given, sentence, asked] of refusals) {
    it(`says in one line that ${title}`, async () => {
      const { code, stdout, stderr } = await login(await given());
      assert.deepStrictEqual([code, stdout, stderr, requests.length], [1, "", `${sentence}\n`, asked]);
    });
  }

  it("says in one line that nothing answers", async () => {
    const url = await deadUrl();
    const { code, stdout, stderr } = await login({ ...env(), DIGITALOCEAN_API_URL: url });
    assert.deepStrictEqual(
      [code, stdout, stderr],
      [1, "", `DigitalOcean's API does not answer at ${url}: ECONNREFUSED.\n`],
    );
  });
});
