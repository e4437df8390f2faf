/** Requests in the clear to a name that nobody resolves here. */
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";

/** Asks for the front page of a host at an address. Redirects are not followed. */
export async function askByName(
  host: string,
  { address, port = 80 }: { address: string; port?: number },
): Promise<{ status: number; location: string | undefined }> {
  const agent = false;
  const sent = get({ host: address, port, agent, headers: { host }, signal: AbortSignal.timeout(10_000) });
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.destroy();
  return { status: response.statusCode ?? 0, location: response.headers.location };
}
