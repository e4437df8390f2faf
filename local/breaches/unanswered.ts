/** Breaches of an app that runs and does not answer the kubelet's probes as it must. */

import type { V1Container } from "@kubernetes/client-node";
import type { Breach } from "./breach";
import { isLoopback, type Listener, listenerText } from "./listeners";
import { type AppFacts, endedByStartupProbe, runsSeconds } from "./podFacts";
import { isRefused, type Question, questionOf, startLimit, statusIn } from "./probes";
import { saidInLog } from "./saidInLog";

/** Where nobody can see what listens, an app is not suspected before, in seconds. */
const PATIENCE_SECONDS = 30;

export function unansweredBreach(facts: AppFacts): Breach | undefined {
  const { app, status, failure, log } = facts;
  const port = portOf(app);
  if (status === undefined || failure === undefined || port === undefined) return undefined;
  const { kind, said } = failure;
  const asked = questionOf(app, kind);
  const isLate = kind === "Startup" && startIsLate(facts);
  const code = statusIn(said);
  if (code === 502 && hasNginx(facts)) return behindNginx(facts, port, isLate, asked);
  // An exception is a 500, and in the log.
  if (code === 500) return saidInLog(log) ?? badAnswer(asked, "status 500");
  if (code === 503 && asked.key === "ready") return notReady(asked);
  if (code > 0) return badAnswer(asked, `status ${code}`);
  // NGINX refuses only while it starts itself.
  if (isRefused(said)) return hasNginx(facts) ? undefined : refused(facts, port, isLate, asked);
  if (/^Get "?https:/.test(said)) return badAnswer(asked, "a redirect to https, which it does not speak itself");
  if (/malformed HTTP|: EOF/.test(said)) return badAnswer(asked, "no HTTP");
  if (!/context deadline exceeded|Client\.Timeout/.test(said)) return undefined;
  if (kind !== "Startup") return badAnswer(asked, `nothing within ${asked.seconds} s`);
  return isLate ? tooSlow(app, `GET ${asked.path} was not answered`) : undefined;
}

/** The port that the app is told to listen on. */
export function portOf(app: V1Container): number | undefined {
  const port = Number(app.env?.find(({ name }) => name === "PORT")?.value);
  return port > 0 ? port : undefined;
}

/** Whether the start takes longer than it may, or did so before it was begun again. */
function startIsLate({ app, status, now }: AppFacts): boolean {
  const before = status?.lastState?.terminated ?? status?.state?.terminated;
  return (
    (status !== undefined && runsSeconds(status, now) >= startLimit(app)) ||
    (before !== undefined && endedByStartupProbe(app, before))
  );
}

const others = ({ pod, app }: AppFacts): V1Container[] =>
  (pod.spec?.containers ?? []).filter(({ name }) => name !== app.name);

const hasNginx = (facts: AppFacts): boolean => others(facts).some(({ name }) => name === "nginx");

/** Where the app listens: all containers of a pod share its network, and what others say of their ports is theirs. */
function listenersOfApp(facts: AppFacts): readonly Listener[] | undefined {
  const theirs = others(facts).flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort));
  return facts.listeners?.filter(({ port }) => !theirs.includes(port));
}

const waitedLong = ({ status, now }: AppFacts): boolean =>
  status !== undefined && (status.restartCount > 0 || runsSeconds(status, now) >= PATIENCE_SECONDS);

const places = (listeners: readonly Listener[]): string => listeners.map(listenerText).join(" and ");

function refused(facts: AppFacts, port: number, isLate: boolean, { path }: Question): Breach | undefined {
  const mend = `Let it listen on 0.0.0.0:$PORT, which is ${port}.`;
  const mine = listenersOfApp(facts);
  if (mine === undefined) {
    const text = `nothing answers at port ${port}: it listens on another one, or on localhost only, where no request from outside reaches it. ${mend}`;
    return waitedLong(facts) ? { name: "wrong-port", text } : undefined;
  }
  const outside = mine.filter((each) => !isLoopback(each));
  const right = outside.filter((each) => each.port === port);
  if (mine.length === 0 || right.length > 0) return isLate ? lateStart(facts, right, path) : undefined;
  const local = mine.filter((each) => isLoopback(each) && (outside.length === 0 || each.port === port));
  if (local.length > 0) {
    const only = outside.length === 0 ? " only" : "";
    const text = `it listens on ${places(local)}${only}, where no request from outside reaches it. ${mend}`;
    return { name: "listens-on-localhost", text };
  }
  return { name: "wrong-port", text: `it listens on ${places(outside)}, and not on port ${port}. ${mend}` };
}

/** NGINX reaches the app from within the pod: localhost will do, and the port has to be right. */
function behindNginx(facts: AppFacts, port: number, isLate: boolean, { path }: Question): Breach | undefined {
  const mend = `Let it listen on 127.0.0.1:$PORT, which is ${port}.`;
  const mine = listenersOfApp(facts);
  if (mine === undefined) {
    const text = `NGINX finds no server at 127.0.0.1:${port}. ${mend}`;
    return waitedLong(facts) ? { name: "wrong-port", text } : undefined;
  }
  const right = mine.filter((each) => each.port === port && each.address !== "::1");
  if (mine.length === 0 || right.length > 0) return isLate ? lateStart(facts, right, path) : undefined;
  return {
    name: "wrong-port",
    text: `NGINX finds no server at 127.0.0.1:${port}: it listens on ${places(mine)}. ${mend}`,
  };
}

const lateStart = ({ app }: AppFacts, right: readonly Listener[], path: string): Breach =>
  tooSlow(
    app,
    right.length === 0
      ? "it listened on nothing"
      : `it listens on ${places(right)}, but GET ${path} was not answered well`,
  );

const tooSlow = (app: V1Container, seen: string): Breach => ({
  name: "too-slow-to-start",
  text: `${seen} within the ${startLimit(app)} s that a start may take. Let it answer first, and do afterwards what takes long.`,
});

const badAnswer = ({ path, key }: Question, answer: string): Breach => ({
  name: "health-path",
  text: `GET ${path} is answered with ${answer}. Let the app answer it with 200, or name a path that it does in apps[].health.${key}.`,
});

const notReady = ({ path }: Question): Breach => ({
  name: "health-path",
  text: `GET ${path} is answered with status 503: the app itself says that it is not ready, as while its database is away. It gets no request until it answers 200.`,
});
