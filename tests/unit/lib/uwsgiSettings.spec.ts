import assert from "node:assert/strict";
import { uwsgiSettings } from "../../../lib/uwsgiSettings";

const PLACE = { port: 8080, behindNginx: true, timeoutSeconds: 45 };

const settingsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split("\n")
      .filter((line) => /^[a-z0-9-]+ = /.test(line))
      .map((line) => [line.slice(0, line.indexOf(" = ")), line.slice(line.indexOf(" = ") + 3)]),
  );

describe("uWSGI's settings", () => {
  it("speak uWSGI's protocol on 127.0.0.1 behind NGINX, and HTTP everywhere without it", () => {
    const { socket, "http-socket": http } = settingsOf(uwsgiSettings(PLACE));
    assert.deepStrictEqual([socket, http], ["127.0.0.1:8080", undefined]);
    const alone = settingsOf(uwsgiSettings({ ...PLACE, behindNginx: false }));
    assert.deepStrictEqual([alone["socket"], alone["http-socket"]], [undefined, "0.0.0.0:8080"]);
  });

  it("finish what is in flight on SIGTERM, in less than the pod's grace period (K9)", () => {
    const settings = settingsOf(uwsgiSettings(PLACE));
    assert.deepStrictEqual(
      [settings["hook-master-start"], settings["exit-on-reload"]],
      ["unix_signal:15 grace_them_all", "true"],
    );
    assert.ok(Number(settings["worker-reload-mercy"]) < 45 - 11);
  });

  it("take processes and threads from the environment, and a request's time from the config", () => {
    const { processes, threads, harakiri } = settingsOf(uwsgiSettings(PLACE));
    assert.deepStrictEqual([processes, threads, harakiri], ["$(WEB_CONCURRENCY)", "$(WEB_THREADS)", "45"]);
  });

  it("refuse a mistyped option, and to run without an app", () => {
    const { strict, "need-app": needApp } = settingsOf(uwsgiSettings(PLACE));
    assert.deepStrictEqual([strict, needApp], ["true", "true"]);
  });

  it("write no query down, in which a secret may stand", () => {
    const { "log-format": format = "", "disable-logging": quiet } = settingsOf(uwsgiSettings(PLACE));
    assert.ok(format.includes("%(var.PATH_INFO)"));
    assert.doesNotMatch(format, /%\((uri|var\.(QUERY_STRING|REQUEST_URI))\)/);
    assert.deepStrictEqual(quiet, "true");
  });
});
