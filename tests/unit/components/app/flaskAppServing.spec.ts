import assert from "node:assert/strict";
import type { FlaskAppArgs } from "../../../../components/app/flaskApp";
import { EDGE } from "../../../support/edges";
import { ARGS, create, FULL, NGINX, SERVER } from "../../../support/flaskApps";
import type { Deployed } from "../../../support/mocks";

const INGRESS = { kind: "ingress", edge: EDGE } as const;

const specOf = ({ get }: Deployed, name: string) => get(name).inputs["spec"] as Record<string, unknown>;
const dataOf = ({ get }: Deployed) => get("blog-config").inputs["data"] as Record<string, string>;

describe("a FlaskApp that the program serves", () => {
  it("is told to trust NGINX in its pod, which knows whom it stands behind", async () => {
    const { TRUSTED_PROXIES } = dataOf(await create({ ...ARGS, serving: { server: undefined, nginx: NGINX } }));
    assert.deepStrictEqual(TRUSTED_PROXIES, "1");
  });

  it("serves with settings that its pods keep until they go, whatever the next release has (K10)", async () => {
    const { get } = await create({ ...ARGS, serving: { server: SERVER, nginx: NGINX } });
    const { data, immutable, metadata } = get("blog-serving").inputs as {
      data: Record<string, string>;
      immutable: boolean;
      metadata: { name?: string };
    };
    assert.deepStrictEqual(Object.keys(data).sort(), ["flask_doks_app.py", "nginx.conf", "uwsgi.ini"]);
    assert.deepStrictEqual([immutable, metadata.name], [true, undefined]);
    const { template } = specOf(
      await create({ ...ARGS, serving: { server: SERVER, nginx: NGINX } }),
      "blog-deployment",
    ) as {
      template: { spec: { volumes: { name: string; configMap?: { name: string } }[] } };
    };
    assert.match(template.spec.volumes.find(({ name }) => name === "serving")?.configMap?.name ?? "", /^blog-serving-/);
  });

  const believers: [string, FlaskAppArgs["exposure"], boolean][] = [
    ["behind an Ingress", { ...INGRESS, hosts: ["a.example.com"], https: true }, true],
    ["at a node port", ARGS.exposure, false],
    ["at a load balancer", FULL.exposure, false],
  ];
  for (const [title, exposure, believed] of believers) {
    it(`has NGINX ${believed ? "believe" : "not believe"} what is said of the client ${title}`, async () => {
      const { get } = await create({ ...ARGS, exposure, serving: { server: SERVER, nginx: NGINX } });
      const { "nginx.conf": config = "" } = get("blog-serving").inputs["data"] as Record<string, string>;
      assert.deepStrictEqual(config.includes("real_ip_header"), believed);
    });
  }
});
