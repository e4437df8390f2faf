import assert from "node:assert/strict";
import { ExampleRepository, outcomes, outputOf } from "../support/workflows/exampleRepository";

const CHECKOUT = "uses: actions/checkout@v6";

describe("What the runner does for the actions of a workflow", () => {
  let repository: ExampleRepository;
  beforeEach(() => {
    repository = new ExampleRepository();
  });
  afterEach(() => {
    repository.remove();
  });

  const steps = (...each: string[]) =>
    `on: { push: null, pull_request: null }\njobs:\n  one:\n    steps:\n${each.map((step) => `      - { ${step} }\n`).join("")}`;

  it("is a fresh clone of the event's commit, with as much history as is asked for", async () => {
    repository.commit({ "file.txt": "first" });
    repository.git("tag", "v1");
    repository.commit({ "file.txt": "second" });
    const look =
      'run: "git log --format=%s | wc -l; git branch --show-current; git tag; cat file.txt; git status --short"';
    const result = await repository.run(
      steps(
        CHECKOUT,
        look,
        "run: touch left",
        `${CHECKOUT}, with: { fetch-depth: 0, persist-credentials: false }`,
        look,
      ),
    );
    assert.deepStrictEqual(
      result.jobs[0]?.steps.map(({ output }) => output.replace(/^[0-9a-f]{40} /, "")),
      ["with 1 of its history", "1\nmain\nsecond", "", "with all of its history", "3\nmain\nv1\nsecond"],
    );
    assert.deepStrictEqual(repository.git("status", "--short"), "");
  });

  const inRelease = {
    action: "opened",
    pull_request: { head: { ref: "change", repo: { full_name: "team/shop" } }, base: { ref: "release" } },
  };
  it("is the merge of a pull request, or the branch that it asks for", async () => {
    repository.commit({ "file.txt": "base" });
    repository.git("branch", "release");
    repository.git("checkout", "--quiet", "--detach");
    repository.commit({ "file.txt": "merged" });
    const show = "run: git branch --show-current && cat file.txt && echo";
    const result = await repository.run(
      steps(
        CHECKOUT,
        show,
        `${CHECKOUT}, with: { ref: "\${{ github.event.pull_request.base.ref }}", path: base }`,
        `${show}, working-directory: base`,
      ),
      { event: () => ({ ...repository.pullRequest("opened"), payload: inRelease }) },
    );
    assert.deepStrictEqual(
      result.jobs[0]?.steps.filter(({ name }) => name.startsWith("git")).map(({ output }) => output),
      ["merged\n", "release\nbase\n"],
    );
  });
  it("is the steps of a composite action of the repository's own, which fails with them", async () => {
    const action = `
name: Greet
description: Greets.
inputs: { who: { default: nobody } }
outputs: { said: { value: "\${{ steps.greets.outputs.said }}" } }
runs:
  using: composite
  steps:
    - { id: greets, shell: bash, run: 'echo "said=hello $WHO" >>"$GITHUB_OUTPUT"', env: { WHO: "\${{ inputs.who }}" } }
    - { shell: bash, run: 'test "$WHO" != stranger', env: { WHO: "\${{ inputs.who }}" } }
`;
    repository.commit({ ".github/actions/greet/action.yml": action });
    const greet = (who: string) => `id: greet, uses: ./.github/actions/greet, with: { who: ${who} }`;
    const said = 'run: echo "$SAID", env: { SAID: "${{ steps.greet.outputs.said }}" }';
    const good = await repository.run(steps(CHECKOUT, greet("Ann"), said));
    assert.deepStrictEqual(good.jobs[0]?.steps.at(-1)?.output, "hello Ann\n");
    const bad = await repository.run(steps(CHECKOUT, greet("stranger"), said));
    assert.deepStrictEqual(
      bad.jobs[0]?.steps.slice(2).map(({ conclusion }) => conclusion),
      ["failure", "failure", "skipped"],
    );
    const forgotten = await repository.run(steps(greet("Ann")));
    assert.match(outputOf(forgotten), /was the checkout forgotten\?$/);
  });

  it("is nothing for Node and caches, and this checkout's packages for npm ci, which it says", async () => {
    repository.commit({ "package-lock.json": "{}", ".gitignore": "node_modules\n" });
    const result = await repository.run(
      steps(
        CHECKOUT,
        "uses: actions/setup-node@v6, with: { node-version: 24 }",
        "uses: actions/cache@v5, with: { path: x, key: \"${{ hashFiles('x') }}\" }",
        "run: npm ci --no-audit",
        "run: ls node_modules/yaml/package.json && git status --short",
      ),
    );
    assert.deepStrictEqual(
      result.jobs[0]?.steps.slice(1).map(({ note, conclusion }) => note?.replace(/linked .*/, "linked") ?? conclusion),
      [
        "left out: this machine's own Node is taken",
        "left out: this machine's own caches are there",
        "linked",
        "success",
      ],
    );
    assert.deepStrictEqual(result.jobs[0].steps.at(-1)?.output, "node_modules/yaml/package.json\n");
  });

  it("is a folder for artifacts, which later jobs take by name or pattern", async () => {
    const result = await repository.run(`
on: push
jobs:
  make:
    strategy: { matrix: { stack: [dev, prod] } }
    steps:
      - { run: 'mkdir -p out/.hidden && echo "$STACK" >"out/$STACK.json" && touch out/.hidden/x', env: { STACK: "\${{ matrix.stack }}" } }
      - { uses: actions/upload-artifact@v6, with: { name: "report-\${{ matrix.stack }}", path: "out/\${{ matrix.stack }}.json" } }
      - { uses: actions/upload-artifact@v6, with: { name: "all-\${{ matrix.stack }}", path: out } }
      - { uses: actions/upload-artifact@v6, with: { name: none, path: missing } }
  take:
    needs: make
    steps:
      - { uses: actions/download-artifact@v7, with: { pattern: report-*, path: merged, merge-multiple: true } }
      - { uses: actions/download-artifact@v7, with: { pattern: all-*, path: apart } }
      - { uses: actions/download-artifact@v7, with: { name: report-dev } }
      - { run: find . -type f | sort }
      - { id: absent, continue-on-error: true, uses: actions/download-artifact@v7, with: { name: none } }
  strict:
    steps: [{ uses: actions/upload-artifact@v6, with: { path: missing, if-no-files-found: error } }]
`);
    assert.deepStrictEqual(result.artifacts.names, ["all-dev", "all-prod", "report-dev", "report-prod"]);
    assert.deepStrictEqual(result.artifacts.files("report-prod"), { "prod.json": "prod\n" });
    const take = result.jobs.find(({ id }) => id === "take");
    assert.deepStrictEqual(
      take?.steps[3]?.output,
      "./apart/all-dev/dev.json\n./apart/all-prod/prod.json\n./dev.json\n./merged/dev.json\n./merged/prod.json\n",
    );
    assert.deepStrictEqual(take.steps[4]?.output, "Artifact not found for name: none");
    const strict = result.jobs.at(-1)?.steps[0];
    assert.deepStrictEqual([strict?.conclusion, strict?.output], ["failure", "No files were found at missing."]);
  });

  it("is what the test does instead of a command", async () => {
    const result = await repository.run(
      steps('run: npm run deploy -- "$STACK", env: { STACK: dev }', "run: echo after"),
      {
        replace: {
          'npm run deploy -- "$STACK"': ({ env }) => ({ code: 1, output: `deployed ${String(env["STACK"])}` }),
        },
      },
    );
    assert.deepStrictEqual(outcomes(result), {
      one: ["failure", 'npm run deploy -- "$STACK": failure', "echo after: skipped"],
    });
    assert.deepStrictEqual(
      [result.jobs[0]?.steps[0]?.output, result.jobs[0]?.steps[0]?.note],
      ["deployed dev", "replaced by the test"],
    );
  });

  it("is an error that names what it does not know", async () => {
    const fails = (workflow: string, message: RegExp) => assert.rejects(repository.run(workflow), message);
    await fails(
      steps("uses: docker/login-action@v3"),
      /^Error: one, .*: the runner has no action docker\/login-action@v3\.$/,
    );
    await fails(steps(`${CHECKOUT}, with: { submodules: true }`), /does not know submodules\.$/);
    await fails(steps("uses: actions/upload-artifact@v6, with: { path: '*.json' }"), /no pattern such as \*\.json/);
    await fails("on: push\njobs: { one: { container: debian, steps: [] } }", /Unrecognized key: "container"/);
    await fails("on: { release: null }\njobs: {}", /The runner cannot take .*release/s);
    await fails("on: push\njobs: { one: { needs: two, steps: [] } }", /The job one needs two, which is not there\./);
    await fails(steps("if: wrong(, run: echo"), /The expression wrong\( cannot be evaluated/);
    await fails(steps('if: "${{ false }} text", run: echo'), /always holds/);
    await fails(steps("run: 'echo ${{ nothing.at.all }}'"), /nothing\.at\.all cannot be evaluated/);
  });

  it("starts with the events, types and branches that a workflow names", async () => {
    const started = async (on: string, event?: () => ReturnType<ExampleRepository["push"]>) =>
      (await repository.run(`on: ${on}\njobs: { one: { steps: [{ run: echo }] } }`, event ? { event } : {})).started;
    assert.deepStrictEqual(
      [
        await started("{ push: { branches: [main] } }"),
        await started("{ push: { branches: [other] } }"),
        await started("pull_request"),
        await started("pull_request", () => repository.pullRequest("synchronize")),
        await started("pull_request", () => repository.pullRequest("labeled")),
        await started("{ pull_request: { types: [labeled] } }", () => repository.pullRequest("labeled")),
        await started("{ pull_request: { branches: [other] } }", () => repository.pullRequest("opened")),
        await started("{ schedule: [{ cron: 0 4 * * * }] }", () => ({ ...repository.push(), name: "schedule" })),
      ],
      [true, false, false, true, false, true, false, true],
    );
  });
});
