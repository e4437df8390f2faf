import assert from "node:assert/strict";
import type { Container } from "../../support/pods";
import { behindNginx, containerOf, GRACEFUL_SECONDS, NGINX, specOf, started, web } from "../../support/webPods";

const variablesOf = (template: { spec?: unknown }) =>
  Object.fromEntries(
    (containerOf(template).env as { name: string; value: string }[]).map(({ name, value }) => [name, value]),
  );

describe("a web pod whose server the program starts", () => {
  for (const [kind, command] of [
    ["gunicorn", ["gunicorn", "--config", "/etc/flask-doks/gunicorn.conf.py"]],
    ["uwsgi", ["uwsgi", "--ini", "/etc/flask-doks/uwsgi.ini"]],
  ] as const) {
    it(`runs ${kind} with the program's settings, whatever the image would run`, () => {
      const pod = web({ server: started(kind), nginx: undefined });
      assert.deepStrictEqual(containerOf(pod).command, command);
      assert.deepStrictEqual(containerOf(pod).volumeMounts, [
        { name: "tmp", mountPath: "/tmp" },
        { name: "serving", mountPath: "/etc/flask-doks", readOnly: true },
      ]);
      assert.deepStrictEqual(specOf(pod).volumes?.at(-1), {
        name: "serving",
        configMap: { name: "blog-serving-1" },
      });
    });
  }

  it("tells it which app to serve, where, for how long, and to write requests down", () => {
    assert.deepStrictEqual(variablesOf(web({ server: started("gunicorn"), nginx: undefined })), {
      PORT: "8080",
      FLASK_DOKS_ENTRY_POINT: "blog:create_app()",
      FLASK_DOKS_BIND: "0.0.0.0",
      FLASK_DOKS_REQUEST_SECONDS: "30",
      FLASK_DOKS_REQUEST_LOG: "-",
    });
  });

  it("has it listen on 127.0.0.1 behind NGINX, which writes requests down", () => {
    assert.deepStrictEqual(variablesOf(behindNginx()), {
      PORT: "8081",
      FLASK_DOKS_ENTRY_POINT: "blog:create_app()",
      FLASK_DOKS_BIND: "127.0.0.1",
      FLASK_DOKS_REQUEST_SECONDS: "30",
    });
  });
});

describe("a web pod with NGINX", () => {
  const nginxOf = (template: { spec?: unknown }) => {
    const found = specOf(template).containers.find(({ name }) => name === "nginx");
    assert.ok(found !== undefined);
    return found;
  };

  it("has it take the requests, and the app be reached from nowhere else", () => {
    assert.deepStrictEqual(nginxOf(behindNginx()).ports, [{ name: "http", containerPort: 8080, protocol: "TCP" }]);
    assert.deepStrictEqual(containerOf(behindNginx()).ports, undefined);
  });

  it("asks the app by way of NGINX, and restarts NGINX only when it is not there itself", () => {
    const asked = ({ startupProbe, readinessProbe, livenessProbe }: Container) =>
      [startupProbe, readinessProbe, livenessProbe].map((probe) => {
        const { httpGet, tcpSocket } = (probe ?? {}) as { httpGet?: unknown; tcpSocket?: unknown };
        return httpGet ?? tcpSocket;
      });
    assert.deepStrictEqual(asked(containerOf(behindNginx())), [
      { path: "/livez", port: 8080 },
      { path: "/ready", port: 8080 },
      { path: "/livez", port: 8080 },
    ]);
    assert.deepStrictEqual(asked(nginxOf(behindNginx())), [
      undefined,
      { path: "/ready", port: "http" },
      { port: "http" },
    ]);
  });

  it("keeps the server for longer than the NGINX before it, and both for less than the grace period (K9)", () => {
    const drainOf = ({ lifecycle }: Container) => lifecycle?.preStop?.sleep?.seconds ?? 0;
    const [nginx, server] = [drainOf(nginxOf(behindNginx())), drainOf(containerOf(behindNginx()))];
    assert.ok(nginx > 0);
    assert.ok(server > nginx);
    assert.ok(server + GRACEFUL_SECONDS < (specOf(behindNginx()).terminationGracePeriodSeconds ?? 0));
  });

  it("copies the files that it serves out of the image of the release", () => {
    const { initContainers, volumes } = specOf(behindNginx());
    const [copy] = initContainers ?? [];
    assert.deepStrictEqual([copy?.name, copy?.image], ["static-files", "ghcr.io/team/blog:1"]);
    assert.deepStrictEqual((copy?.command as string[]).slice(3), ["static-files", "/opt/app/blog/static", "/static"]);
    assert.deepStrictEqual(copy?.volumeMounts, [{ name: "static-files", mountPath: "/srv/www" }]);
    const mounted = { name: "static-files", mountPath: "/srv/www", readOnly: true };
    assert.deepStrictEqual((nginxOf(behindNginx()).volumeMounts as unknown[]).at(-1), mounted);
    assert.deepStrictEqual(
      volumes?.map(({ name }) => name),
      ["tmp", "serving", "nginx-tmp", "static-files"],
    );
  });

  it("copies nothing where there is nothing to serve", () => {
    const pod = web({ server: undefined, nginx: { ...NGINX, static: {} } });
    assert.deepStrictEqual(specOf(pod).initContainers, undefined);
    assert.deepStrictEqual(
      specOf(pod).volumes?.map(({ name }) => name),
      ["tmp", "serving", "nginx-tmp"],
    );
  });

  it("leaves the app the image's own command when nothing says what to serve", () => {
    const pod = web({ server: undefined, nginx: NGINX });
    assert.deepStrictEqual(containerOf(pod).command, undefined);
    assert.deepStrictEqual(variablesOf(pod), { PORT: "8081" });
  });

  it("has room on the disk for several of the largest bodies", () => {
    const roomFor = (bodyMb: number) => {
      const pod = web({ server: undefined, nginx: { ...NGINX, bodyMb } });
      const { limits } = nginxOf(pod).resources as { limits: Record<string, string> };
      const volume = specOf(pod).volumes?.find(({ name }) => name === "nginx-tmp") as {
        emptyDir: { sizeLimit: string };
      };
      assert.deepStrictEqual(limits["ephemeral-storage"], volume.emptyDir.sizeLimit);
      return volume.emptyDir.sizeLimit;
    };
    assert.deepStrictEqual([16, 500].map(roomFor), ["256Mi", "2000Mi"]);
  });
});
