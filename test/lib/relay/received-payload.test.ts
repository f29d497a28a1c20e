import should from "should";
import type { RemoteInfo } from "../../../src/lib/host/system";
import { formatHear } from "../../../src/lib/relay/hear-format";
import { type ReceivedDatagram, ReceivedPayload } from "../../../src/lib/relay/received-payload";

const sender = (port = 5000): RemoteInfo => ({ address: "192.168.1.5", family: "IPv4", port, size: 5 });
const arrival = { group: "239.255.1.1", port: 5000, interface: "eth0" };
const datagram = (payload: Uint8Array | string, from = sender()): ReceivedDatagram => ({
  payload: Buffer.from(payload),
  sender: from,
  arrival,
});

describe("a received payload", () => {
  const read = (given: ReceivedDatagram, payload = new ReceivedPayload()): ReceivedPayload => {
    payload.read(given);
    return payload;
  };

  it("has the digest of the payload that was first sent, however often it was put into HEAR texts", () => {
    const payload = read(datagram("HELLO"));
    const original = [...payload.digest(false)];
    const text = formatHear(Buffer.from("HELLO"), sender(), "239.255.1.2") ?? Buffer.alloc(0);
    read(datagram(text, sender(5001)), payload);
    should(payload.depth).equal(1);
    should([...payload.digest(false)]).deepEqual(original);
    read(datagram("another", sender(5002)), payload);
    should([...payload.digest(false)]).not.deepEqual(original);
  });

  it("has, for a relay that sends HEAR texts, the digest of the payload in upper case", () => {
    const payload = read(datagram("hello"));
    const inWords = [...payload.digest(true)];
    read(datagram("HELLO", sender(5001)), payload);
    should([...payload.digest(false)]).deepEqual(inWords);
  });

  it("is another one for a relay with a key, which gets the opened payload of the datagram", () => {
    const [from, payload] = [sender(), new ReceivedPayload()];
    read(datagram("sealed", from), payload);
    const sealed = [...payload.digest(false)];
    read({ ...datagram("opened", from), sealedAt: 1 }, payload);
    should([...payload.digest(false)]).not.deepEqual(sealed);
  });

  it("is counted once, however many relays judge it, and again for the next datagram", () => {
    const payload = new ReceivedPayload();
    payload.read(datagram("the same", sender(4000)));
    should(payload.isAdmitted(0)).be.true();
    const back = (copy: number) => ({ ...sender(), address: "192.168.1.6", port: 5000 + copy });
    const admitted = Array.from({ length: 20 }, (_, copy) => {
      payload.read(datagram("the same", back(copy)));
      return [payload.isAdmitted(copy), payload.isAdmitted(copy)];
    });
    should(admitted.every(([first, second]) => first === second)).be.true();
    should(admitted.filter(([first]) => first).length).be.within(8, 10);
  });
});
