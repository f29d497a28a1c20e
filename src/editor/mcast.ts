/** The functions that the forms call as `mcast`. The build bundles them into one script, which all forms load. */
export * from "./fields";
export { editedAllow, prepare } from "./form";
export { editedGroups, editGroups } from "./group-list";
export { prepareKey } from "./key-field";
export { hearLabel, recvLabel, sayLabel } from "./node-labels";
export { fillMissing } from "./open-node";
export { typedInputs } from "./typed-inputs";
