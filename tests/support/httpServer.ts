/** Small HTTP servers of a test's own, on loopback and a port that is free. */
import { KubeConfig } from "@kubernetes/client-node";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

export interface HttpServer {
  url: string;
  /** Ends it, whatever is still open. */
  stop: () => Promise<void>;
}

export async function startServer(answer: RequestListener): Promise<HttpServer> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      const closed = once(server.close(), "close");
      server.closeAllConnections();
      await closed;
    },
  };
}

/** An address where nothing listens any more. */
export async function deadUrl(): Promise<string> {
  const { url, stop } = await startServer(() => undefined);
  await stop();
  return url;
}

/** The kubeconfig of a cluster whose API is at `url`. */
export function kubeconfigFor(url: string): KubeConfig {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser({ name: "here", server: url, skipTLSVerify: true }, { name: "me", token: "t0ken" });
  return kubeconfig;
}
