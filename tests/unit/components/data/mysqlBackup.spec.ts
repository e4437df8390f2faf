import assert from "node:assert/strict";
import { labels } from "../../../../lib/labels";
import { backupStorePolicy } from "../../../../lib/networkPolicies";
import { createBackup, cronJob, makeBackup, type Place, ROLES, SPACES, VOLUME } from "../../../support/backups";
import { clusterlint } from "../../../support/clusterlint";
import { ENCRYPTION_KEY, S3, shownSecrets } from "../../../support/databases";
import { byName, expected, heirs } from "../../../support/heirs";
import { manifests } from "../../../support/manifests";
import { deploy, type Deployed } from "../../../support/mocks";

const own = ({ list }: Deployed) => list.filter((line) => / backup(-(?!env)|$)/.test(line));
const CREDENTIALS = "[default]\naws_access_key_id=the-access-key\naws_secret_access_key=the-secret-access-key\n";

const WITHOUT_STORE = [
  "flask-doks:data:MysqlBackup backup",
  "kubernetes:batch/v1:CronJob backup-backup",
  "kubernetes:batch/v1:CronJob backup-restore-test",
];

const findings = async (place: Place) => clusterlint(manifests(await createBackup(place))).sort();

describe("MysqlBackup", () => {
  const places: [string, Place, string[]][] = [
    ["to an S3 server", S3, ["kubernetes:networking.k8s.io/v1:NetworkPolicy backup-allow-store"]],
    ["to a Space", SPACES, ["kubernetes:networking.k8s.io/v1:NetworkPolicy backup-allow-store"]],
    ["to a volume", VOLUME, ["kubernetes:core/v1:PersistentVolumeClaim backup-volume"]],
  ];
  for (const [where, place, more] of places) {
    it(`creates both CronJobs and their keys, and what is needed ${where}`, async () => {
      assert.deepStrictEqual(
        own(await createBackup(place)),
        [...WITHOUT_STORE, "kubernetes:core/v1:Secret backup-store", ...more].sort(),
      );
    });

    for (const mode of ["update", "preview"] as const) {
      it(`shows no secret in what is not one, ${where}, as ${mode} (P3)`, async () => {
        const { resources, get } = await createBackup(place, {}, { mode });
        assert.deepStrictEqual(shownSecrets(resources), []);
        // A key that is yet to be made is not known, and the Secret that is to hold it with it.
        const known = "stringData" in get("backup-store").inputs;
        assert.deepStrictEqual(known, mode === "update" || place !== SPACES);
        assert.deepStrictEqual(get("backup-store").secrets, known ? ["stringData"] : []);
      });
    }
  }

  const keys: [string, Place, Record<string, string>][] = [
    ["an S3 server's", S3, { "encryption-key": ENCRYPTION_KEY, credentials: CREDENTIALS, "ca.crt": S3.serverCa ?? "" }],
    [
      "a server's that everybody trusts",
      { ...S3, serverCa: undefined },
      { "encryption-key": ENCRYPTION_KEY, credentials: CREDENTIALS },
    ],
    [
      "a Space's",
      SPACES,
      {
        "encryption-key": ENCRYPTION_KEY,
        credentials:
          "[default]\naws_access_key_id=backup-env-key-access\naws_secret_access_key=backup-env-key-spaces-secret\n",
      },
    ],
    ["none but the encryption's for a volume", VOLUME, { "encryption-key": ENCRYPTION_KEY }],
  ];
  for (const [title, place, data] of keys) {
    it(`holds the keys in a Secret that never changes, ${title} (K10)`, async () => {
      const { get } = await createBackup(place);
      assert.deepStrictEqual(get("backup-store").inputs, {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { namespace: "my-blog", labels: labels("my-blog", "backup") },
        immutable: true,
        type: "Opaque",
        stringData: data,
      });
    });
  }

  it("makes a Secret of an encryption key that is given in clear", async () => {
    const { get } = await createBackup(VOLUME, { encryptionKey: ENCRYPTION_KEY });
    assert.deepStrictEqual(get("backup-store").secrets, ["stringData"]);
  });

  for (const role of ROLES) {
    it(`runs the ${role} by the clock, one at a time, to an end, and keeps a few to look at (D13)`, async () => {
      const { metadata, spec } = cronJob(await createBackup(), role);
      const { jobTemplate, ...rest } = spec;
      assert.deepStrictEqual(metadata, {
        name: `mysql-${role}`,
        namespace: "my-blog",
        labels: labels("my-blog", role),
        ...(role === "backup" ? { annotations: { "flask-doks/max-age-hours": "36" } } : {}),
      });
      assert.deepStrictEqual(rest, {
        schedule: role === "backup" ? "17 2 * * *" : "41 3 * * 0",
        timeZone: "Etc/UTC",
        concurrencyPolicy: "Forbid",
        startingDeadlineSeconds: 3600,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
      });
      assert.deepStrictEqual(jobTemplate.metadata, { labels: labels("my-blog", role) });
      const { backoffLimit, activeDeadlineSeconds } = jobTemplate.spec;
      assert.deepStrictEqual([backoffLimit, activeDeadlineSeconds], [1, 1800]);
    });
  }

  const ports: [string, number][] = [
    ["https://s3.example.com", 443],
    ["http://s3.example.com", 80],
    ["https://s3.example.com:9000", 9000],
  ];
  for (const [endpoint, port] of ports) {
    it(`lets what reads and writes backups out to ${endpoint} at its port, and nothing else`, async () => {
      const { inputs } = (await createBackup({ ...S3, endpoint })).get("backup-allow-store");
      assert.deepStrictEqual(inputs["spec"], backupStorePolicy("my-blog", port));
      assert.deepStrictEqual((inputs["metadata"] as { name: string }).name, "allow-backup-store");
    });
  }

  it("gives DigitalOcean's checks before an upgrade nothing to report of a store (D13)", async () => {
    assert.deepStrictEqual(await findings(SPACES), []);
  });

  it("is reported by them for its volume, which no StatefulSet owns, and for nothing else (D13)", async () => {
    assert.deepStrictEqual(await findings(VOLUME), [
      "CronJob mysql-backup: volume without a StatefulSet",
      "CronJob mysql-restore-test: volume without a StatefulSet",
    ]);
  });

  it("hands parent, protect and provider down (P2)", async () => {
    for (const [place, more] of [
      [S3, "backup-allow-store backup k8s"],
      [VOLUME, "backup-volume backup k8s"],
    ] as const) {
      const all = await heirs((opts) => makeBackup("backup", place, {}, opts));
      assert.deepStrictEqual(
        byName(all.filter(({ name }) => name !== "backup-env")),
        byName(
          expected(
            "backup caller none",
            "backup-store backup k8s",
            "backup-backup backup k8s",
            "backup-restore-test backup k8s",
            more,
          ),
        ),
      );
    }
  });

  it("can be there twice", async () => {
    const { list } = await deploy(() => [makeBackup("one", S3), makeBackup("two", VOLUME, { namespace: "shop" })]);
    assert.deepStrictEqual(new Set(list).size, list.length);
  });
});

describe("the volume of a MysqlBackup", () => {
  it("bears a name for good, so that a later stack finds its backups again (K7)", async () => {
    const { get } = await createBackup({ kind: "volume", storageGi: 40, storageClass: "slow" });
    assert.deepStrictEqual(get("backup-volume").inputs, {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: {
        name: "mysql-backups",
        namespace: "my-blog",
        labels: labels("my-blog", "backup"),
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "40Gi" } },
        storageClassName: "slow",
      },
    });
  });

  it("is of the cluster's default class where config names none", async () => {
    const { get } = await createBackup(VOLUME);
    assert.deepStrictEqual(get("backup-volume").inputs["spec"], {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "20Gi" } },
    });
  });

  for (const dataPolicy of ["retain", "delete"] as const) {
    it(`${dataPolicy === "retain" ? "outlives" : "goes with"} the stack, and nothing else does (K7)`, async () => {
      const { resources } = await createBackup(VOLUME, { dataPolicy });
      const kept = dataPolicy === "retain" ? ["backup-volume"] : [];
      const names = (wanted: (resource: (typeof resources)[number]) => boolean) =>
        resources.filter(wanted).map(({ name }) => name);
      assert.deepStrictEqual(
        [names(({ retainOnDelete }) => retainOnDelete), names(({ protect }) => protect)],
        [kept, kept],
      );
    });
  }
});
