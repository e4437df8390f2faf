/** Requests in the clear to a name that nobody resolves here. */
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** Asks for the front page of a host at an address. Redirects are not followed. */
export async function askByName(
  host: string,
  { address, port = 80 }: { address: string; port?: number },
): Promise<{ status: number; location: string | undefined; text: string }> {
  const agent = false;
  const sent = get({ host: address, port, agent, headers: { host }, signal: AbortSignal.timeout(10_000) });
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const { statusCode = 0, headers } = response;
  return { status: statusCode, location: headers.location, text: await text(response) };
}
