import type { McastError } from "../../src/lib/errors";
import type { Multicast } from "../../src/lib/multicast";
import { type Destination, destination } from "../../src/lib/options/options";
import type { Sender } from "../../src/lib/send/sender";
import type { State } from "../../src/lib/state";
import { LO, RecordingListener } from "./loopback";
import { TestMulticast } from "./test-multicast";
import type { TestSystem } from "./test-system";

/** A sender on a test system, the states that it reports, and a listener that has joined the group that it sends to. */
export class TestSender {
  readonly system: TestSystem;
  readonly multicast: Multicast;
  readonly port: number;
  readonly sender: Sender;
  readonly states: State[] = [];
  readonly listener = new RecordingListener();
  readonly #test: TestMulticast;

  private constructor(test: TestMulticast) {
    this.#test = test;
    ({ system: this.system, multicast: this.multicast, port: this.port } = test);
    this.sender = this.multicast.sender({ onState: (state) => this.states.push(state) });
    test.join("239.255.1.1", this.listener);
  }

  static async create(): Promise<TestSender> {
    return new TestSender(await TestMulticast.create());
  }

  /** The destination of the group on the loopback interface, or as the fields say. */
  readonly to = (fields = {}): Destination => destination({ group: "239.255.1.1", port: this.port, iface: LO, ...fields });

  /** Sends a datagram, and resolves with the error that the callback was given. */
  readonly say = (text: string | Buffer, fields = {}): Promise<McastError | undefined> =>
    new Promise((resolve) => this.sender.send(this.to(fields), Buffer.from(text), resolve));

  /** Closes the sender, leaves the group, and checks that no socket and no timer is left. */
  async close(): Promise<void> {
    await this.sender.close();
    await this.#test.close();
  }
}
