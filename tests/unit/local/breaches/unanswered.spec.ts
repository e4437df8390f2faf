import type { V1ContainerStatus } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import type { Listener } from "../../../../local/breaches/listeners";
import type { Failure } from "../../../../local/breaches/probes";
import { unansweredBreach } from "../../../../local/breaches/unanswered";
import { appPod, container, ended, factsOf, running } from "./appPod";

const REFUSED = 'Get "http://10.244.0.7:8000/healthz": dial tcp 10.244.0.7:8000: connect: connection refused';
const TIMEOUT =
  'Get "http://10.244.0.7:8000/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
const answered = (status: number) => `HTTP probe failed with statuscode: ${status}`;
const at = (address: string, port: number): Listener => ({ address, port });

interface Given {
  kind?: Failure["kind"];
  said: string;
  listeners?: Listener[];
  status?: V1ContainerStatus;
  log?: string;
  pod?: "web" | "behindNginx";
}

const told = ({ kind = "Startup", said, listeners, status = container(running(20)), log = "", pod = "web" }: Given) =>
  unansweredBreach(factsOf(appPod(pod, status), { failure: { kind, said }, listeners, log }));

describe("An app that refuses connections", () => {
  const refused = (...listeners: Listener[]) => told({ said: REFUSED, listeners });

  it("listens on localhost only, and where", () => {
    const mend = "Let it listen on 0.0.0.0:$PORT, which is 8000.";
    assert.deepStrictEqual(
      [refused(at("127.0.0.1", 5000)), refused(at("127.0.0.1", 8000), at("::1", 8000))],
      [
        {
          name: "listens-on-localhost",
          text: `it listens on 127.0.0.1:5000 only, where no request from outside reaches it. ${mend}`,
        },
        {
          name: "listens-on-localhost",
          text: `it listens on 127.0.0.1:8000 and [::1]:8000 only, where no request from outside reaches it. ${mend}`,
        },
      ],
    );
  });
  it("listens on localhost also where something else of it listens on all addresses", () => {
    assert.deepStrictEqual(
      refused(at("0.0.0.0", 9100), at("127.0.0.1", 8000))?.text,
      "it listens on 127.0.0.1:8000, where no request from outside reaches it. Let it listen on 0.0.0.0:$PORT, which is 8000.",
    );
  });
  it("listens on another port, and on which", () => {
    assert.deepStrictEqual(refused(at("0.0.0.0", 5000), at("127.0.0.1", 6000)), {
      name: "wrong-port",
      text: "it listens on 0.0.0.0:5000, and not on port 8000. Let it listen on 0.0.0.0:$PORT, which is 8000.",
    });
  });
  it("does either where that cannot be seen, and is not told so in its first half minute", () => {
    const unseen = (status: V1ContainerStatus) => told({ said: REFUSED, status });
    const breach = {
      name: "wrong-port",
      text: "nothing answers at port 8000: it listens on another one, or on localhost only, where no request from outside reaches it. Let it listen on 0.0.0.0:$PORT, which is 8000.",
    };
    assert.deepStrictEqual(
      [
        unseen(container(running(20))),
        unseen(container(running(31))),
        unseen(container(running(2), { restartCount: 1 })),
      ],
      [undefined, breach, breach],
    );
  });
  it("may be on its way while it listens nowhere yet, or has begun to where it must", () => {
    assert.deepStrictEqual(
      [refused(), refused(at("0.0.0.0", 8000)), refused(at("::", 8000))],
      [undefined, undefined, undefined],
    );
  });
});

describe("An app that takes too long to start", () => {
  const restarted = container(running(3), { restartCount: 1, lastState: { terminated: ended(137, 100) } });
  const ending = "within the 60 s that a start may take. Let it answer first, and do afterwards what takes long.";

  it("listened on nothing, or was not answering, when its time was over", () => {
    const late = (listeners: Listener[]) => told({ said: REFUSED, status: restarted, listeners });
    assert.deepStrictEqual(
      [late([]), late([at("0.0.0.0", 8000)])],
      [
        { name: "too-slow-to-start", text: `it listened on nothing ${ending}` },
        {
          name: "too-slow-to-start",
          text: `it listens on 0.0.0.0:8000, but GET /healthz was not answered well ${ending}`,
        },
      ],
    );
  });
  it("took the connection and did not answer", () => {
    const slow = (status: V1ContainerStatus) => told({ said: TIMEOUT, status });
    const breach = { name: "too-slow-to-start", text: `GET /healthz was not answered ${ending}` };
    assert.deepStrictEqual(
      [slow(container(running(50))), slow(container(running(61))), slow(restarted)],
      [undefined, breach, breach],
    );
  });
  it("is no app that had served, and ended", () => {
    const lastState = { terminated: ended(0, 7200) };
    assert.deepStrictEqual(
      told({ said: TIMEOUT, status: container(running(3), { restartCount: 1, lastState }) }),
      undefined,
    );
  });
});

describe("An app that answers a probe badly", () => {
  const bad = (given: Given) => {
    const breach = told(given);
    return [breach?.name, breach?.text.split(". ")[0]];
  };

  it("is told the path, the status, and the key that names the path", () => {
    assert.deepStrictEqual(
      [told({ said: answered(404) }), told({ kind: "Readiness", said: answered(404) })?.text],
      [
        {
          name: "health-path",
          text: "GET /healthz is answered with status 404. Let the app answer it with 200, or name a path that it does in apps[].health.live.",
        },
        "GET /readyz is answered with status 404. Let the app answer it with 200, or name a path that it does in apps[].health.ready.",
      ],
    );
  });
  it("is told what it answers besides statuses", () => {
    const get = 'Get "http://10.244.0.7:8000/healthz": ';
    assert.deepStrictEqual(
      [
        bad({ said: 'Get "https://10.244.0.7:8000/healthz": http: server gave HTTP response to HTTPS client' }),
        bad({ said: `${get}EOF` }),
        bad({ said: `${get}net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x00"` }),
        bad({ kind: "Readiness", said: TIMEOUT }),
        bad({ kind: "Liveness", said: TIMEOUT }),
      ],
      [
        ["health-path", "GET /healthz is answered with a redirect to https, which it does not speak itself"],
        ["health-path", "GET /healthz is answered with no HTTP"],
        ["health-path", "GET /healthz is answered with no HTTP"],
        ["health-path", "GET /readyz is answered with nothing within 5 s"],
        ["health-path", "GET /healthz is answered with nothing within 5 s"],
      ],
    );
  });
  it("says itself that it is not ready", () => {
    assert.deepStrictEqual(
      [bad({ kind: "Readiness", said: answered(503) }), bad({ said: answered(503) })],
      [
        [
          "health-path",
          "GET /readyz is answered with status 503: the app itself says that it is not ready, as while its database is away",
        ],
        ["health-path", "GET /healthz is answered with status 503"],
      ],
    );
  });
  it("is told by its log why, if that is an exception", () => {
    const log = "OSError: [Errno 30] Read-only file system: '/app/instance'";
    const names = [500, 404, 503].map((status) => told({ said: answered(status), log })?.name);
    assert.deepStrictEqual(names, ["needs-a-writable-folder", "health-path", "health-path"]);
    assert.deepStrictEqual(bad({ said: answered(500) }), ["health-path", "GET /healthz is answered with status 500"]);
  });
  it("is told nothing where the kubelet's words are not known, or there are none", () => {
    const lost =
      'Get "http://10.244.0.7:8000/healthz": read tcp 10.244.0.1:1->10.244.0.7:8000: connection reset by peer';
    assert.deepStrictEqual(
      [told({ said: lost }), unansweredBreach(factsOf(appPod("web", container(running(90)))))],
      [undefined, undefined],
    );
  });
});

describe("An app behind NGINX", () => {
  const NGINX = at("0.0.0.0", 8000);
  const behind = (listeners?: Listener[], more: Partial<Given> = {}) =>
    told({ pod: "behindNginx", said: answered(502), ...(listeners === undefined ? {} : { listeners }), ...more });

  it("listens where NGINX does not look for it", () => {
    const mend = "Let it listen on 127.0.0.1:$PORT, which is 8080.";
    assert.deepStrictEqual(
      [behind([NGINX, at("0.0.0.0", 5000)]), behind([NGINX, at("::1", 8080)])?.text],
      [
        {
          name: "wrong-port",
          text: `NGINX finds no server at 127.0.0.1:8080: it listens on 0.0.0.0:5000. ${mend}`,
        },
        `NGINX finds no server at 127.0.0.1:8080: it listens on [::1]:8080. ${mend}`,
      ],
    );
  });
  it("may listen on localhost, where NGINX finds it", () => {
    assert.deepStrictEqual(
      [behind([NGINX, at("127.0.0.1", 8080)]), behind([NGINX, at("0.0.0.0", 8080)]), behind([NGINX])],
      [undefined, undefined, undefined],
    );
  });
  it("is told what is certain where nobody can see where it listens", () => {
    assert.deepStrictEqual(
      [behind(), behind(undefined, { status: container(running(31)) })?.text],
      [undefined, "NGINX finds no server at 127.0.0.1:8080. Let it listen on 127.0.0.1:$PORT, which is 8080."],
    );
  });
  it("takes too long to start when it listens on nothing for longer than that may take", () => {
    assert.deepStrictEqual(behind([NGINX], { status: container(running(70)) })?.name, "too-slow-to-start");
  });
  it("is not at fault when NGINX itself refuses", () => {
    assert.deepStrictEqual(behind([], { said: REFUSED, status: container(running(90)) }), undefined);
  });
});
