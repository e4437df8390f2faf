import { decode, encode, streamEncode, type DecodedPacket, type Packet } from "dns-packet";
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { connect } from "node:net";
import { NameServer } from "../../../../local/digitalocean/nameServer";
import { UserError } from "../../../../local/steps";
import { eachWithAccount } from "./account";

const RECORDS = "/v2/domains/example.com/records";

describe("what stands for DigitalOcean's name servers", () => {
  const account = eachWithAccount();
  let server: NameServer;
  /** Node's own resolver, which knows nothing of ours. */
  let resolver: Resolver;
  const port = (): number => Number(server.address.split(":")[1]);
  /** DigitalOcean's description of its API wants flags and a tag even with texts. */
  const add = (type: string, name: string, data: string, more: Record<string, unknown> = {}) =>
    account.get().do("POST", RECORDS, { type, name, data, flags: null, tag: null, ...more });
  const question = (name: string, more: Packet = {}): Packet => ({
    type: "query",
    id: 4711,
    questions: [{ name, type: "A", class: "IN" }],
    ...more,
  });

  beforeEach(async () => {
    server = await NameServer.start({
      listen: "127.0.0.1:0",
      domains: () => account.get().emulator.state.domains,
      hosts: () => new Map([["ns1.digitalocean.com", "192.0.2.53"]]),
    });
    resolver = new Resolver({ timeout: 2000, tries: 1 });
    resolver.setServers([server.address]);
    await account.get().do("POST", "/v2/domains", { name: "example.com" });
  });
  afterEach(async () => {
    resolver.cancel();
    await server.stop();
  });

  /** The answer to a packet over UDP. */
  async function send(packet: Buffer): Promise<DecodedPacket & { rcode: string; bytes: number }> {
    const socket = createSocket("udp4");
    try {
      const answered = once(socket, "message", { signal: AbortSignal.timeout(2000) }) as Promise<[Buffer]>;
      socket.send(packet, port(), "127.0.0.1");
      const [message] = await answered;
      return { ...(decode(message) as DecodedPacket & { rcode: string }), bytes: message.length };
    } finally {
      socket.close();
    }
  }

  it("tells addresses of both kinds, all of a name's, and keeps them for a few seconds only", async () => {
    await add("A", "@", "192.0.2.1", { ttl: 3600 });
    await add("A", "@", "192.0.2.2");
    await add("AAAA", "www", "2001:db8::1");
    const addresses = await resolver.resolve4("example.com", { ttl: true });
    assert.deepEqual(
      addresses.sort((one, other) => one.address.localeCompare(other.address)),
      [
        { address: "192.0.2.1", ttl: 5 },
        { address: "192.0.2.2", ttl: 5 },
      ],
    );
    assert.deepEqual(await resolver.resolve6("www.example.com"), ["2001:db8::1"]);
  });

  it("tells who may issue certificates, and whom to tell of attempts", async () => {
    await add("CAA", "@", "letsencrypt.org.", { flags: 0, tag: "issue" });
    await add("CAA", "@", "mailto:ops@example.com", { flags: 128, tag: "iodef" });
    assert.deepEqual(await resolver.resolveCaa("example.com"), [
      { critical: 0, issue: "letsencrypt.org", type: "CAA" },
      { critical: 128, iodef: "mailto:ops@example.com", type: "CAA" },
    ]);
  });

  it("tells texts, mail servers and services", async () => {
    await add("TXT", "_acme-challenge.www", "token");
    await add("MX", "@", "mail.example.com.", { priority: 10 });
    await add("SRV", "_sip._tcp", "sip.example.com.", { priority: 1, weight: 2, port: 5060 });
    assert.deepEqual(await resolver.resolveTxt("_acme-challenge.www.example.com"), [["token"]]);
    assert.deepEqual(
      (await resolver.resolveMx("example.com")).map(({ exchange, priority }) => [exchange, priority]),
      [["mail.example.com", 10]],
    );
    const [service] = await resolver.resolveSrv("_sip._tcp.example.com");
    assert.deepEqual(
      [service?.name, service?.priority, service?.weight, service?.port],
      ["sip.example.com", 1, 2, 5060],
    );
  });

  it("tells a domain's name servers, which are this one, and where the domain begins", async () => {
    assert.deepEqual((await resolver.resolveNs("example.com")).sort(), [
      "ns1.digitalocean.com",
      "ns2.digitalocean.com",
      "ns3.digitalocean.com",
    ]);
    const { nsname, hostmaster } = await resolver.resolveSoa("example.com");
    assert.deepEqual([nsname, hostmaster], ["ns1.digitalocean.com", "hostmaster.example.com"]);
    assert.deepEqual(await resolver.resolve4("ns1.digitalocean.com"), ["192.0.2.53"]);
    await assert.rejects(resolver.resolve6("ns1.digitalocean.com"), { code: "ENODATA" });
  });

  it("follows aliases to where they lead in the account, and not in a circle", async () => {
    await account.get().do("POST", "/v2/domains", { name: "example.net" });
    await account.get().do("POST", "/v2/domains/example.net/records", { type: "A", name: "app", data: "192.0.2.7" });
    await add("CNAME", "www", "blog.example.com.");
    await add("CNAME", "blog", "app.example.net.");
    await add("CNAME", "a", "b.example.com.");
    await add("CNAME", "b", "a.example.com.");
    await add("CNAME", "out", "elsewhere.test.");
    assert.deepEqual(await resolver.resolve4("www.example.com"), ["192.0.2.7"]);
    assert.deepEqual(await resolver.resolveCname("www.example.com"), ["blog.example.com"]);
    const names = async (name: string) => {
      const { answers, rcode } = await send(encode(question(name)));
      return [rcode, answers?.map((each) => ("data" in each ? each.data : ""))];
    };
    assert.deepEqual(await names("www.example.com"), ["NOERROR", ["blog.example.com", "app.example.net", "192.0.2.7"]]);
    assert.deepEqual(await names("a.example.com"), ["NOERROR", ["b.example.com", "a.example.com"]]);
    assert.deepEqual(await names("out.example.com"), ["NOERROR", ["elsewhere.test"]]);
  });

  it("has a wildcard stand for names that are not there, and for no others", async () => {
    await add("A", "*", "192.0.2.9");
    await add("TXT", "known", "here");
    await add("A", "deep.below", "192.0.2.8");
    assert.deepEqual(await resolver.resolve4("any.example.com"), ["192.0.2.9"]);
    assert.deepEqual(await resolver.resolve4("two.labels.example.com"), ["192.0.2.9"]);
    await assert.rejects(resolver.resolve4("known.example.com"), { code: "ENODATA" });
    await assert.rejects(resolver.resolve4("below.example.com"), { code: "ENODATA" });
    await assert.rejects(resolver.resolve4("other.below.example.com"), { code: "ENOTFOUND" });
  });

  it("says at once that there is no such name, inside of the account's domains and outside", async () => {
    const inside = await send(encode(question("none.example.com")));
    assert.deepEqual([inside.rcode, inside.flag_aa, inside.authorities?.[0]?.type], ["NXDOMAIN", true, "SOA"]);
    for (const name of ["example.org", "com", ".", "notexample.com", "constructor"]) {
      const outside = await send(encode(question(name)));
      assert.deepEqual([outside.rcode, outside.answers, outside.authorities], ["NXDOMAIN", [], []], name);
    }
  });

  it("asks the innermost of domains within one another", async () => {
    await account.get().do("POST", "/v2/domains", { name: "sub.example.com" });
    await add("A", "www.sub", "192.0.2.1");
    await assert.rejects(resolver.resolve4("www.sub.example.com"), { code: "ENOTFOUND" });
  });

  it("does not mind upper and lower case, and answers as it was asked", async () => {
    await add("A", "Shop", "192.0.2.3");
    const { answers, questions } = await send(encode(question("sHOP.Example.COM")));
    assert.deepEqual([answers?.[0]?.name, questions?.[0]?.name], ["sHOP.Example.COM", "sHOP.Example.COM"]);
  });

  it("shows at once what is added, changed and taken away", async () => {
    const found = async () => (await send(encode(question("www.example.com")))).answers?.map((each) => each.name);
    assert.deepEqual(await found(), []);
    const { domain_record: record } = await add("A", "www", "192.0.2.1");
    assert.deepEqual(await resolver.resolve4("www.example.com"), ["192.0.2.1"]);
    await account.get().do("PATCH", `${RECORDS}/${record.id}`, { type: "A", data: "192.0.2.2" });
    assert.deepEqual(await resolver.resolve4("www.example.com"), ["192.0.2.2"]);
    await account.get().do("DELETE", "/v2/domains/example.com");
    assert.deepEqual(await found(), []);
  });

  it("says that an answer is too long for UDP, and gives it over TCP", async () => {
    const text = "x".repeat(2000);
    await add("TXT", "long", text);
    const asked = question("long.example.com", { questions: [{ name: "long.example.com", type: "TXT", class: "IN" }] });
    const { flag_tc: truncated, answers, bytes } = await send(encode(asked));
    assert.deepEqual([truncated, answers, bytes <= 512], [true, [], true]);
    const [strings = []] = await resolver.resolveTxt("long.example.com");
    assert.deepEqual([strings.length, strings.join("")], [8, text]);
  });

  it("takes several questions over one TCP connection, in pieces", async () => {
    await add("A", "www", "192.0.2.1");
    const socket = connect(port(), "127.0.0.1");
    const sent = Buffer.concat([1, 2].map((id) => streamEncode(question("www.example.com", { id }))));
    socket.setNoDelay(true);
    socket.write(sent.subarray(0, 20));
    setTimeout(() => socket.end(sent.subarray(20)), 50);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    const received = Buffer.concat(chunks);
    const end = 2 + received.readUInt16BE(0);
    assert.deepEqual(
      [received.subarray(2, end), received.subarray(end + 2)].map((message) => decode(message).id),
      [1, 2],
    );
  });

  it("survives garbage, and what is no question gets no answer", async () => {
    const header = encode(question("x.example.com")).subarray(0, 12);
    assert.equal((await send(Buffer.concat([header, Buffer.from([0xc0, 0xff, 0, 1])]))).rcode, "FORMERR");
    const socket = createSocket("udp4");
    let answers = 0;
    socket.on("message", () => answers++);
    for (const packet of [Buffer.alloc(0), Buffer.from([1, 2, 3]), encode({ type: "response", id: 1 })]) {
      socket.send(packet, port(), "127.0.0.1");
    }
    const tcp = connect(port(), "127.0.0.1");
    tcp.write(Buffer.from([0, 3, 1, 2, 3]));
    await once(tcp, "close");
    assert.equal((await send(encode(question("example.com")))).rcode, "NOERROR");
    assert.equal(answers, 0);
    socket.close();
  });

  it("refuses what it does not do", async () => {
    const codeOf = async (packet: Packet) => (await send(encode(packet))).rcode;
    const name = "example.com";
    assert.equal(await codeOf(question(name, { flags: 4 << 11 })), "NOTIMP");
    assert.equal(await codeOf(question(name, { questions: [] })), "FORMERR");
    assert.equal(await codeOf(question(name, { questions: [{ name, type: "TXT", class: "CH" }] })), "REFUSED");
  });

  it("says where something else listens already", async () => {
    await assert.rejects(
      NameServer.start({ listen: server.address, domains: () => [], hosts: () => new Map() }),
      (error: Error) =>
        error instanceof UserError &&
        error.message === `${server.address} is in use: the emulated name server cannot listen there.`,
    );
  });
});
