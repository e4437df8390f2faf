import assert from "node:assert/strict";
import { parse } from "yaml";
import { CLUSTERS, clusterRequest, eachWithAccount } from "./account";

describe("the tokens of emulated clusters", () => {
  const account = eachWithAccount();
  const minted = () => account.get().emulator.minted;

  it("are in the kubeconfig, a new one for each request, good for a week (D1)", async () => {
    const { backend, emulator } = account.get();
    const one = `${CLUSTERS}/${await account.get().cluster()}`;
    const texts = [
      (await account.get().call("GET", `${one}/kubeconfig`)).text,
      (await account.get().call("GET", `${one}/kubeconfig`)).text,
    ];
    const configs = texts.map((text) => parse(text) as { users: [{ user: { token: string } }]; clusters: unknown });
    const tokens = configs.map(({ users }) => users[0].user.token);
    assert.equal(new Set(tokens).size, 2);
    assert.deepEqual([...backend.tokens], tokens);
    assert.deepEqual(configs[0]?.clusters, [
      {
        name: "do-fra1-shop",
        cluster: {
          server: "https://10.99.4.2:6443",
          "certificate-authority-data": Buffer.from("a CA").toString("base64"),
        },
      },
    ]);
    assert.equal(minted().kubeconfig, 2);
    await emulator.clock.advance({ days: 6, hours: 23 });
    assert.equal(backend.tokens.size, 2);
    await emulator.clock.advance({ hours: 2 });
    assert.equal(backend.tokens.size, 0);
    assert.deepEqual(emulator.inventory.clusterToken, []);
  });

  it("last as long as was asked for, or a week (D1)", async () => {
    const { backend, emulator } = account.get();
    const one = `${CLUSTERS}/${await account.get().cluster()}`;
    const hour = await account.get().do("GET", `${one}/credentials?expiry_seconds=3600`);
    const week = await account.get().do("GET", `${one}/credentials?expiry_seconds=0`);
    assert.equal(hour.server, "https://10.99.4.2:6443");
    assert.equal(Buffer.from(hour.certificate_authority_data, "base64").toString(), "a CA");
    const lastsMs = ({ expires_at }: { expires_at: string }) => Date.parse(expires_at) - emulator.clock.now();
    assert.ok(Math.abs(lastsMs(hour) - 3_600_000) < 5000);
    assert.ok(Math.abs(lastsMs(week) - 7 * 86_400_000) < 5000);
    assert.equal(minted().credentials, 2);
    await emulator.clock.advance({ minutes: 61 });
    assert.deepEqual([...backend.tokens], [week.token]);
    assert.deepEqual(
      emulator.inventory.clusterToken.map(({ name }) => name),
      ["shop"],
    );
  });

  it("end with their cluster, and are not given before it is there", async () => {
    const { backend, emulator } = account.get();
    backend.hold = new Promise(() => undefined);
    const { kubernetes_cluster: made } = await account.get().do("POST", CLUSTERS, clusterRequest());
    const early = `${CLUSTERS}/${made.id}/kubeconfig`;
    assert.deepEqual(await account.get().refusal("GET", early), [412, "cluster is not ready to be accessed"]);
    backend.hold = Promise.resolve();
    const { kubernetes_cluster: second } = await account.get().do("POST", CLUSTERS, { ...clusterRequest(), name: "b" });
    await new Promise((resolve) => setImmediate(resolve));
    await account.get().do("GET", `${CLUSTERS}/${second.id}/kubeconfig`);
    assert.equal(emulator.inventory.clusterToken.length, 1);
    await account.get().do("DELETE", `${CLUSTERS}/${second.id}`);
    assert.equal(emulator.inventory.clusterToken.length, 0);
  });
});
