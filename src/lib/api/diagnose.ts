import { diagnoseWith } from "../diagnostics/doctor";
import { doctorOptions } from "../diagnostics/examination";
import type { Finding } from "../diagnostics/finding";
import { multicast } from "../process-wide/multicast";
import { checkFields } from "./checked-fields";
import { DIAGNOSE_NAMES, type DiagnoseFields } from "./fields";
import { aliveDuring } from "./lifetime";

/**
 * Examines why multicast does not work on this host: interfaces, kernel, firewall, port and group. A self-test joins the group on
 * each interface, sends one datagram with TTL 1, and expects to receive it. Takes about a second. The texts of the findings are
 * English.
 * Rejects with a McastError for invalid fields: `ERR_MCAST_GROUP`, `ERR_MCAST_PORT`, `ERR_MCAST_OPTION`.
 */
export async function diagnose(fields: DiagnoseFields = {}): Promise<readonly Finding[]> {
  const options = doctorOptions(checkFields(fields, DIAGNOSE_NAMES));
  return aliveDuring(diagnoseWith(multicast, options));
}
