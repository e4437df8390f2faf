import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { redisContainer } from "../../../lib/redisContainer";
import { ROOT } from "../../support/stackFiles";

const script = (name: string): string => readFileSync(join(ROOT, "pods", "redis", `${name}.sh`), "utf8");

/** A pod without a server: its folders, its passwords, and commands that only say how they were called. */
class EmptyPod {
  readonly folder = mkdtempSync(join(tmpdir(), "redis-pod-"));

  constructor(commands: Record<string, string>) {
    for (const path of ["bin", "data", "run/redis", "run/secrets/redis"])
      mkdirSync(this.path(path), { recursive: true });
    writeFileSync(this.path("run/secrets/redis/password"), "app-secret");
    writeFileSync(this.path("run/secrets/redis/replication-password"), "replication-secret");
    for (const [name, text] of Object.entries(commands)) {
      writeFileSync(this.path(`bin/${name}`), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    }
  }

  path(path: string): string {
    return join(this.folder, path);
  }

  /** Runs a script as the pod would, the pod's folders being in this one. */
  run(name: string, ...args: string[]): { status: number | null; stdout: string } {
    return this.runText(script(name), name, ...args);
  }

  runText(script: string, name: string, ...args: string[]): { status: number | null; stdout: string } {
    const text = script.replaceAll(/(?<![\w/!])\/(run|data)\b/g, `${this.folder}/$1`);
    const { status, stdout } = spawnSync("sh", ["-c", text, name, ...args], {
      encoding: "utf8",
      env: { PATH: `${this.path("bin")}:/usr/bin:/bin` },
    });
    return { status, stdout };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

let pod: EmptyPod | undefined;
const podWith = (commands: Record<string, string>): EmptyPod => (pod = new EmptyPod(commands));

afterEach(() => {
  pod?.remove();
  pod = undefined;
});

describe("The start of a Redis server", () => {
  const started = (...lines: string[]) => {
    const its = podWith({ "redis-server": 'echo "$@"; env' });
    const { status, stdout } = its.run("start", ...lines);
    const file = (name: string) => readFileSync(its.path(`run/redis/${name}`), "utf8").replaceAll(its.folder, "");
    return { its, status, stdout: stdout.replaceAll(its.folder, ""), file };
  };

  it("gives it the settings line by line, as they are, and where its users stand", () => {
    const { status, file } = started('save ""', "maxmemory 76mb", "client-output-buffer-limit replica 16mb 8mb 60");
    assert.deepStrictEqual(status, 0);
    assert.deepStrictEqual(file("redis.conf").split("\n"), [
      'save ""',
      "maxmemory 76mb",
      "client-output-buffer-limit replica 16mb 8mb 60",
      "aclfile /run/redis/users.acl",
      "masteruser replica",
      "masterauth replication-secret",
      "",
    ]);
  });

  it("lets the app do all but what is dangerous to others, and a replica replicate and no more", () => {
    assert.deepStrictEqual(started("appendonly no").file("users.acl").split("\n"), [
      "user default on >app-secret ~* &* +@all -@admin -migrate +client|list +slowlog|get +role",
      "user replica on >replication-secret +ping +psync +replconf",
      "",
    ]);
  });

  describe("with the passwords of the version before", () => {
    const both = redisContainer({
      role: "cache",
      image: "ghcr.io/team/redis:8",
      settings: [],
      hasPreviousPasswords: true,
      resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
      diskMebibytes: 1,
    }).command as string[];
    const podAfterOne = (): EmptyPod => {
      const its = podWith({ "redis-server": "echo started" });
      writeFileSync(its.path("run/secrets/redis/previous-password"), "former-app-secret");
      writeFileSync(its.path("run/secrets/redis/previous-replication-password"), "former-replication-secret");
      return its;
    };

    it("takes them beside the new ones, and asks its primary with the new one", () => {
      const its = podAfterOne();
      assert.deepStrictEqual(its.runText(both[2] ?? "", "start", "appendonly no").status, 0);
      assert.deepStrictEqual(readFileSync(its.path("run/redis/users.acl"), "utf8").split("\n"), [
        "user default on >app-secret >former-app-secret ~* &* +@all -@admin -migrate +client|list +slowlog|get +role",
        "user replica on >replication-secret >former-replication-secret +ping +psync +replconf",
        "",
      ]);
      assert.match(readFileSync(its.path("run/redis/redis.conf"), "utf8"), /^masterauth replication-secret$/m);
    });

    it("does not start it without them, for no password is one too", () => {
      for (const name of ["previous-password", "previous-replication-password"]) {
        const its = podAfterOne();
        rmSync(its.path(`run/secrets/redis/${name}`));
        const { status, stdout } = its.runText(both[2] ?? "", "start", "appendonly no");
        assert.deepStrictEqual([status === 0, stdout], [false, ""]);
        its.remove();
        pod = undefined;
      }
    });
  });

  it("shows no password in the server's arguments or environment", () => {
    const { stdout } = started("appendonly no");
    assert.deepStrictEqual(stdout.split("\n")[0], "/run/redis/redis.conf");
    assert.deepStrictEqual(stdout.includes("secret"), false);
  });

  it("has the files that hold passwords be read by nobody else", () => {
    const { its } = started("appendonly no");
    for (const name of ["redis.conf", "users.acl"]) {
      assert.deepStrictEqual(statSync(its.path(`run/redis/${name}`)).mode & 0o777, 0o600);
    }
  });

  it("throws away what a killed server had half written, and nothing else", () => {
    const its = podWith({ "redis-server": "" });
    const files = ["temp-1795702777.25.rdb", "temp-rewriteaof-bg-7.aof", "appendonlydir"];
    for (const name of files) writeFileSync(its.path(`data/${name}`), "");
    its.run("start", "appendonly yes");
    assert.deepStrictEqual(
      files.filter((name) => existsSync(its.path(`data/${name}`))),
      ["appendonlydir"],
    );
  });

  it("does not start it without its passwords", () => {
    for (const name of ["password", "replication-password"]) {
      const its = podWith({ "redis-server": "echo started" });
      rmSync(its.path(`run/secrets/redis/${name}`));
      const { status, stdout } = its.run("start", "appendonly no");
      assert.deepStrictEqual([status === 0, stdout], [false, ""]);
      its.remove();
      pod = undefined;
    }
  });
});

/** What a server answers to PING, and to the question for its replication, its lines ending as Redis ends them. */
const answer = (ping: string, ...replication: string[]): string =>
  [ping, ["# Replication", ...replication, "master_failover_state:no-failover", ""].join("\r\n")].join("\n");

const LOADING = "LOADING Redis is loading the dataset in memory";
const replica = (status: string, ...more: string[]) => [
  "role:slave",
  `master_link_status:${status}`,
  ...more,
  "slave_read_only:1",
];

describe("The probe of a Redis server", () => {
  const states: [string, string, string[]][] = [
    ["a primary that runs", answer("PONG", "role:master", "connected_slaves:1"), ["alive", "ready"]],
    ["a primary that loads its data", answer(LOADING, "role:master"), ["alive"]],
    [
      "a replica that has never had its primary",
      answer("PONG", ...replica("down", "master_link_down_since_seconds:-1")),
      ["alive", "ready"],
    ],
    [
      "a replica that loads its first copy",
      answer(LOADING, ...replica("down", "master_sync_in_progress:1", "master_link_down_since_seconds:-1")),
      ["alive"],
    ],
    ["a replica in step with its primary", answer("PONG", ...replica("up")), ["alive", "ready", "whole"]],
    [
      "a replica that lost its primary this second",
      answer("PONG", ...replica("down", "master_link_down_since_seconds:0")),
      ["alive", "ready", "whole"],
    ],
    [
      "a replica that lost its primary an hour ago, and gets another copy of it",
      answer("PONG", ...replica("down", "master_sync_in_progress:1", "master_link_down_since_seconds:3600")),
      ["alive", "ready", "whole"],
    ],
    [
      "a replica that loads another copy",
      answer(LOADING, ...replica("down", "master_link_down_since_seconds:3600")),
      ["alive"],
    ],
    ["a server with another password", "NOAUTH Authentication required.\nNOAUTH Authentication required.", ["alive"]],
    ["no server", "", []],
  ];
  for (const [state, said, expected] of states) {
    it(`finds ${state} ${expected.length === 0 ? "to be nothing" : `to be ${expected.join(", ")}`}`, () => {
      const its = podWith({ "redis-cli": 'cat "$(dirname "$0")/../answer"' });
      writeFileSync(its.path("answer"), said);
      assert.deepStrictEqual(
        ["alive", "ready", "whole"].filter((question) => its.run("probe", question).status === 0),
        expected,
      );
    });
  }

  it("asks with the app's password, which is in no argument", () => {
    const its = podWith({ "redis-cli": `{ echo "$# $REDISCLI_AUTH"; cat; } >"$(dirname "$0")/../call"; echo PONG` });
    assert.deepStrictEqual(its.run("probe", "ready").status, 0);
    assert.deepStrictEqual(readFileSync(its.path("call"), "utf8"), "0 app-secret\nPING\nINFO replication\n");
  });

  it("does not take a command that fails for an answer", () => {
    const its = podWith({ "redis-cli": "echo 'Could not connect to Redis' >&2; exit 1" });
    assert.deepStrictEqual(
      ["alive", "ready", "whole"].filter((question) => its.run("probe", question).status === 0),
      [],
    );
  });
});
