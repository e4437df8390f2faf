import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../../support/stackFiles";

/** The instructions of an image's recipe, without its RUNs. */
const instructions = (name: string): string[] =>
  readFileSync(join(ROOT, "local", "docker", name, "Dockerfile"), "utf8")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => /^[A-Z]/.test(line) && !line.startsWith("RUN "));

const packages = (name: string): string[] =>
  [
    ...readFileSync(join(ROOT, "local", "docker", name, "Dockerfile"), "utf8").matchAll(
      /apt-get install -y --no-install-recommends ([\w -]+)/g,
    ),
  ].map(([, list = ""]) => list.trim());

describe("The images that are made of one package", () => {
  it("are on the Debian that all others are on, with that package alone", () => {
    for (const [name, installed] of [
      ["redis", "redis-server"],
      ["nginx", "nginx"],
    ] as const) {
      assert.deepStrictEqual(instructions(name).slice(0, 2), ["ARG DEBIAN", "FROM ${DEBIAN}"]);
      assert.deepStrictEqual(packages(name), [installed]);
    }
  });

  it("have the folder and the port of Redis where the official image has them", () => {
    assert.deepStrictEqual(instructions("redis").slice(2), [
      "WORKDIR /data",
      "VOLUME /data",
      "EXPOSE 6379",
      'CMD ["redis-server"]',
    ]);
  });

  it("have NGINX run as the official image's user, and told to end as that is", () => {
    assert.deepStrictEqual(instructions("nginx").slice(2), [
      "USER 101",
      "EXPOSE 8080",
      "STOPSIGNAL SIGQUIT",
      'CMD ["nginx", "-g", "daemon off;"]',
    ]);
  });
});
