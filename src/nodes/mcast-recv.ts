import type { Node, NodeAPI, NodeDef } from "node-red";
import { serveEditor } from "./editor-routes";

export = (RED: NodeAPI): void => {
  serveEditor(RED);
  RED.nodes.registerType("mcast-recv", function (this: Node, config: NodeDef) {
    // Loads with the first node of this type, so that Node-RED starts as fast without one.
    const { runRecv }: typeof import("./recv-behavior") = require("./recv-behavior");
    runRecv(RED, this, config);
  });
};
