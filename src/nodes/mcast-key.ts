import type { Node, NodeAPI, NodeDef } from "node-red";
import type { KeyCredentials } from "./key-behavior";

export = (RED: NodeAPI): void => {
  RED.nodes.registerType<Node, NodeDef, object, KeyCredentials>(
    "mcast-key",
    function (this: Node<KeyCredentials>, config: NodeDef) {
      // Loads with the first node of this type, so that Node-RED starts as fast without one.
      const { runKey }: typeof import("./key-behavior") = require("./key-behavior");
      runKey(RED, this, config);
    },
    { credentials: { key: { type: "password" }, previous: { type: "password" } } },
  );
};
