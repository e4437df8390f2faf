import * as pulumi from "@pulumi/pulumi";

/** How a DigitalOcean cluster is reached. */
export interface ClusterAccess {
  /** The cluster's id, with which a token is asked for. */
  id: string;
  /** The cluster's name, for people. */
  name: string;
  /** URL of the API server. */
  endpoint: string;
  /** The certificate authority that the API server is verified with: PEM, as base64. */
  certificateAuthority: string | undefined;
}

/**
 * Asks DigitalOcean for a token of the cluster and prints it as client-go wants it. Run as `node -e <this> <id> <name>`,
 * with Node 18 or newer. Text, not a function: what compiles the program would change a function's text from one run to
 * the next, and with it the provider's settings. It tells what went wrong in one line, and never a token.
 */
const ASK_FOR_TOKEN = `
const [, id, name] = process.argv;
const { DIGITALOCEAN_TOKEN: token = "", DIGITALOCEAN_API_URL: url } = process.env;
const api = (url || "https://api.digitalocean.com").replace(/\\/+$/, "");
const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const fail = (text) => {
  process.stderr.write(text.split(token || "\\n").join("…").replace(/\\s+/g, " ") + "\\n");
  process.exitCode = 1;
};
async function ask() {
  const response = await fetch(api + "/v2/kubernetes/clusters/" + id + "/credentials?expiry_seconds=3600", {
    headers: { Authorization: "Bearer " + token },
    signal: AbortSignal.timeout(30000),
  });
  const text = await response.text();
  let body = {};
  try { body = JSON.parse(text) || {}; } catch {}
  return { status: response.status, wait: response.headers.get("retry-after"), body };
}
async function main() {
  if (token === "") return fail("DIGITALOCEAN_TOKEN is not set; it is needed to log in to the cluster " + name + ".");
  if (!/^[\\x21-\\x7e]+$/.test(token)) return fail("DIGITALOCEAN_TOKEN holds characters that no API token has, such as a line break.");
  for (let attempt = 1; ; attempt++) {
    const answer = await ask().catch((error) => ({ status: 0, reason: String((error.cause && (error.cause.code || error.cause.message)) || error.message) }));
    const { status, wait, body = {} } = answer;
    const again = status === 0 || status === 429 || status >= 500 || (status === 200 && !body.token);
    if (again && attempt < (status === 0 ? 3 : 5)) {
      await sleep(wait !== null && Number(wait) >= 0 ? Math.min(Number(wait), 60) : 0.25 * 2 ** attempt);
      continue;
    }
    const said = body.message ? ": " + body.message : "";
    if (status === 0) return fail("DigitalOcean's API does not answer at " + api + ": " + answer.reason + ".");
    if (status === 401) return fail("DigitalOcean does not accept the token in DIGITALOCEAN_TOKEN (401" + said + ").");
    if (status === 403) return fail("The token in DIGITALOCEAN_TOKEN may not log in to the cluster " + name + "; it needs the scope kubernetes:access_cluster (403" + said + ").");
    if (status === 404) return fail("The token in DIGITALOCEAN_TOKEN sees no cluster " + name + " (" + id + "): it was deleted, or belongs to another account (404" + said + ").");
    if (status !== 200 || !body.token) return fail("DigitalOcean gives no token for the cluster " + name + " (" + status + said + ").");
    return process.stdout.write(JSON.stringify({
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token: body.token, expirationTimestamp: body.expires_at },
    }));
  }
}
main().catch((error) => fail(String(error)));
`.trim();

/**
 * A kubeconfig that holds no token: whoever uses it runs `node`, which asks DigitalOcean for one that is good for an
 * hour, with the API token in `DIGITALOCEAN_TOKEN` (and at `DIGITALOCEAN_API_URL`, when that is set). So it is the same
 * text on every run and never expires (D1).
 *
 * @returns JSON, which is YAML too.
 * @throws pulumi.RunError when the certificate is not known: without it the server could be anybody's.
 */
export function execKubeconfig({ id, name, endpoint, certificateAuthority }: ClusterAccess): string {
  if (certificateAuthority === undefined || certificateAuthority === "") {
    throw new pulumi.RunError(`The state does not hold the certificate of the cluster ${name}: run pulumi refresh`);
  }
  // Clients keep tokens by the user's name: a cluster that was made anew under the old name must not get the old one's.
  const user = `${name}-${id}`;
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: endpoint, "certificate-authority-data": certificateAuthority } }],
    users: [
      {
        name: user,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1",
            command: "node",
            args: ["-e", ASK_FOR_TOKEN, id, name],
            installHint: "Node 18 or newer is needed to log in to this cluster.",
            interactiveMode: "Never",
            provideClusterInfo: false,
          },
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user } }],
    "current-context": name,
  });
}
