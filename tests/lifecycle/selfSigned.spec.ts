import assert from "node:assert/strict";
import type { JsonObject } from "../../local/engine/stack";
import { eventually } from "../support/cluster";
import { edgeSoftware, type EdgeSoftware } from "../support/edgeSoftware";
import { askByName } from "../support/plainClient";
import { askSecurely } from "../support/secureClient";
import { cluster, node, stage } from "./stage";
import { NODE } from "./lanes";

const HOST = "blog.ada.test";
const URL_OF_BLOG = `https://${HOST}:30443/`;

describe("an Ingress on a cluster that exists", () => {
  let software: EdgeSoftware;

  before(async function () {
    this.timeout(25 * 60_000);
    software = await edgeSoftware(NODE);
  });
  after(() => {
    software.strike();
  });

  const run = (operation: "up" | "preview" | "destroy", tls: JsonObject = {}) =>
    stage().run(operation, {
      home: "behind-an-ingress",
      blog: { expose: "ingress", hosts: [HOST], nodePort: null },
      config: {
        ingress: { controller: "traefik" },
        tls,
        charts: { ...software.charts },
        images: { ...(stage().options.overrides["images"] as JsonObject), ...software.images },
      },
    });

  it("serves an app that names its host and nothing else by HTTPS, self-signed", async () => {
    const { error, urls, seconds } = await run("up");
    console.log(`      up took ${seconds.toFixed(1)} s`);
    assert.equal(error, undefined);
    assert.deepEqual(urls, { blog: `https://${HOST}:30443` });
    const issued = async () => {
      const { items } = await cluster().core.listNamespacedSecret({ namespace: "blog" });
      const encoded = items.find(({ metadata }) => metadata?.name === "blog-tls")?.data?.["tls.crt"];
      return encoded === undefined ? "" : Buffer.from(encoded, "base64").toString();
    };
    const authorities = await eventually("the certificate", 30, issued, (pem) => pem !== "");
    // Verified: the certificate signs itself, so that it is the authority as well.
    const ask = () =>
      askSecurely(URL_OF_BLOG, { address: node().address, authorities }).then(({ status }) => String(status), String);
    await eventually("the front page", 30, ask, (answer) => answer === "200");
  });

  it("tells no browser to insist on a certificate that it does not trust", async () => {
    const { headers } = await askSecurely(URL_OF_BLOG, { address: node().address });
    assert.equal(headers["strict-transport-security"], undefined);
  });

  it("previews as empty", async () => {
    const { error, changes } = await run("preview");
    assert.deepEqual([error, changes], [undefined, []]);
  });

  it("serves it in the clear with tls.issuer: none, and takes what issues certificates away", async () => {
    const { error, urls, changes } = await run("up", { issuer: "none" });
    assert.equal(error, undefined);
    assert.deepEqual(urls, { blog: `http://${HOST}:30080` });
    assert.ok(changes.some((change) => /^delete Release .*cert-manager$/.test(change)));
    const ask = () =>
      askByName(HOST, { address: node().address, port: 30080 }).then(({ status }) => String(status), String);
    await eventually("the front page", 30, ask, (answer) => answer === "200");
  });

  it("is destroyed to nothing", async () => {
    const { error } = await run("destroy");
    assert.equal(error, undefined);
    const left = (await cluster().namespaces()).filter((name) => /^(blog|cert-manager|ingress)$/.test(name));
    assert.deepEqual(left, []);
  });
});
