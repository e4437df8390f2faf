import assert from "node:assert/strict";
import { proxySchema, serverSchema } from "../../../lib/schema/server";
import { servedVariables, servingFiles, servingOf, type Serving } from "../../../lib/serving";

const NGINX_IMAGE = "ghcr.io/team/nginx:1";
const PLACE = { port: 8000, behindIngress: false };

const app = (server: unknown = "gunicorn", proxy: unknown = "none", env: Record<string, string> = {}) => ({
  server: serverSchema.parse(server),
  proxy: proxySchema.parse(proxy),
  env,
});
const FOUND = { entryPoint: "shop:create_app()", static: { "/static": "/opt/app/static" } };
const OWN = { entryPoint: undefined, static: {} };

const serving = (server?: unknown, proxy?: unknown, source: Parameters<typeof servingOf>[1] = FOUND): Serving =>
  servingOf(app(server, proxy), source, NGINX_IMAGE);

describe("how an app is served", () => {
  it("is its image's business where nothing says what to serve", () => {
    assert.deepStrictEqual(servingOf(app(), OWN, NGINX_IMAGE), { server: undefined, nginx: undefined });
  });

  it("is the program's where the entry point is known", () => {
    assert.deepStrictEqual(serving({ kind: "uwsgi", timeoutSeconds: 60 }), {
      server: { kind: "uwsgi", entryPoint: "shop:create_app()", timeoutSeconds: 60 },
      nginx: undefined,
    });
  });

  it("gives NGINX the files that were found, and those that config names", () => {
    const { nginx } = serving("gunicorn", { kind: "nginx", static: { "/media": "/opt/app/media" }, bodyMb: 4 });
    assert.deepStrictEqual(nginx, {
      image: NGINX_IMAGE,
      serverPort: 8080,
      static: { "/static": "/opt/app/static", "/media": "/opt/app/media" },
      bodyMb: 4,
      timeoutSeconds: 30,
    });
  });

  it("lets config name another folder for a path that was found", () => {
    const { nginx } = serving("gunicorn", { kind: "nginx", static: { "/static": "/opt/app/dist" } });
    assert.deepStrictEqual(nginx?.static, { "/static": "/opt/app/dist" });
  });
});

describe("the files with which an app is served", () => {
  const names = (...args: Parameters<typeof serving>) => Object.keys(servingFiles(serving(...args), PLACE));

  it("are those of its server and its proxy, and none where the image does it all", () => {
    assert.deepStrictEqual(servingFiles(servingOf(app(), OWN, NGINX_IMAGE), PLACE), {});
    assert.deepStrictEqual(names("gunicorn"), ["flask_doks_app.py", "gunicorn.conf.py"]);
    assert.deepStrictEqual(names("uwsgi"), ["flask_doks_app.py", "uwsgi.ini"]);
    assert.deepStrictEqual(names("gunicorn", "nginx"), ["flask_doks_app.py", "gunicorn.conf.py", "nginx.conf"]);
    assert.deepStrictEqual(names("uwsgi", "nginx"), ["flask_doks_app.py", "uwsgi.ini", "nginx.conf"]);
  });

  it("agree on where the server listens, and on how it is spoken to", () => {
    const files = servingFiles(serving("uwsgi", { kind: "nginx", serverPort: 9001 }), PLACE);
    assert.match(files["uwsgi.ini"] ?? "", /^socket = 127\.0\.0\.1:9001$/m);
    assert.match(files["nginx.conf"] ?? "", /^ +uwsgi_pass 127\.0\.0\.1:9001;$/m);
    const byHttp = servingFiles(serving("gunicorn", "nginx"), PLACE);
    assert.match(byHttp["nginx.conf"] ?? "", /^ +proxy_pass http:\/\/127\.0\.0\.1:8080;$/m);
    const alone = servingFiles(serving("uwsgi"), PLACE);
    assert.match(alone["uwsgi.ini"] ?? "", /^http-socket = 0\.0\.0\.0:8000$/m);
  });

  it("serve no files where there are none", () => {
    const { "nginx.conf": config = "" } = servingFiles(serving("gunicorn", "nginx", OWN), PLACE);
    assert.doesNotMatch(config, /try_files/);
  });
});

describe("the variables of an app", () => {
  it("say how many processes and threads a server of the program's has, and to flask which app is meant", () => {
    assert.deepStrictEqual(servedVariables(app(), serving()), {
      FLASK_APP: "shop:create_app()",
      WEB_CONCURRENCY: "2",
      WEB_THREADS: "4",
    });
  });

  it("leave the image's own command to itself", () => {
    assert.deepStrictEqual(servedVariables(app(), { server: undefined, nginx: undefined }), {});
  });

  it("are the config's own where it gives them, in env or with the server", () => {
    const own = { server: undefined, nginx: undefined };
    assert.deepStrictEqual(servedVariables(app({ kind: "uwsgi", processes: 4, threads: 2 }), own), {
      WEB_CONCURRENCY: "4",
      WEB_THREADS: "2",
    });
    assert.deepStrictEqual(servedVariables(app("gunicorn", "none", { WEB_THREADS: "8", A: "b" }), serving()), {
      FLASK_APP: "shop:create_app()",
      WEB_CONCURRENCY: "2",
      WEB_THREADS: "8",
      A: "b",
    });
  });
});
