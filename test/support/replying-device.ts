import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { LO } from "./loopback";

/** A device with software of its own: it has joined a group, and replies to what it receives in its own way. */
export class ReplyingDevice {
  readonly socket: Socket = createSocket({ type: "udp4", reuseAddr: true });
  readonly received: string[] = [];

  constructor(
    readonly port: number,
    readonly reply: (request: string, requester: RemoteInfo, socket: Socket) => void,
  ) {}

  async join(group: string): Promise<this> {
    this.socket.bind(this.port, group);
    await once(this.socket, "listening");
    this.socket.addMembership(group, LO);
    this.socket.on("message", (request, requester) => {
      this.received.push(`${request} from ${requester.port}`);
      this.reply(String(request), requester, this.socket);
    });
    return this;
  }
}

/** Replies with the request itself. */
export function echoBack(request: string, { port, address }: RemoteInfo, socket: Socket): void {
  socket.send(`re: ${request}`, port, address);
}
