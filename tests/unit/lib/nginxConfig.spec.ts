import assert from "node:assert/strict";
import { nginxConfig, type NginxPlace } from "../../../lib/nginxConfig";

const PLACE: NginxPlace = {
  port: 8000,
  serverPort: 8080,
  protocol: "http",
  behindIngress: true,
  files: true,
  bodyMb: 20,
  timeoutSeconds: 30,
};

/** The directives in order, without comments and layout. */
const directives = (changes: Partial<NginxPlace> = {}): string[] =>
  nginxConfig({ ...PLACE, ...changes })
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));

const starting = (word: string, changes: Partial<NginxPlace> = {}) =>
  directives(changes).filter((line) => line.startsWith(`${word} `));

describe("NGINX's settings", () => {
  it("listen where requests come to, and lead on to the server on 127.0.0.1", () => {
    assert.deepStrictEqual(starting("listen"), ["listen 8000 default_server;"]);
    assert.deepStrictEqual(starting("proxy_pass"), ["proxy_pass http://127.0.0.1:8080;"]);
    assert.deepStrictEqual(starting("uwsgi_pass", { protocol: "uwsgi" }), ["uwsgi_pass 127.0.0.1:8080;"]);
  });

  it("write to /tmp alone", () => {
    const paths = directives().filter((line) => /^(pid|\w+_temp_path) /.test(line));
    assert.deepStrictEqual(paths, [
      "pid /tmp/nginx.pid;",
      "client_body_temp_path /tmp/client-body;",
      "proxy_temp_path /tmp/proxy;",
      "uwsgi_temp_path /tmp/uwsgi;",
      "fastcgi_temp_path /tmp/fastcgi;",
      "scgi_temp_path /tmp/scgi;",
    ]);
  });

  it("believe what is said of the client behind an Ingress, which alone reaches them", () => {
    assert.deepStrictEqual(starting("real_ip_header"), ["real_ip_header X-Forwarded-For;"]);
    assert.ok(directives().includes("map $http_x_forwarded_proto $client_scheme {"));
  });

  it("believe nobody else", () => {
    const lines = directives({ behindIngress: false }).join("\n");
    assert.doesNotMatch(lines, /set_real_ip_from|real_ip_header|\$http_x_forwarded/);
    assert.ok(lines.includes("map $scheme $client_scheme {"));
  });

  for (const protocol of ["http", "uwsgi"] as const) {
    it(`tell the server what they know themselves, in place of what the client claims, by ${protocol}`, () => {
      const told = (header: string) =>
        protocol === "http"
          ? starting(`proxy_set_header ${header}`, { protocol })
          : starting(`uwsgi_param HTTP_${header.toUpperCase().replaceAll("-", "_")}`, { protocol });
      const values = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Request-ID"].map((header) =>
        told(header).map((line) => line.split(" ").at(-1)),
      );
      assert.deepStrictEqual(values, [["$remote_addr;"], ["$client_scheme;"], ["$http_host;"], ["$named_request;"]]);
    });
  }

  it("serve files first, and give the rest to the app", () => {
    assert.deepStrictEqual(starting("root"), ["root /srv/www;"]);
    assert.deepStrictEqual(starting("try_files"), ["try_files $uri $uri/index.html @app;"]);
    assert.deepStrictEqual(starting("location", { files: false }), ["location / {"]);
    assert.deepStrictEqual(starting("root", { files: false }), []);
  });

  it("hold bodies to the size that config says, and wait a little longer than the server", () => {
    assert.deepStrictEqual(starting("client_max_body_size"), ["client_max_body_size 20m;"]);
    assert.deepStrictEqual(starting("proxy_read_timeout"), ["proxy_read_timeout 35s;"]);
    assert.deepStrictEqual(starting("uwsgi_read_timeout", { protocol: "uwsgi" }), ["uwsgi_read_timeout 35s;"]);
  });

  it("write down every request but the kubelet's, without its query", () => {
    const lines = directives();
    assert.ok(lines.includes("access_log /dev/stdout requests if=$logged;"));
    assert.ok(lines.includes("~^kube-probe/ 0;"));
    const format = lines.slice(lines.findIndex((line) => line.startsWith("log_format"))).slice(0, 3);
    assert.doesNotMatch(format.join(""), /\$(args|query_string|request_uri|request)\b/);
  });

  it("open and close every brace", () => {
    for (const changes of [{}, { files: false }, { behindIngress: false }, { protocol: "uwsgi" }] as const) {
      const text = nginxConfig({ ...PLACE, ...changes });
      assert.deepStrictEqual(text.split("{").length, text.split("}").length);
      assert.doesNotMatch(text, /undefined/);
    }
  });
});
