type Visit = (item: object) => boolean;

/** Gives the modules of the editor a workspace with these tabs and nodes, until `closeWorkspace`. */
export function openWorkspace(tabs: readonly object[], nodes: readonly object[]): void {
  const ofWorkspace = { eachWorkspace: (visit: Visit) => tabs.forEach(visit), eachNode: (visit: Visit) => nodes.forEach(visit) };
  Object.assign(globalThis, { RED: { nodes: ofWorkspace } });
}

export function closeWorkspace(): void {
  Reflect.deleteProperty(globalThis, "RED");
}
