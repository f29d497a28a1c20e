import type { Node, NodeAPI, NodeDef } from "node-red";
import { serveEditor } from "./editor-routes";

export = (RED: NodeAPI): void => {
  serveEditor(RED);
  RED.nodes.registerType("mcast-say", function (this: Node, config: NodeDef) {
    // Loads with the first node of this type, so that Node-RED starts as fast without one.
    const { runSay }: typeof import("./say-behavior") = require("./say-behavior");
    runSay(RED, this, config);
  });
};
