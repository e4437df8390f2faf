import assert from "node:assert/strict";
import { parseSources } from "../../../../local/docker/debian";

const URL = "http://mirror.test/debian";

describe("Debian's package sources", () => {
  const reads = (title: string, text: string, ...sources: [url: string, suite: string][]) => {
    it(title, () => {
      assert.deepStrictEqual(
        parseSources(text),
        sources.map(([url, suite]) => ({ url, suite })),
      );
    });
  };
  reads(
    "are read from one line each",
    `deb ${URL} bookworm main contrib\ndeb ${URL}-security bookworm-security main`,
    [URL, "bookworm"],
    [`${URL}-security`, "bookworm-security"],
  );
  reads("are read with options and tabs", `deb [arch=amd64 signed-by=/k.gpg]\t${URL}\tbookworm\tcontrib\tmain\n`, [
    URL,
    "bookworm",
  ]);
  reads(
    "are read from paragraphs of fields, each address with each suite",
    `Types: deb\nURIs: ${URL} http://other.test/debian\nSuites: bookworm bookworm-updates\nComponents: main\nSigned-By: /k.gpg\n`,
    [URL, "bookworm"],
    [URL, "bookworm-updates"],
    ["http://other.test/debian", "bookworm"],
    ["http://other.test/debian", "bookworm-updates"],
  );
  reads(
    "are read from several paragraphs, with comments between and in them",
    [
      "# Debian's own",
      "Types: deb deb-src",
      `URIs: ${URL}`,
      "# the suite of this machine",
      "Suites: bookworm",
      "Components: main",
      "Enabled: yes",
      " ",
      "Types: deb",
      `URIs: ${URL}-security`,
      "Suites: bookworm-security",
      "Components: main",
    ].join("\n"),
    [URL, "bookworm"],
    [`${URL}-security`, "bookworm-security"],
  );
  reads("may be fields in another order and case", `components: main\nsuites: bookworm\nuris: ${URL}\ntypes: deb\n`, [
    URL,
    "bookworm",
  ]);
  reads("are not what is commented out", `# deb ${URL} bookworm main\n#deb ${URL} bookworm main\n`);
  reads(
    "are not what is switched off",
    `Types: deb\nURIs: ${URL}\nSuites: bookworm\nComponents: main\nEnabled: no\n\nTypes: deb\nEnabled: No\nURIs: ${URL}\nSuites: bookworm\nComponents: main\n`,
  );
  reads(
    "are not sources of sources",
    `deb-src ${URL} bookworm main\n\nTypes: deb-src\nURIs: ${URL}\nSuites: bookworm\nComponents: main\n`,
  );
  reads(
    "are not those without the main component",
    `deb ${URL} bookworm contrib non-free-firmware\n\nTypes: deb\nURIs: ${URL}\nSuites: bookworm\nComponents: contrib\n`,
  );
  reads("are none in an empty file", "\n");
});
