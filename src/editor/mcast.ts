/** What the forms call, as `mcast`: bundled into one script, which all of them load. */
export * from "./fields";
export { editedGroups, editGroups } from "./groups";
export { suggestInterfaces } from "./interfaces";
