import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { BackupStore, type BackupStoreArgs } from "../../../../components/data/backupStore";
import { S3 } from "../../../support/databases";
import { byName, expected, heirs } from "../../../support/heirs";
import { deploy, type DeployOptions } from "../../../support/mocks";

const SPACES: BackupStoreArgs = { kind: "spaces", region: "fra1", bucket: "our-backups" };

const create = (args: BackupStoreArgs, options: DeployOptions = {}) =>
  deploy(() => {
    const { url, region, accessKeyId, secretAccessKey, serverCa } = new BackupStore("env", args);
    return { url, region, accessKeyId, secretAccessKey, serverCa };
  }, options);

describe("BackupStore", () => {
  it("makes nothing at an S3 server that is there", async () => {
    const { list, outputs, secretOutputs } = await create(S3);
    assert.deepStrictEqual(list, ["flask-doks:data:BackupStore env"]);
    assert.deepStrictEqual(outputs, {
      url: "https://s3.example.com:9000/backups",
      region: "eu-central-1",
      accessKeyId: "the-access-key",
      secretAccessKey: "the-secret-access-key",
      serverCa: S3.serverCa,
    });
    assert.deepStrictEqual(secretOutputs, ["secretAccessKey"]);
  });

  it("makes itself a key that opens the one Space, for backups to be read and written", async () => {
    const { list, get } = await create(SPACES);
    assert.deepStrictEqual(list, ["digitalocean:index/spacesKey:SpacesKey env-key", "flask-doks:data:BackupStore env"]);
    assert.deepStrictEqual(get("env-key").inputs, {
      name: "env-backups",
      grants: [{ bucket: "our-backups", permission: "readwrite" }],
    });
  });

  it("tells where the Space is, the key's secret half as a secret", async () => {
    const { outputs, secretOutputs } = await create(SPACES);
    assert.deepStrictEqual(outputs, {
      url: "https://fra1.digitaloceanspaces.com/our-backups",
      region: "fra1",
      accessKeyId: "env-key-access",
      secretAccessKey: "env-key-spaces-secret",
      serverCa: undefined,
    });
    assert.deepStrictEqual(secretOutputs, ["secretAccessKey"]);
  });

  it("does not know the key before it is made, and keeps that a secret all the same", async () => {
    const { outputs, secretOutputs } = await create(SPACES, { mode: "preview" });
    assert.deepStrictEqual([outputs["accessKeyId"], outputs["secretAccessKey"]], [undefined, undefined]);
    assert.deepStrictEqual(secretOutputs, ["secretAccessKey"]);
  });

  it("keeps no secret among its own inputs and outputs", async () => {
    const { get } = await create({ ...S3, secretAccessKey: pulumi.secret("the-secret-access-key") });
    assert.deepStrictEqual(get("env").inputs, {});
  });

  it("hands parent, protect and provider down (P2)", async () => {
    assert.deepStrictEqual(
      byName(await heirs((opts) => new BackupStore("env", SPACES, opts))),
      byName(expected("env caller none", "env-key env cloud")),
    );
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [new BackupStore("one", SPACES), new BackupStore("two", SPACES)]);
    assert.deepStrictEqual([list.length, new Set(list).size], [4, 4]);
  });
});
