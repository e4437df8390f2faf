/** Looks at an app from within its own container: no network policy is in the way there. */

import { Exec, type KubeConfig } from "@kubernetes/client-node";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { type Listener, parseListeners } from "./listeners";

export interface Place {
  namespace: string;
  pod: string;
  container: string;
  /** How long each look may take, in seconds. */
  seconds: number;
}

/** Print the same; the first needs a `cat` in the image, the second a Python. */
const LISTENERS = [
  ["cat", "/proc/net/tcp", "/proc/net/tcp6"],
  [
    "python3",
    "-c",
    "import pathlib\nfor file in sorted(pathlib.Path('/proc/net').glob('tcp*')): print(file.read_text())",
  ],
];

const ASK = `import http.client, sys
server = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]), timeout=4)
server.request("GET", sys.argv[3], headers={"User-Agent": "kube-probe/1"})
print("status", server.getresponse().status)`;

/** Where something listens in the container's pod; undefined where that cannot be seen. */
export async function listenersIn(kubeconfig: KubeConfig, place: Place): Promise<Listener[] | undefined> {
  const signal = AbortSignal.timeout(place.seconds * 1000);
  for (const command of LISTENERS) {
    const listeners = parseListeners(await printed(kubeconfig, place, command, signal));
    if (listeners !== undefined) return listeners;
  }
  return undefined;
}

/** The status with which a path is answered; undefined where that cannot be asked, or no HTTP comes back. */
export async function statusAt(
  kubeconfig: KubeConfig,
  place: Place,
  { address, port, path }: { address: string; port: number; path: string },
): Promise<number | undefined> {
  const command = ["python3", "-c", ASK, address, String(port), path];
  const out = await printed(kubeconfig, place, command, AbortSignal.timeout(place.seconds * 1000));
  const [, status] = /^status (\d{3})$/m.exec(out) ?? [];
  return status === undefined ? undefined : Number(status);
}

/** What is used of the client's connection, whose own types do not come with it. */
interface Connection {
  on: (event: "close", listener: () => void) => void;
  close: () => void;
}

/** What a command prints in a container; what there is of it when the time is over or it may not be run. */
async function printed(
  kubeconfig: KubeConfig,
  { namespace, pod, container }: Place,
  command: string[],
  signal: AbortSignal,
): Promise<string> {
  if (signal.aborted) return "";
  const stdout = new PassThrough();
  const end = () => stdout.end();
  // What comes after the end has nowhere to go.
  stdout.on("error", () => undefined);
  signal.addEventListener("abort", end);
  const out = text(stdout);
  const exec = new Exec(kubeconfig);
  const opening: Promise<unknown> = exec.exec(namespace, pod, container, command, stdout, null, null, false);
  opening.then((opened) => {
    const connection = opened as Connection;
    connection.on("close", end);
    void out.finally(() => {
      connection.close();
    });
  }, end);
  return out;
}
