import { diagnoseWith } from "../lib/diagnostics/doctor";
import { type DoctorOptions, doctorOptions } from "../lib/diagnostics/examination";
import { multicast } from "../lib/process-wide/multicast";
import { isMcastError } from "./messages";

// True while the doctor runs. It starts programs and sends datagrams, so only one runs at a time.
let isBusy = false;

/**
 * Responds to `POST mcast/doctor` with the findings of the doctor. The body is `{group, port, iface}`, each of which may be
 * missing.
 */
export async function doctorResponse(body: unknown): Promise<{ readonly status: number; readonly body: object }> {
  const options = optionsIn(body);
  if (options instanceof Error) return { status: 400, body: { message: options.message } };
  if (isBusy) return { status: 429, body: { message: "The doctor is at work already: try again in a moment" } };
  isBusy = true;
  try {
    return { status: 200, body: await diagnoseWith(multicast, options) };
  } catch (error) {
    return { status: 500, body: { message: error instanceof Error ? error.message : String(error) } };
  } finally {
    isBusy = false;
  }
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
