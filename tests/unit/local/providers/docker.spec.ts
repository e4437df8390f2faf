import { deepStrictEqual, notStrictEqual, strictEqual, throws } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageDifference } from "../../../../local/providers/docker";
import { contextDigest, ignoreRules, isIgnored } from "../../../../local/providers/docker/context";
import { explain, registryOf, repositoryOf } from "../../../../local/providers/docker/daemon";
import { Secret } from "../../../../local/providers/values";

describe("The stand-in for the Docker provider", () => {
  it("reads an allow-list as Docker does: the last line that matches decides", () => {
    const rules = ignoreRules("# all but the source\n*\n!src\n!pyproject.toml\n**/__pycache__\n");
    const seen = ["src/blog/app.py", "pyproject.toml", "README.md", "src/blog/__pycache__/x.pyc"];
    deepStrictEqual(
      seen.filter((path) => !isIgnored(path, rules)),
      ["src/blog/app.py", "pyproject.toml"],
    );
  });
  it("takes the digest over what the build can see", async () => {
    const folder = mkdtempSync(join(tmpdir(), "context-"));
    mkdirSync(join(folder, "src"));
    writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
    writeFileSync(join(folder, ".dockerignore"), "*.log\n");
    writeFileSync(join(folder, "src", "a.py"), "1");
    const digest = () => contextDigest(folder, join(folder, "Dockerfile"));
    const before = await digest();
    writeFileSync(join(folder, "x.log"), "noise");
    strictEqual(await digest(), before);
    writeFileSync(join(folder, "src", "a.py"), "2");
    notStrictEqual(await digest(), before);
    rmSync(folder, { recursive: true });
  });
  it("does not build again for a changed password", () => {
    const inputs = (password: string, tag: string) => ({
      imageName: `r/blog:${tag}`,
      registry: { server: "r", username: "u", password: new Secret(password) },
    });
    deepStrictEqual(imageDifference(inputs("a", "1"), inputs("b", "1"), []).changes, {});
    deepStrictEqual(imageDifference(inputs("a", "1"), inputs("a", "2"), []).changes, { imageName: "update" });
  });
  it("takes image names apart", () => {
    strictEqual(registryOf("10.0.0.1:5000/a/b:1"), "10.0.0.1:5000");
    throws(() => registryOf("library/python"), {
      message:
        "The image name library/python does not say which registry it belongs to, and registry.server is not set.",
    });
    strictEqual(repositoryOf("localhost:5000/a/b:1"), "localhost:5000/a/b");
    strictEqual(repositoryOf("localhost:5000/a/b"), "localhost:5000/a/b");
  });
  it("names the registry that refused a password", () => {
    strictEqual(
      explain("Pushing", "denied: requested access to the resource is denied", "r.test"),
      "The registry r.test refused the user name or the password: denied: requested access to the resource is denied",
    );
  });
});
