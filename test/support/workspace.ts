type Visit = (item: object) => boolean;

/** The parts of the editor besides tabs and nodes. */
interface Surroundings {
  readonly subflows?: readonly object[];
  readonly configs?: readonly object[];
  readonly groups?: Readonly<Record<string, object>>;
}

/** Gives the modules of the editor a workspace with these tabs and nodes, until `closeWorkspace`. */
export function openWorkspace(
  tabs: readonly object[],
  nodes: readonly object[],
  { subflows = [], configs = [], groups = {} }: Surroundings = {},
): void {
  const ofWorkspace = {
    eachWorkspace: (visit: Visit) => tabs.forEach(visit),
    eachNode: (visit: Visit) => nodes.forEach(visit),
    eachSubflow: (visit: Visit) => subflows.forEach(visit),
    eachConfig: (visit: Visit) => configs.forEach(visit),
    group: (id: string) => groups[id],
  };
  const utils = { getNodeLabel: ({ name }: { readonly name?: string }, otherwise: string) => name || otherwise };
  Object.assign(globalThis, { RED: { nodes: ofWorkspace, utils } });
}

export function closeWorkspace(): void {
  Reflect.deleteProperty(globalThis, "RED");
}
