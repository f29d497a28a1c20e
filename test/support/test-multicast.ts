import should from "should";
import { Multicast } from "../../src/lib/multicast";
import { destination, joinOptions } from "../../src/lib/options/options";
import type { Membership } from "../../src/lib/receive/membership";
import { freePort, LO, type RecordingListener } from "./loopback";
import { TestSystem } from "./test-system";

/** A Multicast on a test system, a free port, and the memberships that a test has joined with it. */
export class TestMulticast {
  readonly system = new TestSystem();
  readonly multicast = new Multicast(this.system);
  readonly memberships: Membership[] = [];
  readonly port: number;

  private constructor(port: number) {
    this.port = port;
  }

  static async create(): Promise<TestMulticast> {
    return new TestMulticast(await freePort());
  }

  /** Joins a group on the loopback interface, or as the fields say. */
  readonly join = (group: string, listener: RecordingListener, fields = {}): Membership => {
    const membership = this.multicast.join(joinOptions({ group, port: this.port, iface: LO, ...fields }), listener);
    this.memberships.push(membership);
    return membership;
  };

  /** Sends a datagram to a group on the loopback interface. */
  readonly say = async (group: string, text: string | Buffer): Promise<void> => {
    const sender = this.multicast.sender();
    const to = destination({ group, port: this.port, iface: LO });
    await new Promise<void>((resolve, reject) => sender.send(to, Buffer.from(text), (error) => (error ? reject(error) : resolve())));
    await sender.close();
  };

  /** Leaves every group, and checks that no socket and no timer is left. */
  async close(): Promise<void> {
    await Promise.all(this.memberships.map((membership) => membership.leave()));
    should(this.multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
    should(this.system.timers).equal(0);
  }
}
