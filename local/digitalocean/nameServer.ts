/**
 * DigitalOcean's name servers, as one that listens on this machine: what the account's records say is what it says from
 * then on. For those who ask it there is no other Internet.
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import {
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
  type DecodedPacket,
  type OptAnswer,
  type Packet,
  type Question,
} from "dns-packet";
import { listenAt, unlessInUse } from "./listening";
import { replyTo, type KnownNames } from "./zones";

const WHAT = "the emulated name server";
/** Codes of answers. */
const CODES = { good: 0, malformed: 1, failed: 2, noSuchName: 3, notImplemented: 4, refused: 5 } as const;
/** The bits of a message's flags that say what is asked for: they are told back. */
const OPERATION = 0x7800;
/** Bytes that an answer over UDP has, unless whoever asks can take more, and however much that is. */
const [UDP_BYTES, LARGEST_UDP_BYTES] = [512, 1232];
const TCP_BYTES = 65_535;
const HEADER_BYTES = 12;
/** Told to those who speak of extensions (EDNS) themselves. */
const EDNS: OptAnswer = {
  type: "OPT",
  name: ".",
  udpPayloadSize: LARGEST_UDP_BYTES,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};
const IDLE_MS = 10_000;

export interface NameServerArgs {
  /** IPv4 address and port to listen on, for UDP and TCP; port 0 for one that is free. */
  listen: string;
  /** The account's domains as they are now: it is asked each time. */
  domains: () => KnownNames["domains"];
  /** Addresses of DigitalOcean's own hosts as they are now, by name. */
  hosts: () => KnownNames["hosts"];
}

export class NameServer {
  /** host:port */
  readonly address: string;
  readonly #stop: () => Promise<void>;

  private constructor(address: string, stop: () => Promise<void>) {
    this.address = address;
    this.#stop = stop;
  }

  static async start(args: NameServerArgs): Promise<NameServer> {
    const known = (): KnownNames => ({ domains: args.domains(), hosts: args.hosts() });
    const sockets = new Set<Socket>();
    const tcp = createServer((socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      serve(socket, known);
    });
    const [host = ""] = args.listen.split(":");
    const port = await listenAt(tcp, args.listen, WHAT);
    const address = `${host}:${port}`;
    const udp = createSocket("udp4", (message, from) => {
      const answer = answerTo(message, known, UDP_BYTES);
      // Whoever asked may be gone by now.
      if (answer !== undefined) udp.send(answer, from.port, from.address, () => undefined);
    });
    const stop = async (): Promise<void> => {
      const closed = once(tcp.close(), "close");
      for (const socket of sockets) socket.destroy();
      udp.close();
      await closed;
    };
    try {
      await unlessInUse(address, WHAT, () => once(udp.bind(port, host), "listening"));
    } catch (error) {
      await stop();
      throw error;
    }
    // A message that cannot be received is one that is lost: whoever sent it asks again.
    udp.on("error", () => undefined);
    return new NameServer(address, stop);
  }

  async stop(): Promise<void> {
    await this.#stop();
  }
}

/** Over TCP each message has its length before it, and there may be several, in pieces. */
function serve(socket: Socket, known: () => KnownNames): void {
  let received = Buffer.alloc(0);
  const end = (): number => (received.length < 2 ? Infinity : 2 + received.readUInt16BE(0));
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= end()) {
      const answer = answerTo(received.subarray(2, end()), known, TCP_BYTES);
      if (answer === undefined) {
        socket.destroy();
        return;
      }
      received = received.subarray(end());
      const length = Buffer.alloc(2);
      length.writeUInt16BE(answer.length);
      socket.write(Buffer.concat([length, answer]));
    }
  });
}

/** The answer to a message; none to what is no question, lest two servers answer one another for ever. */
function answerTo(message: Buffer, known: () => KnownNames, bytes: number): Buffer | undefined {
  if (message.length < HEADER_BYTES || (message.readUInt8(2) & 0x80) !== 0) return undefined;
  const id = message.readUInt16BE(0);
  let query: DecodedPacket;
  try {
    query = decode(message);
  } catch {
    return encode({ type: "response", id, flags: CODES.malformed });
  }
  try {
    return fitted(answered(query, known()), query, bytes);
  } catch {
    // A record that cannot be told, or a name that cannot be told back.
    return encode({ type: "response", id, flags: CODES.failed });
  }
}

function answered(query: DecodedPacket, known: KnownNames): Packet {
  const questions = query.questions ?? [];
  const asked = (query.flags ?? 0) & (OPERATION | RECURSION_DESIRED);
  const common = {
    type: "response" as const,
    ...(query.id === undefined ? {} : { id: query.id }),
    questions,
    additionals: ednsOf(query) === undefined ? [] : [EDNS],
  };
  const [question] = questions;
  const problem = problemOf(asked, questions);
  if (question === undefined || problem !== undefined)
    return { ...common, flags: asked | (problem ?? CODES.malformed) };
  const { exists, ...records } = replyTo(known, question);
  const code = exists ? CODES.good : CODES.noSuchName;
  return { ...common, ...records, flags: asked | AUTHORITATIVE_ANSWER | code };
}

function problemOf(flags: number, [question, ...more]: readonly Question[]): number | undefined {
  if ((flags & OPERATION) !== 0) return CODES.notImplemented;
  if (question === undefined || more.length > 0) return CODES.malformed;
  return question.class === "IN" ? undefined : CODES.refused;
}

/** An answer that is too long says so instead: it is asked for again over TCP. */
function fitted(answer: Packet, query: DecodedPacket, bytes: number): Buffer {
  const room = Math.max(bytes, Math.min(ednsOf(query)?.udpPayloadSize ?? 0, LARGEST_UDP_BYTES));
  const whole = encode(answer);
  if (whole.length <= room) return whole;
  return encode({ ...answer, answers: [], authorities: [], flags: (answer.flags ?? 0) | TRUNCATED_RESPONSE });
}

const ednsOf = ({ additionals }: DecodedPacket): OptAnswer | undefined =>
  additionals?.find((each) => each.type === "OPT");
