import { formatEndpoint } from "../lib/address";
import type { McastError } from "../lib/errors";
import type { RelayListener } from "../lib/relay/relay";
import type { State } from "../lib/state";
import { EXIT, type Exit, type Run } from "./run";

export interface ListenFlags {
  readonly daemon?: boolean;
  readonly useStd?: boolean;
}

/** What listens: it has a state, and can be closed. */
export interface Open {
  readonly state: State;
  close(): Promise<void>;
}

/**
 * Listens to one datagram, or with `daemon` to all of them, until the run is over. What the system refuses ends it, save that a
 * daemon tells of it and lets the library try again.
 */
export async function listen({ daemon, useStd }: ListenFlags, run: Run, open: (listener: RelayListener) => Open): Promise<Exit> {
  let failure: McastError | undefined;
  let count = 0;
  const onError = (error: McastError): void => {
    if (daemon) return run.tell(error.message);
    failure ??= error;
    run.end();
  };
  const onState = (state: State): void => {
    if (run.isOver || state.kind === "closed") return;
    if (state.kind === "refused") onError(state.reason);
    else if (state.kind === "waiting") run.tell(state.reason.message);
    else run.mention(`joined on ${state.interfaces.join(", ")}`);
  };
  const opened = open({
    onDatagram(payload, { address, port }, arrival, echoed) {
      if (run.isOver) return;
      count += 1;
      const from = formatEndpoint(address, port);
      const to = formatEndpoint(arrival.group ?? "", arrival.port);
      run.mention(`${from} > ${to} on ${arrival.interface ?? "an interface unknown"}, ${payload.length} bytes${echoed ? ", echoed" : ""}`);
      if (useStd) run.print(payload);
      if (!daemon) run.end();
    },
    onState,
    onError,
  });
  onState(opened.state);
  await new Promise<void>((resolve) => run.onEnd(resolve));
  await opened.close(); // lets the last echo go out
  if (failure) throw failure;
  return count > 0 ? EXIT.done : EXIT.nothing;
}
