import assert from "node:assert/strict";
import { labels } from "../../../../lib/labels";
import { restoreJob } from "../../../../scripts/data/restore";
import { patternEnv, taskJob } from "../../../../scripts/data/taskJob";
import { changed, pattern } from "./patterns";

describe("A Job after a CronJob's pattern", () => {
  const backup = pattern("backup");

  it("is what kubectl create job --from makes, tried once, with another kind of backup", () => {
    const { metadata, spec } = taskJob(backup, {
      prefix: "mysql-backup-manual",
      owned: true,
      env: { KIND: "manual" },
    });
    assert.match(metadata?.name ?? "", /^mysql-backup-manual-[a-z0-9]{5}$/);
    assert.deepStrictEqual(changed(metadata ?? {}, { name: "" }), {
      name: "",
      labels: labels("blog", "backup"),
      annotations: { "cronjob.kubernetes.io/instantiate": "manual" },
      ownerReferences: [
        { apiVersion: "batch/v1", kind: "CronJob", name: "mysql-backup", uid: "uid-of-backup", controller: true },
      ],
    });
    const [container] = backup.spec.jobTemplate.spec?.template.spec?.containers ?? [];
    assert.ok(container);
    const env = (container.env ?? []).map((each) => (each.name === "KIND" ? { name: "KIND", value: "manual" } : each));
    assert.deepStrictEqual(spec, {
      backoffLimit: 0,
      activeDeadlineSeconds: 3600,
      template: {
        metadata: { labels: labels("blog", "backup") },
        spec: { containers: [changed(container, { env })] },
      },
    });
  });

  it("goes with the CronJob when it restores, which does not count it as a backup", () => {
    const { metadata, spec } = restoreJob(backup, "ab12cd34", "blog");
    const role = labels("blog", "restore");
    assert.deepStrictEqual(
      [metadata?.labels, metadata?.annotations, metadata?.ownerReferences, spec?.template.metadata?.labels],
      [
        role,
        undefined,
        [{ apiVersion: "batch/v1", kind: "CronJob", name: backup.metadata?.name, uid: backup.metadata?.uid }],
        role,
      ],
    );
    assert.deepStrictEqual(
      [spec?.activeDeadlineSeconds, spec?.ttlSecondsAfterFinished, spec?.template.spec?.containers[0]?.command],
      [6 * 3600, 7 * 86_400, ["bash", "/opt/tasks/restore.sh", "ab12cd34", "blog"]],
    );
  });

  it("leaves the pattern as it is", () => {
    taskJob(backup, { prefix: "x", owned: false, role: "restore", env: { KIND: "safety" } });
    assert.deepStrictEqual(backup, pattern("backup"));
  });

  it("tells the pattern's variables", () => {
    assert.deepStrictEqual([patternEnv(backup, "DB_NAME"), patternEnv(backup, "NONE")], ["blog", ""]);
  });
});
