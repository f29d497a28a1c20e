import type { Family } from "../address";
import { McastError } from "../errors";
import type { InterfaceTarget } from "../host/interface-target";
import type { LocalAddress, NetworkSnapshot } from "../host/interfaces";
import { isStillOn, ownAddress } from "../host/own-address";
import type { System } from "../host/system";

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
// The most faults between two checks. A socket whose read fails stays readable, so Node.js reads it again at once, which takes a
// whole CPU until the socket is closed.
const MAX_FAULTS = 16;

/** Callbacks that open, probe and close a managed socket. */
export interface SocketLifecycle<S> {
  readonly target: InterfaceTarget;
  readonly family: Family;
  /** True if an open socket still works after its address was replaced by another one of the same interface, or was away for a while. */
  readonly outlivesAddress: boolean;
  /** Opens a socket, or throws a McastError. */
  open(address: LocalAddress, snapshot: NetworkSnapshot): S;
  /** Returns false when the system has lost what the socket needs, such as its membership. */
  probe(socket: S, address: LocalAddress): boolean;
  close(socket: S): void;
  /** Called when the interface of an open socket is back. Gives the socket what it lost meanwhile; returns false if that fails. */
  restore?(socket: S, address: LocalAddress, system: System): boolean;
  /** Called when the socket was opened, failed, recovered, or failed for another reason. */
  onChange(): void;
}

/**
 * One socket on one interface, kept open until `close()`. It opens when the interface appears, opens anew when the interface has
 * changed or was re-created, and retries with back-off (1 s to 30 s) when the system refuses.
 * While the interface is missing the old socket stays open: memberships survive a link that goes down and an address that is
 * removed for a while (measured on Linux 6.18).
 */
export class ManagedSocket<S> {
  readonly #lifecycle: SocketLifecycle<S>;
  #socket: S | undefined;
  #address: LocalAddress | undefined;
  #foundAmong: NetworkSnapshot["interfaces"] | undefined;
  #failure: McastError | undefined;
  #mustReopen = false;
  #faults = 0;
  #attempts = 0;
  #retryAt = 0;
  #openings = 0;

  constructor(lifecycle: SocketLifecycle<S>) {
    this.#lifecycle = lifecycle;
  }

  get socket(): S | undefined {
    return this.#socket;
  }

  /** The address of the interface that the socket uses; while the interface is away, the last one. */
  get address(): LocalAddress | undefined {
    return this.#address;
  }

  /** The reason why the socket does not work now; undefined while it works. */
  get failure(): McastError | undefined {
    return this.#failure;
  }

  /** The number of times that the socket was opened anew. */
  get reopened(): number {
    return Math.max(0, this.#openings - 1);
  }

  /** Makes the next check open the socket anew, because of an error on the socket. */
  markFaulty(): void {
    this.#mustReopen = true;
  }

  /** Counts an error on the socket. The 16th between two checks closes the socket for that reason; the next check opens it anew. */
  countFault(reason: McastError): void {
    this.#faults += 1;
    if (this.#faults < MAX_FAULTS || !this.#socket) return;
    this.close();
    this.#failure = reason;
    this.#lifecycle.onChange();
  }

  /**
   * Checks that the socket still has what it needs, such as its membership; if not, the next check opens the socket anew. Also
   * returns true if there is no healthy socket to check.
   */
  probe(snapshot: NetworkSnapshot): boolean {
    if (!this.#socket || !this.#address || !this.#isHealthy(snapshot)) return true;
    this.#mustReopen = !this.#lifecycle.probe(this.#socket, this.#address);
    return !this.#mustReopen;
  }

  /** Opens the socket, or opens it anew, if that is needed and due. `eager` skips the back-off. */
  check(snapshot: NetworkSnapshot, eager: boolean): void {
    this.#faults = 0;
    if (this.#isHealthy(snapshot) || this.#followsAddress(snapshot)) return;
    if (!eager && snapshot.system.now() < this.#retryAt) return;
    const before = this.#failure?.message;
    try {
      this.#reopen(snapshot);
    } catch (error) {
      if (!(error instanceof McastError)) throw error;
      this.#fail(error, snapshot);
    }
    if (!this.#failure || this.#failure.message !== before) this.#lifecycle.onChange();
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) this.#lifecycle.close(socket);
  }

  #isHealthy(snapshot: NetworkSnapshot): boolean {
    if (!this.#socket || !this.#address || this.#failure || this.#mustReopen) return false;
    // An unchanged list of interfaces contains the same address.
    if (snapshot.interfaces === this.#foundAmong && !snapshot.unlisted) return true;
    this.#foundAmong = undefined;
    if (!isStillOn(this.#lifecycle.target.name, this.#address, snapshot)) return false;
    this.#foundAmong = snapshot.interfaces;
    return true;
  }

  // Uses the interface's address, the new one or the one that is back, for a socket that does not depend on it: a socket that is
  // replaced loses the datagrams that it has not read. Returns false if the socket must be opened anew.
  #followsAddress(snapshot: NetworkSnapshot): boolean {
    const { target, family, outlivesAddress, probe, restore, onChange } = this.#lifecycle;
    if (!outlivesAddress || !this.#socket || !this.#address || this.#mustReopen) return false;
    if (this.#failure && this.#failure.code !== "ERR_MCAST_INTERFACE") return false;
    const address = addressOrNone(target, family, snapshot);
    if (!address) return false;
    // A probe or a restore that failed may have changed the socket, so that the next probe would succeed.
    this.#mustReopen =
      address.index !== this.#address.index ||
      !probe(this.#socket, address) ||
      (this.#failure !== undefined && restore?.(this.#socket, address, snapshot.system) === false);
    if (this.#mustReopen) return false;
    const wasAway = this.#failure !== undefined;
    this.#address = address;
    this.#foundAmong = undefined;
    this.#failure = undefined;
    if (wasAway) onChange();
    return true;
  }

  // The new socket opens before the old one closes, so that the host stays a member of the group throughout.
  #reopen(snapshot: NetworkSnapshot): void {
    const { target, family } = this.#lifecycle;
    const address = ownAddress(target, family, snapshot);
    const old = this.#socket;
    this.#socket = this.#lifecycle.open(address, snapshot);
    this.#openings += 1;
    this.#address = address;
    this.#foundAmong = undefined;
    this.#failure = undefined;
    this.#mustReopen = false;
    this.#attempts = 0;
    this.#retryAt = 0;
    if (old) this.#lifecycle.close(old);
  }

  // Notes a failure. Each check looks for a missing interface again; a refusal of the system is retried after 1, 2, 4 … 30 s.
  #fail(error: McastError, { system }: NetworkSnapshot): void {
    this.#failure = error;
    if (error.code === "ERR_MCAST_INTERFACE") return;
    this.#retryAt = system.now() + Math.min(FIRST_RETRY_MS * 2 ** this.#attempts, LAST_RETRY_MS);
    this.#attempts += 1;
  }
}

function addressOrNone(target: InterfaceTarget, family: Family, snapshot: NetworkSnapshot): LocalAddress | undefined {
  try {
    return ownAddress(target, family, snapshot);
  } catch {
    return undefined;
  }
}
