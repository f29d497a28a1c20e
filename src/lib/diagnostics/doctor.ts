import type { Multicast } from "../multicast";
import { type DoctorOptions, type Examination, type Examiner, examine } from "./examination";
import type { Finding } from "./finding";
import { bridgeFindings } from "./findings-bridges";
import { environmentFindings } from "./findings-environment";
import { firewallFindings } from "./findings-firewall";
import { groupFindings } from "./findings-group";
import { interfaceFindings } from "./findings-interfaces";
import { kernelFindings } from "./findings-kernel";
import { linkFindings } from "./findings-links";
import { membershipFindings } from "./findings-memberships";
import { portFindings } from "./findings-ports";
import { selfTests } from "./self-test";

// The examiners in the order in which a reader would look. The self-test comes last, because it changes the facts that the others
// read.
const EXAMINERS: readonly Examiner[] = [
  environmentFindings,
  interfaceFindings,
  linkFindings,
  kernelFindings,
  bridgeFindings,
  firewallFindings,
  groupFindings,
  portFindings,
  membershipFindings,
  selfTests,
];

/**
 * Examines if multicast can work on this host, and what prevents it. Sends one datagram to the group on each tested interface.
 * Takes half a second if no datagram comes back, and some seconds at most. Throws nothing.
 */
export async function diagnoseWith(multicast: Multicast, options: DoctorOptions): Promise<readonly Finding[]> {
  const examination: Examination = examine(multicast, options);
  const findings: Finding[] = [];
  for (const examiner of EXAMINERS) findings.push(...(await examiner(examination)));
  return findings;
}
