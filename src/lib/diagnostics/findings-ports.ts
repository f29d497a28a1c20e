import { formatEndpoint, withoutMapping } from "../address";
import { McastError } from "../errors";
import { ownAddress } from "../host/own-address";
import { platformOf } from "../host/platform";
import { type SocketOwner, socketOwners } from "../host/socket-owners";
import { type UdpSocket, udpSockets } from "../host/udp-table";
import { bindToGroup } from "../sockets/group-bind";
import type { Examination } from "./examination";
import { type Finding, finding, unknownFinding } from "./finding";

/** A socket on the port, and its program if that is known. */
interface Holder {
  readonly socket: UdpSocket;
  readonly owner: SocketOwner | undefined;
}

/** Examines the port: the programs that use it, if they share it, and the waiting and lost datagrams of their sockets. */
export function portFindings(examination: Examination): readonly Finding[] {
  const { network, port } = examination;
  const sockets = udpSockets(network.system, new Set([port]));
  const owners = sockets ? socketOwners(network.system, new Set(sockets.map(({ inode }) => inode))) : undefined;
  const holders = sockets?.map((socket) => ({ socket, owner: owners?.get(socket.inode) }));
  return [portHolder(examination, holders), receiveQueue(examination, holders)];
}

function portHolder(examination: Examination, holders: readonly Holder[] | undefined): Finding {
  const { port } = examination;
  const refusal = refusalToBind(examination);
  const details = { sockets: holders?.map(described) ?? null, refusal: refusal?.code ?? null };
  const who =
    holders === undefined ? "" : holders.length === 0 ? " No other program has it." : ` It is open in: ${holders.map(inText).join("; ")}.`;
  if (refusal) {
    const remedy =
      refusal.reason === "bind-held"
        ? "Stop that program, have it share the port (SO_REUSEADDR), or choose another port."
        : "Choose a port above 1024, or follow the message.";
    return finding("port-holder", "fault", {
      fact: `Port ${port} cannot be opened: ${refusal.message}.${who}`,
      why: "Nothing is received on a port that cannot be opened.",
      remedy: `${remedy} ${seer(examination, holders)}`.trim(),
      details,
    });
  }
  const isShared = (holders ?? []).length > 0;
  return finding("port-holder", "ok", {
    fact: `Port ${port} can be opened.${isShared ? ` It is shared. Open in: ${(holders ?? []).map(inText).join("; ")}.` : who}`,
    details,
  });
}

// Opens the port as a node does, bound to the group if possible: such a socket takes no unicast away from other programs.
function refusalToBind({ group, port, tested, network }: Examination): McastError | undefined {
  const [local] = tested;
  if (!local) return undefined;
  try {
    const address = ownAddress({ name: local.name }, group.family, network);
    bindToGroup({ group, port, interface: local.name, sources: [] }, address, network.system).socket.close();
    return undefined;
  } catch (error) {
    if (error instanceof McastError) return error.code === "ERR_MCAST_BIND" ? error : undefined;
    throw error;
  }
}

function seer({ port, network }: Examination, holders: readonly Holder[] | undefined): string {
  if (holders?.some(({ owner }) => owner === undefined)) return "To see every program, run the doctor as root.";
  return holders === undefined && network.system.platform === "win32"
    ? `To see it: Get-NetUDPEndpoint -LocalPort ${port}`
    : holders === undefined
      ? `To see it: lsof -i udp:${port}`
      : "";
}

function receiveQueue({ port, network }: Examination, holders: readonly Holder[] | undefined): Finding {
  if (holders === undefined) {
    const where = platformOf(network.system.platform).hasProcTables
      ? "/proc/net/udp could not be read"
      : `unknown on ${network.system.platform}`;
    return unknownFinding("receive-queue", `Receive queues and losses on port ${port}: ${where}.`, "Known on Linux only.");
  }
  const details = { sockets: holders.map(described) };
  const losing = holders.filter(({ socket }) => socket.drops > 0);
  if (losing.length > 0)
    return finding("receive-queue", "warning", {
      fact: `Datagrams were lost on port ${port} since its sockets were opened: ${losing.map((holder) => `${holder.socket.drops} by ${inText(holder)}`).join("; ")}.`,
      why: "The receive buffer was full: the program was busy, or the burst too large.",
      remedy: "Enlarge net.core.rmem_max and restart the program, and give it less to do for each datagram.",
      details,
    });
  const full = holders.filter(({ socket }) => socket.receiveQueue > 0);
  if (full.length > 0)
    return finding("receive-queue", "note", {
      fact: `Datagrams wait to be read on port ${port}: ${full.map((holder) => `${holder.socket.receiveQueue} bytes of ${inText(holder)}`).join("; ")}.`,
      why: "A program that does not read for long loses what comes next.",
      details,
    });
  return finding("receive-queue", "ok", { fact: `Nothing waits or was lost on port ${port}.`, details });
}

function described({ socket, owner }: Holder): Readonly<Record<string, unknown>> {
  const { address, port, uid, receiveQueue: queue, drops } = socket;
  return { address, port, uid, receiveQueue: queue, drops, pid: owner?.pid ?? null, program: owner?.program ?? null };
}

function inText({ socket, owner }: Holder): string {
  const place = formatEndpoint(withoutMapping(socket.address), socket.port);
  return owner ? `${owner.program} (pid ${owner.pid}, ${place})` : `a program of user ${socket.uid} (${place})`;
}
