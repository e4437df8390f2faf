import assert from "node:assert/strict";
import { ExampleRepository, outcomes, outputOf } from "../support/workflows/exampleRepository";
import { LeakedSecret } from "../support/workflows/secrets";

describe("The runner of workflows", () => {
  let repository: ExampleRepository;
  beforeEach(() => {
    repository = new ExampleRepository();
  });
  afterEach(() => {
    repository.remove();
  });

  it("runs jobs after what they need, and skips those of which it failed", async () => {
    const result = await repository.run(`
on: push
jobs:
  last: { needs: [failing], steps: [{ run: echo last }] }
  always: { needs: last, if: always(), steps: [{ run: echo always }] }
  mending: { needs: [failing, good], if: failure(), steps: [{ run: echo mending }] }
  failing: { needs: good, steps: [{ run: exit 3 }, { run: echo after }, { if: failure(), run: echo mended }] }
  good: { steps: [{ run: echo good }, { if: failure(), run: echo bad }] }
  content: { needs: good, if: failure(), steps: [{ run: echo never }] }
`);
    assert.deepStrictEqual(outcomes(result), {
      good: ["success", "echo good: success", "echo bad: skipped"],
      failing: ["failure", "exit 3: failure", "echo after: skipped", "echo mended: success"],
      last: "skipped",
      always: ["success", "echo always: success"],
      mending: ["success", "echo mending: success"],
      content: "skipped",
    });
    assert.deepStrictEqual(result.conclusion, "failure");
    assert.deepStrictEqual(outputOf(result), "good\nmended\nalways\nmending\n");
  });

  it("goes on after a step that may fail, and knows that it did", async () => {
    const result = await repository.run(`
on: push
jobs:
  one:
    steps:
      - { id: tried, run: "false", continue-on-error: true }
      - if: steps.tried.outcome == 'failure' && steps.tried.conclusion == 'success'
        run: echo went on
`);
    assert.deepStrictEqual(outcomes(result), {
      one: ["success", "false: success", "echo went on: success"],
    });
    assert.deepStrictEqual(result.jobs[0]?.steps[0]?.outcome, "failure");
    assert.deepStrictEqual(result.conclusion, "success");
  });

  it("runs each combination of a matrix, and cuts the rest off after a failure unless told otherwise", async () => {
    const jobs = (failFast: string) => `
on: push
jobs:
  each:
    strategy: { ${failFast} matrix: { stack: [dev, prod], size: [1, 2] } }
    steps: [{ env: { STACK: "\${{ matrix.stack }}", SIZE: "\${{ matrix.size }}" }, run: 'test "$STACK$SIZE" != dev2' }]
`;
    const results = async (failFast: string) =>
      (await repository.run(jobs(failFast))).jobs.map(({ name, result }) => `${name}: ${result}`);
    assert.deepStrictEqual(await results("fail-fast: false,"), [
      "each (dev, 1): success",
      "each (dev, 2): failure",
      "each (prod, 1): success",
      "each (prod, 2): success",
    ]);
    assert.deepStrictEqual((await results("")).slice(1), [
      "each (dev, 2): failure",
      "each (prod, 1): cancelled",
      "each (prod, 2): cancelled",
    ]);
  });

  it("hands on what steps write: environment, path, outputs of steps and jobs, and summaries", async () => {
    const result = await repository.run(`
on: push
env: { LEVEL: workflow, TOP: "\${{ github.ref_name }}" }
jobs:
  first:
    env: { LEVEL: job }
    outputs: { said: "\${{ steps.says.outputs.word }}" }
    steps:
      - run: |
          echo "ADDED=a value" >>"$GITHUB_ENV"
          printf 'LONG<<END\\none\\ntwo\\nEND\\n' >>"$GITHUB_ENV"
          echo "$RUNNER_TEMP/bin" >>"$GITHUB_PATH"
          mkdir "$RUNNER_TEMP/bin" && printf '#!/bin/sh\\necho found' >"$RUNNER_TEMP/bin/there" && chmod +x "$RUNNER_TEMP/bin/there"
      - { id: says, env: { LEVEL: step }, run: 'echo "word=$ADDED, $LEVEL, $TOP" >>"$GITHUB_OUTPUT"; echo "$LONG"; there' }
      - run: 'echo "## $LEVEL" >>"$GITHUB_STEP_SUMMARY"'
  second: { needs: first, steps: [{ run: 'echo "$SAID"', env: { SAID: "\${{ needs.first.outputs.said }}" } }] }
`);
    assert.deepStrictEqual(outputOf(result), "one\ntwo\nfound\na value, step, main\n");
    assert.deepStrictEqual(
      result.jobs.map(({ summary }) => summary),
      ["## job\n", ""],
    );
  });

  it("ends a script at its first failing command, and a step when its time is over", async () => {
    const result = await repository.run(`
on: push
jobs:
  one: { steps: [{ run: "false | true\\necho on" }] }
  slow: { steps: [{ run: sleep 60, timeout-minutes: 0.005 }] }
`);
    assert.deepStrictEqual(outcomes(result), {
      one: ["failure", "false | true: failure"],
      slow: ["failure", "sleep 60: failure"],
    });
    assert.match(outputOf(result), /^\nThe step was ended after 1 s\.\n$/);
  });

  it("gives a step nothing of this process's environment", async () => {
    process.env["OF_THIS_PROCESS"] = "seen";
    const result = await repository
      .run(
        `on: push\njobs: { one: { steps: [{ run: 'echo "$OF_THIS_PROCESS, $GIVEN, $CI, $GITHUB_JOB, $GITHUB_REF"' }] } }`,
        { machine: { GIVEN: "given" } },
      )
      .finally(() => {
        delete process.env["OF_THIS_PROCESS"];
      });
    assert.deepStrictEqual(outputOf(result), ", given, true, one, refs/heads/main\n");
  });

  it("shows a secret to the jobs of its environment, in the steps that name it", async () => {
    const job = (environment: string) => `
    ${environment}
    steps:
      - { run: 'echo "\${#KEY} \${#SECRET_KEY} $REGION"', env: { KEY: "\${{ secrets.SECRET_KEY }}", REGION: "\${{ vars.REGION }}" } }
      - run: echo "\${#KEY}"
`;
    const workflow = `on: pull_request\njobs:\n  inside:${job("environment: dev")}\n  outside:${job("")}`;
    const environments = { dev: { secrets: { SECRET_KEY: "k-1234" }, variables: { REGION: "fra1" } } };
    const seen = async (head?: string) =>
      outputOf(await repository.run(workflow, { event: () => repository.pullRequest("opened", head), environments }));
    assert.deepStrictEqual(await seen(), "6 0 fra1\n0\n0 0 \n0\n");
    assert.deepStrictEqual(await seen("stranger/shop"), "0 0 fra1\n0\n0 0 \n0\n");
  });

  it("fails, without showing it, when a secret is seen", async () => {
    const environments = { dev: { secrets: { KEY: "k-1234\nsecond-line" } } };
    const run = (script: string, more = "") =>
      repository.run(
        `on: push
jobs:
  one:
    environment: dev
    steps:
      - { run: '${script}', env: { KEY: "\${{ secrets.KEY }}", TOKEN: "\${{ github.token }}" } }${more}`,
        { environments, token: () => "t-9876" },
      );
    const refused = (script: string, message: RegExp, more = "") =>
      assert.rejects(run(script, more), (error: Error) => {
        assert.ok(error instanceof LeakedSecret);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /k-1234|second-line|t-9876/);
        return true;
      });
    await refused('echo "$KEY"', /^one, echo "\$KEY" shows KEY of dev\.$/);
    await refused('echo "x$(echo "$KEY" | tail -n 1)x" >&2', /shows KEY of dev/);
    await refused("echo $TOKEN", /shows the token of one/);
    await refused('echo "$KEY" >>"$GITHUB_STEP_SUMMARY"', /^What one, .* hands on shows KEY of dev/);
    await refused(
      "mkdir out && echo $KEY >out/plan",
      /^The artifact plan shows KEY of dev/,
      "\n      - { uses: actions/upload-artifact@v6, with: { name: plan, path: out } }",
    );
    assert.deepStrictEqual((await run("echo ${#KEY}")).conclusion, "success");
  });

  it("waits for an environment's approval, and fails the job that is refused", async () => {
    const workflow = `
on: push
jobs:
  dev: { environment: dev, steps: [{ run: echo dev }] }
  prod: { needs: dev, environment: production, steps: [{ run: echo prod }] }
  after: { needs: prod, steps: [{ run: echo after }] }
`;
    const asked: string[] = [];
    const run = (answer: boolean) =>
      repository.run(workflow, {
        approve: async (environment) => {
          await new Promise((resolve) => setTimeout(resolve, 5));
          asked.push(environment);
          return environment === "dev" || answer;
        },
      });
    assert.deepStrictEqual(outputOf(await run(true)), "dev\nprod\nafter\n");
    const refused = await run(false);
    assert.deepStrictEqual(outcomes(refused), {
      dev: ["success", "echo dev: success"],
      prod: "failure",
      after: "skipped",
    });
    assert.deepStrictEqual(asked, ["dev", "production", "dev", "production"]);
  });

  it("notes what a job's token may do, less for a fork, and who waits for whom", async () => {
    const workflow = `
on: pull_request
permissions: {}
concurrency: { group: "run-\${{ github.event.number }}", cancel-in-progress: true }
jobs:
  one:
    permissions: { contents: read, issues: write }
    concurrency: { group: "stack-\${{ github.base_ref }}" }
    steps: [{ run: 'test "$TOKEN" = "$WANTED"', env: { TOKEN: "\${{ github.token }}", WANTED: "\${{ vars.WANTED }}" } }]
  two: { steps: [{ run: echo two }] }
`;
    const run = (head?: string) =>
      repository.run(workflow, {
        event: () => repository.pullRequest("opened", head),
        token: (job, permissions) => `${job} ${JSON.stringify(permissions)}`,
        settings: { variables: { WANTED: `one {"contents":"read","issues":"${head ? "read" : "write"}"}` } },
      });
    const { jobs, concurrency, conclusion } = await run();
    assert.deepStrictEqual(
      jobs.map(({ permissions }) => permissions),
      [{ contents: "read", issues: "write" }, {}],
    );
    assert.deepStrictEqual(
      [concurrency, jobs[0]?.concurrency, conclusion],
      [{ group: "run-7", "cancel-in-progress": true }, { group: "stack-main", "cancel-in-progress": false }, "success"],
    );
    assert.deepStrictEqual((await run("stranger/shop")).conclusion, "success");
  });
});
