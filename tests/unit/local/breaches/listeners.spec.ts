import assert from "node:assert/strict";
import { isLoopback, listenerText, parseListeners } from "../../../../local/breaches/listeners";
import { procNetTcp } from "./appPod";

describe("Where a container listens", () => {
  const told = (text: string) => parseListeners(text)?.map(listenerText);

  it("is read from the kernel's IPv4 sockets, the last byte first", () => {
    assert.deepStrictEqual(told(procNetTcp("0100007F:1388", "00000000:1F40", "0124630A:13D8")), [
      "127.0.0.1:5000",
      "0.0.0.0:8000",
      "10.99.36.1:5080",
    ]);
  });
  it("is read from its IPv6 sockets, in the short form", () => {
    assert.deepStrictEqual(
      told(
        procNetTcp(
          "00000000000000000000000000000000:1F40",
          "00000000000000000000000001000000:1388",
          "B80D0120000000006700000000000000:0050",
        ),
      ),
      ["[::]:8000", "[::1]:5000", "[2001:db8::67:0:0]:80"],
    );
  });
  it("is an IPv4 address where that stands in an IPv6 one", () => {
    assert.deepStrictEqual(told(procNetTcp("0000000000000000FFFF00000100007F:1388")), ["127.0.0.1:5000"]);
  });
  it("is each place once, of both files in a row", () => {
    const text = procNetTcp("00000000:1F40", "00000000:1F40") + procNetTcp("0000000000000000FFFF000000000000:1F40");
    assert.deepStrictEqual(told(text), ["0.0.0.0:8000"]);
  });
  it("is not where it is connected, or closes", () => {
    assert.deepStrictEqual(told(procNetTcp("0100007F:1388 01", "0100007F:1389 06")), []);
  });
  it("is not known from another text", () => {
    assert.deepStrictEqual([told(""), told("cat: /proc/net/tcp: No such file or directory\n")], [undefined, undefined]);
  });
  it("is within reach of the pod alone on all of 127.0.0.0/8 and on ::1", () => {
    const addresses = ["127.0.0.1", "127.0.0.53", "::1", "0.0.0.0", "::", "10.244.0.7"];
    assert.deepStrictEqual(
      addresses.filter((address) => isLoopback({ address, port: 1 })),
      ["127.0.0.1", "127.0.0.53", "::1"],
    );
  });
});
