import assert from "node:assert/strict";
import { labels } from "../../../lib/labels";
import { migrationPod } from "../../../lib/webPod";
import { restrictedViolations } from "../../support/pods";
import { behindNginx, containerOf, GRACEFUL_SECONDS, POD, specOf, web } from "../../support/webPods";

const migration = () => migrationPod({ ...POD, command: ["flask", "db", "upgrade"] });

const TEMPLATES = { web: () => web(), "web (behind NGINX)": behindNginx, migration };

describe("the web pod", () => {
  it("carries the labels that its Service, budget and policies go by", () => {
    assert.deepStrictEqual(web().metadata, { labels: labels("blog", "web") });
  });

  it("listens where it is told, and is told where", () => {
    const { ports, env } = containerOf(web());
    assert.deepStrictEqual(ports, [{ name: "http", containerPort: 8080, protocol: "TCP" }]);
    assert.deepStrictEqual(env, [{ name: "PORT", value: "8080" }]);
  });

  it("has a minute to start, and is asked for life and readiness apart", () => {
    const { startupProbe, readinessProbe, livenessProbe } = containerOf(web());
    const get = (path: string) => ({ httpGet: { path, port: "http" }, timeoutSeconds: 5 });
    assert.deepStrictEqual(startupProbe, { ...get("/livez"), periodSeconds: 1, failureThreshold: 60 });
    assert.deepStrictEqual(readinessProbe, { ...get("/ready"), periodSeconds: 3, failureThreshold: 2 });
    assert.deepStrictEqual(livenessProbe, { ...get("/livez"), periodSeconds: 10, failureThreshold: 6 });
  });

  it("goes on serving for a moment before it is told to end (K9)", () => {
    assert.deepStrictEqual(containerOf(web()).lifecycle, { preStop: { sleep: { seconds: 8 } } });
  });

  it("is not killed before the drain and the requests in flight are over (K9)", () => {
    const drain = containerOf(web()).lifecycle?.preStop?.sleep?.seconds ?? 0;
    const grace = specOf(web()).terminationGracePeriodSeconds ?? 0;
    assert.ok(drain > 0);
    assert.ok(drain + GRACEFUL_SECONDS < grace);
  });

  it("fails its readiness probes within the drain, so that no request is sent to it any more (K9)", () => {
    const probe = containerOf(web()).readinessProbe as { periodSeconds: number; failureThreshold: number };
    const drain = containerOf(web()).lifecycle?.preStop?.sleep?.seconds ?? 0;
    assert.ok(probe.periodSeconds * probe.failureThreshold < drain);
  });

  it("is spread over the nodes where there are several, and runs on one where there is one", () => {
    assert.deepStrictEqual(specOf(web()).topologySpreadConstraints, [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: {
          matchLabels: { "app.kubernetes.io/name": "blog", "app.kubernetes.io/component": "web" },
        },
      },
    ]);
  });
});

describe("the migration pod", () => {
  it("carries labels of its own, so that no request is sent to it", () => {
    assert.deepStrictEqual(migration().metadata, { labels: labels("blog", "migration") });
  });

  it("runs its command once: the Job tries again, not the pod", () => {
    assert.deepStrictEqual(containerOf(migration()).command, ["flask", "db", "upgrade"]);
    assert.deepStrictEqual(specOf(migration()).restartPolicy, "Never");
  });

  it("is not probed and listens nowhere", () => {
    const { ports, startupProbe, readinessProbe, livenessProbe } = containerOf(migration());
    assert.deepStrictEqual([ports, startupProbe, readinessProbe, livenessProbe], Array(4).fill(undefined));
  });
});

for (const [name, template] of Object.entries(TEMPLATES)) {
  describe(`the ${name} pod's surroundings`, () => {
    it("are admitted by Pod Security restricted", () => {
      assert.deepStrictEqual(restrictedViolations(specOf(template())), []);
    });

    it("are a user of its own, its account without a token, and no variables of other Services", () => {
      const { securityContext, serviceAccountName, automountServiceAccountToken, enableServiceLinks } =
        specOf(template());
      assert.deepStrictEqual(
        { securityContext, serviceAccountName, automountServiceAccountToken, enableServiceLinks },
        {
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 10001,
            runAsGroup: 10001,
            fsGroup: 10001,
            fsGroupChangePolicy: "OnRootMismatch",
            seccompProfile: { type: "RuntimeDefault" },
          },
          serviceAccountName: "blog",
          automountServiceAccountToken: false,
          enableServiceLinks: false,
        },
      );
    });

    it("take the environment from the ConfigMap and the Secret of the release (K10)", () => {
      assert.deepStrictEqual(containerOf(template()).envFrom, [
        { configMapRef: { name: "blog-config-1" } },
        { secretRef: { name: "blog-secrets-1" } },
      ]);
    });

    it("let it write to a small /tmp and nowhere else", () => {
      const { securityContext, volumeMounts } = containerOf(template());
      assert.deepStrictEqual(securityContext, {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
        privileged: false,
      });
      assert.deepStrictEqual(
        (volumeMounts as { mountPath: string; readOnly?: boolean }[])
          .filter(({ readOnly }) => readOnly !== true)
          .map(({ mountPath }) => mountPath),
        ["/tmp"],
      );
      assert.deepStrictEqual(specOf(template()).volumes?.[0], { name: "tmp", emptyDir: { sizeLimit: "256Mi" } });
    });

    it("hold it to its memory and its disk, and not its CPU", () => {
      assert.deepStrictEqual(containerOf(template()).resources, {
        requests: { cpu: "100m", memory: "256Mi", "ephemeral-storage": "64Mi" },
        limits: { memory: "384Mi", "ephemeral-storage": "512Mi" },
      });
    });

    it("run the image that they are given, from the node if it is there", () => {
      const { image, imagePullPolicy, name: container } = containerOf(template());
      assert.deepStrictEqual([container, image, imagePullPolicy], ["blog", "ghcr.io/team/blog:1", "IfNotPresent"]);
    });
  });
}
