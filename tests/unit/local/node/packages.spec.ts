import assert from "node:assert/strict";
import fs from "node:fs";
import { installPackages, missingPackages } from "../../../../local/node/packages";
import type { Step } from "../../../../local/steps";

describe("The packages of a node", () => {
  const real = { existsSync: fs.existsSync, getuid: process.getuid, PATH: process.env["PATH"] };
  let there: (path: string) => boolean;
  before(() => {
    fs.existsSync = (path) => there(String(path));
    process.env["PATH"] = "/opt/tools:/usr/bin";
  });
  after(() => {
    fs.existsSync = real.existsSync;
    process.env["PATH"] = real.PATH;
  });
  const missing = (isThere: typeof there) => {
    there = isThere;
    return missingPackages();
  };

  it("are all missing on an empty machine, each named once", () => {
    assert.deepStrictEqual(
      missing(() => false),
      [
        "containerd",
        "runc",
        "containernetworking-plugins",
        "iptables",
        "conntrack",
        "iproute2",
        "kmod",
        "util-linux",
        "openssl",
        "debootstrap",
        "docker.io",
        "docker-registry",
        "apache2-utils",
        "skopeo",
        "pigz",
        "golang-go",
        "ca-certificates",
      ],
    );
  });
  it("are not missing where everything is there", () => {
    assert.deepStrictEqual(
      missing(() => true),
      [],
    );
  });
  it("are those of which one command is missing, even if another one of it is there", () => {
    assert.deepStrictEqual(
      missing((path) => !/\/(dockerd|iptables)$/.test(path)),
      ["iptables", "docker.io"],
    );
  });
  it("are not needed for commands that came from elsewhere, anywhere on PATH", () => {
    assert.deepStrictEqual(
      missing((path) => path.startsWith("/opt/tools/")),
      ["containernetworking-plugins", "ca-certificates"],
    );
  });
  it("are found in the system's folders too, which are not on every user's PATH", () => {
    assert.deepStrictEqual(
      missing((path) => path.startsWith("/usr/sbin/")),
      ["containernetworking-plugins", "ca-certificates"],
    );
  });
  it("are looked for at the very path where no command tells of them", () => {
    assert.deepStrictEqual(
      missing((path) => path !== "/usr/lib/cni/bridge"),
      ["containernetworking-plugins"],
    );
  });

  describe("that are missing", () => {
    const titles: string[] = [];
    const step: Step = async (title, work) => {
      titles.push(title);
      return work();
    };
    after(() => {
      if (real.getuid !== undefined) process.getuid = real.getuid;
    });
    it("are named to a user who is not root, and nothing is begun", async () => {
      process.getuid = () => 1000;
      await assert.rejects(installPackages(["runc", "pigz"], step), {
        name: "UserError",
        message: "These Debian packages are missing: runc pigz",
      });
      await installPackages([], step);
      assert.deepStrictEqual(titles, []);
    });
  });
});
