import assert from "node:assert/strict";
import type { StackStatus } from "../../../../scripts/status/model";
import type { StackOutputs } from "../../../../scripts/status/stackOutputs";
import { statusCommand, type Ended } from "../../../../scripts/status/statusCommand";
import { UserError, type Step } from "../../../../local/steps";
import { deadUrl, kubeconfigFor, startServer, type HttpServer } from "../../../support/httpServer";
import { appPod, container, unhealthy } from "../../local/breaches/appPod";
import { chain } from "./chain";
import { CRASHED, deployment, pod } from "./podObjects";

/** Lists of a cluster, by their path. */
type Lists = Record<string, unknown[]>;

const HEALTHY: Lists = {
  "/apis/apps/v1/namespaces/shop/deployments": [deployment({ readyReplicas: 2, updatedReplicas: 2 })],
};

describe("npm run status", () => {
  let app: HttpServer;
  let cluster: HttpServer | undefined;
  before(async () => {
    app = await startServer((_request, response) => response.end("page"));
  });
  after(async () => {
    await app.stop();
  });
  afterEach(async () => {
    await cluster?.stop();
    cluster = undefined;
  });

  const step: Step = async (_title, work) => work();

  /** Runs it against a cluster with these lists; lists of cert-manager's that are not given are not known to it. */
  async function run(args: string[], lists: Lists = HEALTHY, urls = ["http://shop.test"]): Promise<Ended> {
    cluster = await startServer(({ url = "" }, response) => {
      const path = url.split("?")[0] ?? "";
      const answer = (code: number, body: unknown) => {
        response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
      };
      if (path.endsWith("/log")) response.writeHead(200, { "content-type": "text/plain" }).end("one\nOut of luck\n");
      else if (path === "/version/") answer(200, { gitVersion: "v1.36.0" });
      else if (path === "/api/v1/namespaces/kube-system") answer(200, { metadata: { uid: "u" } });
      else if (lists[path] !== undefined) answer(200, { items: lists[path] });
      else if (path.includes("cert-manager.io")) answer(404, {});
      else answer(200, { items: [] });
    });
    return runWith(args, cluster.url, urls);
  }

  function runWith(args: string[], server: string, urls: string[] = []): Promise<Ended> {
    const { port } = new URL(app.url);
    const outputs: StackOutputs = {
      apps: { shop: { namespace: "shop", urls: urls.map((url) => `${url}:${port}`) } },
      cluster: { kind: "doks" },
      kubeconfig: "s3cret",
    };
    const find = () => Promise.resolve({ outputs, kubeconfig: kubeconfigFor(server) });
    return statusCommand(args, { env: {}, folder: "/", step, find });
  }

  it("ends with 0 and the report for a healthy stack", async () => {
    const { code, out, err } = await run(["prod", "--resolve", "shop.test=127.0.0.1"]);
    assert.deepStrictEqual([code, err], [0, ""]);
    assert.match(
      out,
      /^prod — healthy\n\nshop\n {2}✓ http:\/\/shop\.test:\d+ +200 in \d+ ms\n {2}✓ web +2 of 2 pods ready\n$/,
    );
  });

  it("ends with 1 for a stack that is not, with the log of what fails", async () => {
    const { code, out } = await run(["prod", "--resolve", "shop.test=127.0.0.1"], {
      "/apis/apps/v1/namespaces/shop/deployments": [deployment({ readyReplicas: 1, updatedReplicas: 2 })],
      "/api/v1/namespaces/shop/pods": [pod("shop-1", "web", CRASHED)],
    });
    assert.deepStrictEqual(code, 1);
    assert.match(out, /^prod — 1 problem\n[^]*✗ web +1 of 2 pods ready\n[^]* \| Out of luck\n$/);
  });

  it("tells which breach of what an app must do keeps its pods from being ready", async () => {
    const web = deployment({ readyReplicas: 0, updatedReplicas: 2 });
    const { out } = await run(["prod", "--resolve", "shop.test=127.0.0.1"], {
      "/apis/apps/v1/namespaces/shop/deployments": [web],
      "/api/v1/namespaces/shop/pods": [appPod("web", container({ running: {} }, { started: true }))],
      "/api/v1/namespaces/shop/events": [unhealthy("Readiness", "HTTP probe failed with statuscode: 404")],
    });
    assert.match(
      out.replace(/\s+/g, " "),
      /health-path: GET \/readyz is answered .* See docs\/your-app\.md#health-path \| /,
    );
  });

  it("prints JSON with --json, and nothing else", async () => {
    const objects = chain({ request: { conditions: [] }, order: { state: "errored", reason: "no luck" } });
    const lists = {
      ...HEALTHY,
      "/apis/cert-manager.io/v1/namespaces/shop/certificates": objects.certificates,
      "/apis/cert-manager.io/v1/namespaces/shop/certificaterequests": objects.requests,
      "/apis/acme.cert-manager.io/v1/namespaces/shop/orders": objects.orders,
      "/apis/cert-manager.io/v1/clusterissuers": objects.clusterIssuers,
      "/apis/networking.k8s.io/v1/namespaces/shop/ingresses": [
        { metadata: { name: "shop" }, spec: { tls: [{ secretName: "shop-tls" }] } },
      ],
      "/api/v1/namespaces/ingress/services": [{ metadata: { name: "ingress" }, spec: { type: "LoadBalancer" } }],
    };
    const { code, out } = await run(["prod", "--json", "--resolve", "shop.test=127.0.0.1"], lists);
    const { stack, healthy, apps, edge, problems } = JSON.parse(out) as StackStatus;
    assert.deepStrictEqual(
      [code, stack, healthy, apps[0]?.certificate?.cause, edge?.issuers, problems],
      [
        1,
        "prod",
        false,
        "refused",
        [{ name: "letsencrypt", ok: true }],
        ["shop: certificate: not issued: no luck", "edge: ingress: no address yet"],
      ],
    );
    assert.ok(!out.includes("s3cret"));
  });

  it("tells of backups, and of restore tests with what they have said at their end", async () => {
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    const labelled = (part: string) => ({ labels: { "app.kubernetes.io/component": part }, uid: part });
    const cronJob = (part: string, hours: number) => ({
      metadata: { ...labelled(part), annotations: { "flask-doks/max-age-hours": "36" } },
      spec: {
        jobTemplate: {
          spec: { template: { spec: { containers: [{ env: [{ name: "DB_HOST", value: "db.test" }] }] } } },
        },
      },
      status: { lastSuccessfulTime: hoursAgo(hours) },
    });
    const job = (part: string, type: string, hours: number) => ({
      metadata: { name: part, ownerReferences: [{ uid: part }] },
      spec: { selector: { matchLabels: { job: part } } },
      status: {
        conditions: [{ type, status: "True", lastTransitionTime: hoursAgo(hours) }],
        ...(type === "Complete" ? { completionTime: hoursAgo(hours) } : {}),
      },
    });
    const said = (part: string, word: { ok: boolean; [key: string]: unknown }) => ({
      metadata: { name: `${part}-x`, labels: { job: part } },
      status: {
        phase: word.ok ? "Succeeded" : "Failed",
        containerStatuses: [
          { name: "backup", state: { terminated: { exitCode: word.ok ? 0 : 1, message: JSON.stringify(word) } } },
        ],
      },
    });
    const { code, out } = await run(["prod", "--resolve", "shop.test=127.0.0.1"], {
      ...HEALTHY,
      "/apis/batch/v1/namespaces/shop/cronjobs": [cronJob("backup", 9), cronJob("restore-test", 75)],
      "/apis/batch/v1/namespaces/shop/jobs": [job("backup", "Complete", 8), job("restore-test", "Failed", 1)],
      "/api/v1/namespaces/shop/pods": [
        said("backup", { ok: true, bytes: 1_468_006 }),
        said("restore-test", { ok: false, reason: "corrupt", message: "It is damaged." }),
      ],
    });
    assert.deepStrictEqual([code, out.split("\n")[0]], [1, "prod — 1 problem"]);
    // How wide its names are depends on the server's port.
    const lines = out.split("\n").map((line) => line.trim().replace(/ {2,}/, "  "));
    assert.deepStrictEqual(lines.slice(-5), [
      "– database  managed MySQL at db.test, not asked",
      "✓ backups  last success 8 hours ago, 1.4 MiB",
      "✗ restore test  the last run failed: It is damaged",
      "last success 3 days ago",
      "",
    ]);
  });

  it("tells of an app of which nothing runs", async () => {
    const { code, out } = await run(["prod", "--resolve", "shop.test=127.0.0.1"], {});
    assert.deepStrictEqual(code, 1);
    assert.match(out, /✗ pods +nothing of it runs in the namespace shop\n/);
  });

  const sentences: [string, string[], RegExp][] = [
    ["no stack", [], /^Name one stack: npm run status -- <stack>\n$/],
    ["two stacks", ["dev", "prod"], /^Name one stack/],
    ["an unknown option", ["prod", "--jason"], /^Unknown option '--jason'.*npm run status -- --help\n$/],
    [
      "a wrong address",
      ["prod", "--resolve", "shop.test"],
      /^--resolve wants a host and an IP address, such as .*"shop\.test"/,
    ],
    ["a missing file", ["prod", "--ca", "/none"], /^--ca: there is no file \/none\.\n$/],
    ["a file without certificates", ["prod", "--ca", __filename], /^--ca: .* holds no certificate as PEM\.\n$/],
  ];
  for (const [what, args, sentence] of sentences) {
    it(`ends with 2 and a sentence for ${what}`, async () => {
      const { code, out, err } = await runWith(args, "http://127.0.0.1:1");
      assert.deepStrictEqual([code, out], [2, ""]);
      assert.match(err, sentence);
    });
  }

  it("ends with 2 when the cluster does not answer", async () => {
    const { code, out, err } = await runWith(["prod", "--json"], await deadUrl());
    assert.deepStrictEqual([code, out], [2, ""]);
    assert.match(err, /^The cluster of context ".*" does not answer at http:.*: nothing listens there\n$/);
  });

  it("ends with 2 when the stack's outputs cannot be read", async () => {
    const find = () => Promise.reject(new UserError("pulumi stack output: no stack named 'prod' found"));
    assert.deepStrictEqual(await statusCommand(["prod"], { env: {}, folder: "/", step, find }), {
      code: 2,
      out: "",
      err: "pulumi stack output: no stack named 'prod' found\n",
    });
  });

  it("has a page of help", async () => {
    const { code, out } = await runWith(["--help"], "http://127.0.0.1:1");
    assert.deepStrictEqual(code, 0);
    assert.match(out, /^npm run status -- <stack> \[options\]\n/);
  });
});
