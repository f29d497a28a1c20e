/** One finding of the doctor. Its texts are English. */
export interface Finding {
  readonly id: string;
  readonly level: "ok" | "note" | "warning" | "fault" | "unknown";
  readonly fact: string;
  readonly why: string;
  readonly remedy: string;
  /** The address of the section about the subject. */
  readonly link: string;
}

/** The group and port to check; the doctor has defaults for missing ones. */
export interface Subject {
  readonly group?: string;
  readonly port?: number;
}

/** Returns a subject as text, such as `239.255.1.1:5000` or `[ff02::1]:5000`: the group alone without a port, nothing without a group. */
export function subjectText({ group, port }: Subject): string {
  if (group === undefined || port === undefined) return group ?? "";
  return group.includes(":") ? `[${group}]:${port}` : `${group}:${port}`;
}

/** The outcome of a check: findings, or the reason why there are none. */
export type CheckOutcome = { readonly findings: readonly Finding[] } | { readonly failure: string };

const LEVELS: readonly Finding["level"][] = ["fault", "warning", "note", "unknown", "ok"];

/** Returns findings in the order of their weight. */
export function byWeight(findings: readonly Finding[]): readonly Finding[] {
  return LEVELS.flatMap((level) => findings.filter((each) => each.level === level));
}

/** Returns the key of the text for a reply with a status other than 200: the route is missing, or the user may not call it. */
export function failureKey(status: number): "noRoute" | "notAllowed" | "noAnswer" {
  if (status === 404) return "noRoute";
  return status === 401 || status === 403 ? "notAllowed" : "noAnswer";
}
