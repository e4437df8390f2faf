import type { V1ContainerStateTerminated, V1ContainerStatus } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { endedBreach } from "../../../../local/breaches/ended";
import { ago, appPod, container, ended, factsOf, running } from "./appPod";

const again = (last: V1ContainerStateTerminated, more: Partial<V1ContainerStatus> = {}) =>
  container({ waiting: { reason: "CrashLoopBackOff" } }, { restartCount: 3, lastState: { terminated: last }, ...more });

const web = (status: V1ContainerStatus, log?: string) =>
  endedBreach(factsOf(appPod("web", status), log === undefined ? {} : { log }));

describe("An app whose container ended", () => {
  it("exits at once, with what that code means", () => {
    assert.deepStrictEqual(
      [web(again(ended(0, 1))), web(again(ended(1, 2)), "RuntimeError: no flour")],
      [
        {
          name: "exits-at-once",
          text: "it ended by itself 1 s after its start, with exit code 0. Let the server run in the foreground, for as long as the pod lives.",
        },
        {
          name: "exits-at-once",
          text: "it ended 2 s after its start, with exit code 1. The last lines of its log say why.",
        },
      ],
    );
  });
  it("exits at once where Kubernetes, which counts in seconds, sees no time pass", () => {
    assert.match(web(again(ended(1, 0)))?.text ?? "", /^it ended right at its start, with exit code 1\. /);
  });
  it("exits at once also while it has just been started again, and no more once it runs longer", () => {
    const lastState = { terminated: ended(1, 2) };
    assert.deepStrictEqual(
      [web(container(running(1), { lastState }))?.name, web(container(running(30), { lastState }))],
      ["exits-at-once", undefined],
    );
  });
  it("is told by its log why, rather than that it exits", () => {
    assert.deepStrictEqual(web(again(ended(1, 2)), "KeyError: 'STRIPE_KEY'")?.name, "missing-variable");
  });
  it("has not ended by itself when its start was too long for the kubelet, whatever the log says", () => {
    const log = "KeyError: 'STRIPE_KEY'";
    assert.deepStrictEqual(
      [0, 137, 143].map((code) => web(again(ended(code, 70)), log)),
      [undefined, undefined, undefined],
    );
  });
  it("is told nothing of when it had run for long, and its log says nothing", () => {
    assert.deepStrictEqual(web(again(ended(1, 3600))), undefined);
  });
  it("was killed for its memory, whose limit is named", () => {
    assert.deepStrictEqual(web(again(ended(137, 90, { reason: "OOMKilled" }))), {
      name: "killed-for-memory",
      text: "it used more than its limit, 384Mi. Give it more in apps[].resources.limits.memory, or fewer processes in apps[].server.processes.",
    });
  });
  it("misses the program that a script starts, or may not execute it", () => {
    const said = (code: number, log: string) => web(again(ended(code, 1)), log)?.text;
    const missing =
      "the image has no gunicorn to start. Install it in the image, or let its command name one that is there.";
    const forbidden =
      "user 10001, which the app runs as, may not execute ./run. Make it executable for everyone in the image.";
    assert.deepStrictEqual(
      [
        said(127, "sh: 1: gunicorn: not found"),
        said(127, "bash: line 1: gunicorn: command not found"),
        said(127, "/entry.sh: 3: exec: gunicorn: not found"),
        said(127, "env: ‘gunicorn’: No such file or directory"),
        said(126, "sh: 1: ./run: Permission denied"),
      ],
      [missing, missing, missing, missing, forbidden],
    );
  });
  it("has not failed for a program that its script can do without", () => {
    assert.deepStrictEqual(web(again(ended(1, 1)), "sh: 1: curl: not found")?.name, "exits-at-once");
  });
});

describe("An app whose container could not be started", () => {
  const RUNC =
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ";
  const told = (words: string) => {
    const message = `${RUNC}${words}: unknown`;
    const failed = { exitCode: 128, reason: "StartError", message, startedAt: new Date(0), finishedAt: ago(1) };
    return [container({ waiting: { reason: "RunContainerError", message } }), again(failed)].map((status) =>
      web(status),
    );
  };
  const twice = (name: string, text: string) => [
    { name, text },
    { name, text },
  ];

  it("misses the program of its command", () => {
    const ending = "to start. Install it in the image, or let its command name one that is there.";
    assert.deepStrictEqual(
      [
        told('exec: "gunicorn": executable file not found in $PATH'),
        told('exec: "/app/run.sh": stat /app/run.sh: no such file or directory'),
      ],
      [
        twice("no-server", `the image has no gunicorn ${ending}`),
        twice("no-server", `the image has no /app/run.sh ${ending}`),
      ],
    );
  });
  it("may not execute it", () => {
    assert.deepStrictEqual(
      told('exec: "/app/run.sh": permission denied'),
      twice(
        "no-server",
        "user 10001, which the app runs as, may not execute /app/run.sh. Make it executable for everyone in the image.",
      ),
    );
  });
  it("may not enter its working folder", () => {
    const [breach] = told('chdir to cwd ("/root/shop") set in config.json failed: permission denied');
    assert.deepStrictEqual(breach?.name, "needs-a-writable-folder");
    assert.match(breach.text, /^it may not use \/root\/shop as user 10001/);
  });
  it("is told nothing for any other reason of the runtime's", () => {
    assert.deepStrictEqual(told("mount /proc: no such device"), [undefined, undefined]);
  });
});

describe("A pod of an app that waits for its static files", () => {
  const copying = (message: string, exitCode = 1, log = "") => {
    const pod = appPod("behindNginx", container({ waiting: { reason: "PodInitializing" } }));
    const status = container({ terminated: ended(exitCode, 0, { message }) }, { name: "static-files" });
    Object.assign(pod.status ?? {}, { initContainerStatuses: [status] });
    return endedBreach(factsOf(pod, { log }));
  };
  const text =
    "the image has no folder /app/static, which NGINX is to serve. Name in apps[].proxy.static folders as they are in the image.";

  it("misses their folder, by the last word of what copies them, or by its log", () => {
    assert.deepStrictEqual(
      [
        copying("cp: cannot stat '/app/static/.': No such file or directory\n"),
        copying("", 1, "cp: can't stat '/app/static/.': No such file or directory"),
      ],
      [
        { name: "no-static-folder", text },
        { name: "no-static-folder", text },
      ],
    );
  });
  it("misses nothing when they were copied, or could not be for another reason", () => {
    assert.deepStrictEqual(
      [copying("", 0), copying("cp: write error: No space left on device")],
      [undefined, undefined],
    );
  });
});

describe("A migration that failed", () => {
  const failed = (log: string, more: Partial<V1ContainerStateTerminated> = {}) =>
    endedBreach(factsOf(appPod("migration", container({ terminated: ended(1, 2, more) })), { log }));

  it("tells of the breaches that it has in common with the app", () => {
    assert.deepStrictEqual(
      [failed("Error: Could not import 'shop'.")?.name, failed("", { exitCode: 137, reason: "OOMKilled" })?.name],
      ["no-app", "killed-for-memory"],
    );
  });
  it("is no app that exits at once: it is to end", () => {
    assert.deepStrictEqual(failed("migration 0002 failed"), undefined);
  });
});
