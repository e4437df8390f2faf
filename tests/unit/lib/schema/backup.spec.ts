import assert from "node:assert/strict";
import type { Config } from "../../../../config";
import { load, problemsOf } from "../../../support/configs";
import { app, stack } from "../../../support/stackFiles";

const KEY = "a-key-of-twenty-characters";
const PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const SPACES = { kind: "spaces", region: "fra1", bucket: "our-backups", encryptionKey: KEY };
const S3 = {
  kind: "s3",
  endpoint: "https://s3.example.com",
  bucket: "backups",
  accessKeyId: "the-id",
  secretAccessKey: "the-secret",
  encryptionKey: KEY,
};
const VOLUME = { kind: "volume", encryptionKey: KEY };

const withBackup = (backup: unknown) => stack({ backup, apps: [app({ database: "mysql" })] });

/** The backups of a stack, without their keys. */
async function loadBackup(backup: unknown): Promise<Partial<Config["backup"]>> {
  const loaded = (await load(withBackup(backup), ["backup"])).backup;
  return Object.fromEntries(Object.entries(loaded).filter(([name]) => !/^(encryption|secretAccess)Key$/.test(name)));
}

const DEFAULTS = {
  schedule: "17 2 * * *",
  restoreTest: "41 3 * * 0",
  keep: { hourly: 0, daily: 7, weekly: 4, monthly: 0 },
  maxAgeHours: 36,
  deadlineSeconds: 3600,
  memory: "512Mi",
};

describe("the keys of the backups", () => {
  it("are filled with defaults, wherever backups go", async () => {
    assert.deepStrictEqual(await loadBackup(SPACES), {
      kind: "spaces",
      region: "fra1",
      bucket: "our-backups",
      ...DEFAULTS,
    });
    assert.deepStrictEqual(await loadBackup(S3), {
      kind: "s3",
      endpoint: "https://s3.example.com",
      region: "us-east-1",
      bucket: "backups",
      accessKeyId: "the-id",
      ...DEFAULTS,
    });
    assert.deepStrictEqual(await loadBackup(VOLUME), { kind: "volume", storageGi: 20, ...DEFAULTS });
  });

  it("are nothing but the kind where there are no backups", async () => {
    assert.deepStrictEqual((await load(stack())).backup, { kind: "none" });
  });

  it("keep what the stack file says", async () => {
    const said = {
      schedule: "0 * * * *",
      restoreTest: "0 6 1 * *",
      keep: { hourly: 720, daily: 365, weekly: 520, monthly: 120 },
      maxAgeHours: 1,
      deadlineSeconds: 86400,
      memory: "2Gi",
    };
    assert.deepStrictEqual(await loadBackup({ ...VOLUME, ...said, storageGi: 16384, storageClass: "slow" }), {
      kind: "volume",
      storageGi: 16384,
      storageClass: "slow",
      ...said,
    });
    const s3 = { region: "eu-central-1", endpoint: "http://localhost:9000", bucket: "a.b", serverCa: PEM };
    assert.deepStrictEqual(await loadBackup({ ...S3, ...s3 }), {
      kind: "s3",
      accessKeyId: "the-id",
      ...s3,
      ...DEFAULTS,
    });
  });

  const refused: [string, unknown, string[]][] = [
    ["an unknown kind", { kind: "ftp" }, ['.kind: "ftp" is not one of none, spaces, s3, volume']],
    ["no kind", { bucket: "x" }, [".kind: is missing: one of none, spaces, s3, volume is needed"]],
    ["a bare word", "volume", [': "volume" is not a group of keys']],
    [
      "a key where there are no backups",
      { kind: "none", schedule: "0 1 * * *" },
      [".schedule: unknown key for this kind"],
    ],
    ["no encryption key", { kind: "volume" }, [".encryptionKey: is missing: a string is needed"]],
    ["an empty encryption key", { ...VOLUME, encryptionKey: "" }, [".encryptionKey: is empty"]],
    [
      "an encryption key that is a number, without telling it",
      { ...VOLUME, encryptionKey: 1234567890123456 },
      [".encryptionKey: the value is not a string"],
    ],
    ["a Space without its name", { ...SPACES, bucket: undefined }, [".bucket: is missing: a string is needed"]],
    ["a Space's name in capitals", { ...SPACES, bucket: "Backups" }, ['.bucket: "Backups" is not the name of a Space']],
    [
      "a Space's name with a dot",
      { ...SPACES, bucket: "our.backups" },
      ['.bucket: "our.backups" is not the name of a Space'],
    ],
    ["a Space's name that is too short", { ...SPACES, bucket: "ab" }, ['.bucket: "ab" is not the name of a Space']],
    [
      "a Space in a city",
      { ...SPACES, region: "frankfurt" },
      ['.region: "frankfurt" is not a region slug such as fra1'],
    ],
    [
      "a pair of keys for a Space, which has its own",
      { ...SPACES, accessKeyId: "x" },
      [".accessKeyId: unknown key for this kind"],
    ],
    [
      "an S3 server without address, bucket and keys",
      { kind: "s3", encryptionKey: KEY },
      [
        ".endpoint: is missing: a string is needed",
        ".bucket: is missing: a string is needed",
        ".accessKeyId: is missing: a string is needed",
        ".secretAccessKey: is missing: a string is needed",
      ],
    ],
    [
      "an address with the bucket in it",
      { ...S3, endpoint: "https://s3.example.com/backups" },
      ['.endpoint: "https://s3.example.com/backups" is not an address such as https://s3.eu-central-1.example.com'],
    ],
    [
      "an address without its protocol",
      { ...S3, endpoint: "s3.example.com" },
      ['.endpoint: "s3.example.com" is not an address such as https://s3.eu-central-1.example.com'],
    ],
    ["a bucket's name in capitals", { ...S3, bucket: "B" }, ['.bucket: "B" is not the name of a bucket']],
    ["no region of that server", { ...S3, region: "" }, [".region: is empty"]],
    [
      "an empty pair of keys",
      { ...S3, accessKeyId: "", secretAccessKey: "" },
      [".accessKeyId: is empty", ".secretAccessKey: is empty"],
    ],
    [
      "the path of a certificate",
      { ...S3, serverCa: "/etc/ca.crt" },
      ['.serverCa: "/etc/ca.crt" is not a certificate in PEM'],
    ],
    ["a volume of no size", { ...VOLUME, storageGi: 0 }, [".storageGi: 0 is below 1"]],
    ["a volume larger than any", { ...VOLUME, storageGi: 16385 }, [".storageGi: 16385 is above 16384"]],
    ["a StorageClass without a name", { ...VOLUME, storageClass: "" }, [".storageClass: is empty"]],
    [
      "schedules in words",
      { ...VOLUME, schedule: "@daily", restoreTest: "weekly" },
      [
        '.schedule: "@daily" is not a schedule of five fields such as 17 2 * * *',
        '.restoreTest: "weekly" is not a schedule of five fields such as 17 2 * * *',
      ],
    ],
    [
      "fewer backups than none, and more than fit",
      { ...VOLUME, keep: { hourly: -1, daily: 366, weekly: 521, monthly: 121, yearly: 1 } },
      [
        ".keep.hourly: -1 is below 0",
        ".keep.daily: 366 is above 365",
        ".keep.weekly: 521 is above 520",
        ".keep.monthly: 121 is above 120",
        ".keep.yearly: unknown key; did you mean hourly?",
      ],
    ],
    ["no age", { ...VOLUME, maxAgeHours: 0 }, [".maxAgeHours: 0 is below 1"]],
    ["an age of more than a year", { ...VOLUME, maxAgeHours: 8785 }, [".maxAgeHours: 8785 is above 8784"]],
    ["no time for one", { ...VOLUME, deadlineSeconds: 59 }, [".deadlineSeconds: 59 is below 60"]],
    ["more than a day for one", { ...VOLUME, deadlineSeconds: 86401 }, [".deadlineSeconds: 86401 is above 86400"]],
    [
      "memory without its unit",
      { ...VOLUME, memory: "512" },
      ['.memory: "512" is not a memory quantity in Ki, Mi or Gi, such as 256Mi'],
    ],
  ];
  for (const [title, backup, lines] of refused) {
    it(`refuse ${title}`, async () => {
      assert.deepStrictEqual(
        await problemsOf(withBackup(backup), ["backup"]),
        lines.map((line) => `backup${line}`),
      );
    });
  }
});
