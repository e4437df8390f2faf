import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { DatabaseRelay } from "../../../../local/digitalocean/databaseRelay";

const SERVER = "127.0.0.1";
const REPLICA = "127.0.0.2";

describe("the place of an emulated replica", () => {
  let server: Server;
  let port: number;
  let relay: DatabaseRelay;
  const connections: Socket[] = [];

  beforeEach(async () => {
    server = createServer((socket) => {
      connections.push(socket);
      socket.on("error", () => undefined);
      socket.on("data", (data) => socket.write(`you said ${data.toString()}`));
    });
    await once(server.listen(0, SERVER), "listening");
    ({ port } = server.address() as AddressInfo);
    relay = new DatabaseRelay({ address: REPLICA, server: SERVER, port });
    await relay.open();
  });
  afterEach(async () => {
    await relay.close();
    for (const socket of connections.splice(0)) socket.destroy();
    server.close();
  });

  const dial = async () => {
    const client = connect(port, REPLICA);
    client.on("error", () => undefined);
    await once(client, "connect");
    return client;
  };

  it("is where the database's server answers", async () => {
    const client = await dial();
    client.write("hello");
    const [answer] = (await once(client, "data")) as [Buffer];
    assert.equal(answer.toString(), "you said hello");
    client.destroy();
  });

  it("hangs up when the server does, and the server's side when the client does", async () => {
    const left = await dial();
    left.write("hello");
    await once(left, "data");
    const gone = once(left, "close");
    connections[0]?.destroy();
    await gone;
    const leaving = await dial();
    leaving.write("hello");
    await once(leaving, "data");
    const second = connections[1];
    assert.ok(second !== undefined);
    const ended = once(second, "close");
    leaving.destroy();
    await ended;
  });

  it("hangs up where there is no server", async () => {
    server.close();
    const client = connect(port, REPLICA);
    client.on("error", () => undefined);
    await once(client, "close");
  });

  it("ends its connections when it is closed, and answers no more", async () => {
    const client = await dial();
    const closed = once(client, "close");
    await relay.close();
    await closed;
    const [error] = (await once(connect(port, REPLICA), "error")) as [NodeJS.ErrnoException];
    assert.equal(error.code, "ECONNREFUSED");
  });
});
