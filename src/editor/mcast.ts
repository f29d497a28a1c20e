/** What the forms call, as `mcast`: bundled into one script, which all of them load. */
export * from "./fields";
export { editedAllow, prepare } from "./form";
export { editedGroups, editGroups } from "./groups";
