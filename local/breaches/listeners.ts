/** Where the processes of a container listen, as the kernel tells it in /proc/net/tcp and /proc/net/tcp6. */

import { isIPv6 } from "node:net";

/** An address and a port at which connections are taken. */
export interface Listener {
  address: string;
  port: number;
}

/** TCP_LISTEN, of the kernel's states. */
const LISTEN = "0A";

/** The first line of either file. */
const HEADER = "local_address";

/**
 * Reads either file, or both in a row.
 *
 * @returns Each place once, in the order of the files; nothing for a text that is not theirs.
 */
export function parseListeners(text: string): Listener[] | undefined {
  if (!text.includes(HEADER)) return undefined;
  const found = new Map<string, Listener>();
  for (const line of text.split("\n")) {
    const [, address = "", port = "", state] = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ ([0-9A-F]{2}) /.exec(line) ?? [];
    if (state === LISTEN) {
      const listener = { address: addressOf(address), port: parseInt(port, 16) };
      found.set(listenerText(listener), listener);
    }
  }
  return [...found.values()];
}

/** Such as `127.0.0.1:5000` or `[::]:8000`. */
export const listenerText = ({ address, port }: Listener): string =>
  isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;

/** Whether it takes connections from the same pod only. */
export const isLoopback = ({ address }: Listener): boolean => address.startsWith("127.") || address === "::1";

/** What an IPv4 address begins with where it stands in an IPv6 one. */
const MAPPED = "00000000000000000000FFFF";

/** The kernel prints words of 32 bits, each as the machine holds it: the last byte first, on amd64 and arm64 alike. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse()).join("");
  if (bytes.length === 8) return dotted(bytes);
  if (bytes.startsWith(MAPPED)) return dotted(bytes.slice(MAPPED.length));
  const groups = bytes.match(/.{4}/g) ?? [];
  // The URL's host is the address in its short form.
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

const dotted = (bytes: string): string => (bytes.match(/../g) ?? []).map((byte) => parseInt(byte, 16)).join(".");
