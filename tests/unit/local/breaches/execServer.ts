/** Answers an API server's `exec` as that does: by WebSocket, with a channel's number before each message. */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** As RFC 6455 has it. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** What a command does: what it prints, and its exit code. */
export interface Outcome {
  out?: string;
  exitCode?: number;
  /** Whether the connection stays open without a word, or is lost. */
  then?: "hangs" | "is lost";
}

export function answerExec(request: IncomingMessage, socket: Duplex, { out = "", exitCode = 0, then }: Outcome): void {
  const key = request.headers["sec-websocket-key"] ?? "";
  const accept = createHash("sha1").update(`${key}${GUID}`).digest("base64");
  const [protocol = ""] = (request.headers["sec-websocket-protocol"] ?? "").split(",");
  const upgrade = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
  const lines = [...upgrade, `Sec-WebSocket-Accept: ${accept}`, `Sec-WebSocket-Protocol: ${protocol}`, "", ""];
  socket.on("error", () => undefined);
  // All that a client has to say is that it goes.
  socket.on("data", () => socket.end());
  socket.write(lines.join("\r\n"));
  if (out !== "") socket.write(frame(1, out));
  if (then === "is lost") socket.end();
  if (then === undefined) {
    socket.write(frame(3, JSON.stringify({ kind: "Status", status: exitCode === 0 ? "Success" : "Failure" })));
  }
}

export function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}

function frame(channel: number, text: string): Buffer {
  const payload = Buffer.concat([Buffer.from([channel]), Buffer.from(text)]);
  const head = payload.length < 126 ? Buffer.from([0x82, payload.length]) : Buffer.from([0x82, 126, 0, 0]);
  if (payload.length >= 126) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}
