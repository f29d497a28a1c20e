import type { GroupAndPort } from "../address";
import { McastError } from "../errors";
import { GroupSubscription } from "../group-subscription";
import type { RemoteInfo } from "../host/system";
import { callListener } from "../listener-fault";
import type { Multicast } from "../multicast";
import type { Destination, EchoedJoin, RelayOptions } from "../options/options";
import type { Sealer } from "../sealed/sealer";
import type { Sealing } from "../sealed/sealing";
import type { Sender } from "../send/sender";
import { SentCounts } from "../send/sent-counts";
import type { Arrival } from "../sockets/socket-listener";
import { combineStates, type State, sameState, stateOf } from "../state";
import { Acknowledger } from "./acknowledger";
import { EchoDecision } from "./echo-decision";
import { formatHear } from "./hear-format";
import { HopPorts } from "./hop-ports";
import { type EchoPath, endpointKey, type LoopGuard } from "./loop-guard";
import type { ReceivedDatagram } from "./received-payload";
import { RecentEchoes } from "./recent-echoes";
import { RelayWarnings } from "./relay-warnings";

/** Receives what a relay receives. */
export interface RelayListener {
  /** A name under which `activity` lists the relay, such as the id of a node. */
  readonly label?: string | undefined;
  /**
   * Called after the echo, if there is one, was handed to the system. `sealedAt` is the time at which a sealed datagram was sealed,
   * in milliseconds since 1970 UTC by the sender's clock; undefined for others.
   */
  onDatagram(payload: Buffer, sender: RemoteInfo, arrival: Arrival, echoed: boolean, sealedAt?: number): void;
  onState?(state: State): void;
  /** Called when an echo or an acknowledgement could not be sent. */
  onError?(error: McastError): void;
}

/** The datagrams that a relay has handled. */
export interface RelayCounts {
  /** Datagrams that were echoed. */
  readonly echoed: number;
  /** Datagrams that were not echoed, because they seemed to be repeats in a loop. */
  readonly repeats: number;
  /** Datagrams that were not echoed because of the cap. */
  readonly heldBack: number;
  /** Datagrams that were acknowledged to their senders. */
  readonly acknowledged: number;
  /** Echoes and acknowledgements that could not be sent. */
  readonly failed: number;
}

/** The shared parts of a process that a relay needs. */
export interface RelayHost {
  readonly multicast: Multicast;
  readonly loopGuard: LoopGuard;
}

/** The options of a relay, and the key that opens received datagrams and seals echoes; undefined for none. */
export interface SealedRelayOptions extends RelayOptions {
  readonly sealing?: Sealing | undefined;
}

/**
 * Joins groups and echoes the datagrams of the marked groups to the bind group: bytes unchanged, on the same port. The listener
 * gets every datagram. A datagram that cannot be echoed at once is not kept for later.
 *
 * A relay with a key opens each datagram and seals its echo anew for the bind group. A datagram that does not open reaches neither
 * the bind group nor the listener. A relay without a key echoes sealed datagrams like any others, but they open only in the group
 * and on the port that they were sealed for.
 */
export class Relay implements EchoPath {
  readonly bindGroup: Destination;
  readonly echoesBindGroup: boolean;
  readonly usesWords: boolean;
  readonly hopPorts: HopPorts;
  readonly memory = new RecentEchoes();
  readonly #host: RelayHost;
  readonly #listener: RelayListener;
  /** The bind group, with the source port of each hop. */
  readonly #destinations: readonly Destination[];
  readonly #sender: Sender;
  readonly #sealer: Sealer | undefined;
  readonly #acknowledger: Acknowledger | undefined;
  readonly #groups: GroupSubscription<EchoedJoin>;
  readonly #warnings: RelayWarnings;
  readonly #decision: EchoDecision;
  #sources: ReadonlySet<string> = new Set();
  #targets: ReadonlySet<string> = new Set();
  #lastState: State = combineStates([]);
  #lastRoute = "";
  #echoed = 0;
  #acknowledged = 0;
  #failed = 0;

  constructor(host: RelayHost, options: SealedRelayOptions, listener: RelayListener) {
    const { joins, bindGroup, echo, acknowledge, maxRate, hopPort, sealing } = options;
    const { multicast, loopGuard } = host;
    this.bindGroup = bindGroup;
    const same = joins.filter(({ group }) => group.address === bindGroup.group.address);
    this.echoesBindGroup = [bindGroup, ...same].every(({ iface }) => typeof iface !== "string");
    this.usesWords = echo === "hear";
    this.hopPorts = new HopPorts(hopPort);
    this.#destinations = this.hopPorts.all.map((sourcePort) => ({ ...bindGroup, sourcePort, isPortOptional: true }));
    this.#host = host;
    this.#listener = listener;
    this.#warnings = new RelayWarnings({
      to: bindGroup.group.address,
      maxRate,
      onChange: () => this.#onChange(),
      after: (milliseconds, callback) => multicast.after(milliseconds, callback),
    });
    this.#decision = new EchoDecision({
      path: this,
      loopGuard,
      warnings: this.#warnings,
      isEchoed: (arrival) => this.#isEchoed(arrival),
      now: () => multicast.now(),
    });
    const counts = new SentCounts(listener.label, new Set()); // not listed: the relay counts its echoes itself
    this.#sender = multicast.sender({ onState: () => this.#onChange() }, { counts });
    this.#sealer = sealing && multicast.sealer(sealing);
    this.#groups = new GroupSubscription(
      multicast,
      {
        onDatagram: (payload, sender, arrival, _echoed, sealedAt) => this.#receive({ payload, sender, arrival, sealedAt }),
        onState: () => this.#onChange(),
        label: listener.label,
      },
      { sealing },
    );
    this.#groups.join(joins); // throws for too many groups, before anything is open
    this.#acknowledger = acknowledge ? this.#openAcknowledger() : undefined;
    const [first = bindGroup] = this.#destinations;
    if (this.isEchoing) this.#sender.open(first);
    loopGuard.add(this);
    this.#mapPath();
    this.#lastState = this.state;
    this.#lastRoute = this.#route;
  }

  get state(): State {
    const [groups, sender] = [this.#groups.state, this.#sender.state];
    const warnings = [...this.#warnings.standing, ...(this.#acknowledger?.standing ?? [])];
    if (!("reason" in groups) || this.heardOn.length > 0) return combineStates([groups, sender], warnings);
    // A relay that hears none of its groups does not work, although it could send.
    return stateOf([], [groups.reason, "reason" in sender ? sender.reason : undefined], { warnings });
  }

  /** The label of the listener. */
  get label(): string | undefined {
    return this.#listener.label;
  }

  get counts(): RelayCounts {
    const { heldBack } = this.#warnings;
    return { echoed: this.#echoed, repeats: this.#decision.repeats, heldBack, acknowledged: this.#acknowledged, failed: this.#failed };
  }

  /** The options of the groups that the relay has joined. */
  get joins(): readonly EchoedJoin[] {
    return this.#groups.joins;
  }

  /** True if the relay echoes one of its groups, on interfaces that may be missing now. */
  get isEchoing(): boolean {
    return this.joins.some((join) => this.#mayEcho(join));
  }

  /** The interfaces on which the relay receives its groups now. */
  get heardOn(): readonly string[] {
    const { state } = this.#groups;
    return "interfaces" in state ? state.interfaces : [];
  }

  /** The interfaces on which the relay sends echoes now; none where it echoes nothing. */
  get echoesOn(): readonly string[] {
    return this.#sender.interfaces;
  }

  /** Datagrams that were refused because they do not open: one warning for each group and kind, with their number. */
  get refused(): readonly McastError[] {
    return this.#groups.refused;
  }

  /** The number of datagrams whose sender is not allowed. */
  get filtered(): number {
    return this.#groups.filtered;
  }

  get sources(): ReadonlySet<string> {
    return this.#sources;
  }

  get targets(): ReadonlySet<string> {
    return this.#targets;
  }

  isSourceOf(sender: RemoteInfo): boolean {
    return this.#sender.isSourceOf(sender);
  }

  /** Leaves every group, and closes when the last echo is sent. */
  async close(): Promise<void> {
    this.#host.loopGuard.delete(this);
    this.#warnings.close();
    await Promise.all([this.#groups.close(), this.#sender.close(), this.#acknowledger?.close()]);
  }

  #receive(datagram: ReceivedDatagram & { readonly payload: Buffer }): void {
    const { payload, sender, arrival, sealedAt } = datagram;
    this.#listener.onDatagram(payload, sender, arrival, this.#relay(datagram), sealedAt);
  }

  // Returns true if the datagram was echoed.
  #relay(datagram: ReceivedDatagram): boolean {
    const { payload, sender } = datagram;
    const acknowledger = this.#acknowledger && !this.isSourceOf(sender) ? this.#acknowledger : undefined;
    const decision = this.#decision.decide(datagram, acknowledger !== undefined);
    if (decision === "drop") return false;
    const text = acknowledger || this.usesWords ? formatHear(payload, sender, this.bindGroup.group.address) : undefined;
    const echo = decision === "acknowledge" ? undefined : this.#sealed(this.usesWords && text ? text : payload);
    if (decision !== "acknowledge" && echo) this.#sendEcho(decision, echo);
    if (acknowledger && text && acknowledger.acknowledge(datagram, text)) this.#acknowledged += 1;
    return echo !== undefined;
  }

  // Returns an echo as it is sent; undefined if it cannot be sealed, because the clock is not set or the text has become too long.
  #sealed(bytes: Uint8Array): Uint8Array | undefined {
    if (!this.#sealer) return bytes;
    try {
      return this.#sealer.seal(bytes, this.bindGroup.group, this.bindGroup.port);
    } catch (error) {
      if (!(error instanceof McastError)) throw error;
      this.#onSent(error);
      return undefined;
    }
  }

  // The source port of an echo shows the relays that receive it how many relays have sent the payload before.
  #sendEcho(hop: number, bytes: Uint8Array): void {
    this.#echoed += 1;
    this.#sender.send(this.#destinations[hop - 1] ?? this.bindGroup, bytes, this.#onSent);
    this.#decision.recordEcho(hop, this.#sender.hasFixedPort);
  }

  #openAcknowledger(): Acknowledger {
    const { multicast } = this.#host;
    return new Acknowledger({
      replySockets: multicast.replySockets,
      ttl: this.bindGroup.ttl,
      onChange: () => this.#onChange(),
      onError: this.#onSent,
      after: (milliseconds, callback) => multicast.after(milliseconds, callback),
    });
  }

  // A datagram that the sender drops because of a slow link is counted in a warning of the sender's state.
  readonly #onSent = (error?: McastError): void => {
    if (!error) return;
    this.#failed += 1;
    if (error.reason !== "send-slow") this.#listener.onError?.(error);
  };

  #isEchoed({ group, interface: name }: Arrival): boolean {
    const { joins, memberships } = this.#groups;
    return joins.some((join, index) => join.echo && join.group.address === group && (name === undefined || memberships[index]?.uses(name)));
  }

  #mayEcho({ group, echo }: EchoedJoin): boolean {
    return echo && (this.echoesBindGroup || group.address !== this.bindGroup.group.address);
  }

  #onChange(): void {
    this.#mapPath();
    const { state } = this;
    const route = this.#route;
    if (sameState(state, this.#lastState) && route === this.#lastRoute) return;
    this.#lastState = state;
    this.#lastRoute = route;
    callListener(() => this.#listener.onState?.(state));
  }

  // The path as text, to detect a change that leaves the combined state the same: echoes may move to an interface on which the
  // relay receives.
  get #route(): string {
    return `${this.heardOn.join()} ${this.echoesOn.join()}`;
  }

  // Updates the endpoints that the relay leads from and to. Runs after each change, not for each datagram.
  #mapPath(): void {
    const { joins, memberships } = this.#groups;
    const keysOf = ({ group, port }: GroupAndPort, names: readonly string[]) => names.map((name) => endpointKey(group.address, port, name));
    const sources = joins.flatMap((join, index) => {
      const state = memberships[index]?.state;
      return join.echo && state && "interfaces" in state ? keysOf(join, state.interfaces) : [];
    });
    this.#sources = new Set(sources);
    this.#targets = new Set(keysOf(this.bindGroup, this.#sender.interfaces));
    this.#decision.update();
    this.#host.loopGuard.update();
  }
}
