import type { NodeAPI } from "node-red";
import { type DoctorOptions, doctorOptions } from "../lib/diagnostics/examination";
import type { Finding } from "../lib/diagnostics/finding";
import { multicast } from "../lib/process-wide/multicast";
import { isMcastError } from "./messages";

const served = new WeakSet<object>();
// True while the doctor runs. It starts programs and sends datagrams, so only one runs at a time.
let isBusy = false;

/**
 * Serves the findings of the doctor to the editor: `POST mcast/doctor` with `{group, port, iface}`, each of which may be missing.
 * The route needs the permission to write, since the self-test sends a datagram. The first node that loads registers the route.
 */
export function serveDoctor(RED: NodeAPI): void {
  if (!RED.httpAdmin || served.has(RED.httpAdmin)) return;
  served.add(RED.httpAdmin);
  RED.httpAdmin.post("/mcast/doctor", RED.auth.needsPermission("mcast.write"), (request, response) => {
    const options = optionsIn(request.body);
    if (options instanceof Error) return response.status(400).json({ message: options.message });
    if (isBusy) return response.status(429).json({ message: "The doctor is at work already: try again in a moment" });
    isBusy = true;
    diagnose(options)
      .then(
        (findings) => response.json(findings),
        (error: unknown) => response.status(500).json({ message: error instanceof Error ? error.message : String(error) }),
      )
      .finally(() => {
        isBusy = false;
      });
  });
}

// Loads the doctor when it is first needed: its modules would take a quarter of the time in which the nodes load.
async function diagnose(options: DoctorOptions): Promise<readonly Finding[]> {
  const { diagnoseWith }: typeof import("../lib/diagnostics/doctor") = require("../lib/diagnostics/doctor");
  return diagnoseWith(multicast, options);
}

function optionsIn(body: unknown): DoctorOptions | Error {
  try {
    const fields: object = typeof body === "object" && body !== null ? body : {};
    const { group, port, iface }: { group?: unknown; port?: unknown; iface?: unknown } = fields;
    return doctorOptions({ group: given(group), port: given(port), iface });
  } catch (error) {
    if (isMcastError(error)) return error;
    throw error;
  }
}

// Returns the value of a field; undefined for a blank one, so that the default applies.
function given(value: unknown): unknown {
  return value === "" || value === null ? undefined : value;
}
